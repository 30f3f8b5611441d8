package org.synchub.demo;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.openspp.Registry;
import org.synchub.simulator.openspp.RegistryRecord;

/**
 * The demo's OpenSPP: a simulator on loopback whose registry survives restarts. One runs per data folder; a second
 * process finds the first one's.
 */
public final class DemoRegistry implements Closeable {

    /** The target that speaks to it. */
    public static final String TARGET = "openspp";

    /** How many people the registrar edits, and what their occupation then is. */
    private static final int EDITED = 3;

    private static final String OTHER_OCCUPATION = "village health volunteer";
    private static final String LOGIN = "hub";
    private static final String PASSWORD = "demo-only";

    private final @Nullable OpenSppSimulator simulator;
    private final PortFile portFile;
    private final int port;

    private DemoRegistry(@Nullable OpenSppSimulator simulator, PortFile portFile, int port) {
        this.simulator = simulator;
        this.portFile = portFile;
        this.port = port;
    }

    /**
     * Starts the simulator, or finds the one that another process runs on the same folder.
     *
     * @throws IOException when it does not start
     */
    public static DemoRegistry startOrFind(Path folder) throws IOException {
        Files.createDirectories(folder);
        PortFile portFile = new PortFile(folder.resolve("openspp-simulator.port"));
        OptionalInt running = portFile.running();
        if (running.isPresent()) {
            return new DemoRegistry(null, portFile, running.getAsInt());
        }
        OpenSppSimulator.Builder builder = OpenSppSimulator.builder()
                .login(LOGIN, PASSWORD)
                .withoutGenders()
                .gender("Male", "Male")
                .gender("Female", "Female")
                .without("g2p.id.type")
                .idType("Data Collect GUID", "")
                .idType("National ID", FieldData.NATIONAL_ID_PATTERN)
                .idType("Family Book", "")
                .countryCode("856")
                .journal(folder.resolve("openspp-simulator.journal"));
        for (String area : FieldData.AREA_CODES) {
            builder.area(area, "Area " + area);
        }
        OpenSppSimulator simulator = builder.start();
        portFile.write(simulator.port());
        return new DemoRegistry(simulator, portFile, simulator.port());
    }

    /**
     * A registrar writes down another occupation for three people, once in the life of this registry.
     *
     * @return how many records were changed: none where that was done before, or another process has the registry
     */
    public int registrarEdits() {
        if (simulator == null) {
            return 0;
        }
        Registry registry = simulator.registry();
        List<RegistryRecord> people = registry.partners().stream()
                .filter(partner -> !Boolean.TRUE.equals(partner.values().get("is_group")))
                .sorted(Comparator.comparingInt(RegistryRecord::id))
                .toList();
        boolean done = people.stream()
                .anyMatch(person -> OTHER_OCCUPATION.equals(person.values().get("occupation")));
        if (done || people.size() < EDITED) {
            return 0;
        }
        people.subList(0, EDITED)
                .forEach(person -> registry.write(person.id(), Map.of("occupation", OTHER_OCCUPATION)));
        return EDITED;
    }

    /** What the demo's mapping reads from its environment. */
    public Map<String, Object> settings() {
        return Map.of(
                "OPENSPP_URL", "http://127.0.0.1:" + port,
                "OPENSPP_USERNAME", LOGIN,
                "OPENSPP_PASSWORD", PASSWORD);
    }

    @Override
    public void close() throws IOException {
        if (simulator != null) {
            simulator.close();
            portFile.delete();
        }
    }
}
