package org.synchub.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.simulator.openspp.OpenSppSimulator;

/**
 * The demo's OpenSPP: a simulator on loopback whose registry survives restarts. One runs per data folder; a second
 * process finds the first one's.
 */
public final class DemoRegistry implements AutoCloseable {

    private static final String LOGIN = "hub";
    private static final String PASSWORD = "demo-only";

    private final @Nullable OpenSppSimulator simulator;
    private final Path portFile;
    private final int port;

    private DemoRegistry(@Nullable OpenSppSimulator simulator, Path portFile, int port) {
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
        Path portFile = folder.resolve("openspp-simulator.port");
        if (Files.exists(portFile)) {
            int port = Integer.parseInt(Files.readString(portFile).strip());
            if (answers(port)) {
                return new DemoRegistry(null, portFile, port);
            }
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
        Files.writeString(portFile, Integer.toString(simulator.port()));
        return new DemoRegistry(simulator, portFile, simulator.port());
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        } catch (IOException e) {
            // Nobody listens there any more: the process that wrote the file is gone.
            return false;
        }
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
            Files.deleteIfExists(portFile);
        }
    }
}
