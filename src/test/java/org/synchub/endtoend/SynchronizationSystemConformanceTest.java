package org.synchub.endtoend;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.synchub.simulator.synchronization.SynchronizationSimulator;

/** A Synchronization System keeps what every target must. */
class SynchronizationSystemConformanceTest extends AdapterConformance {

    /** Who has taken a guid. */
    private static final String SOMEBODY = "Somebody";

    private final SynchronizationSimulator server = new SynchronizationSimulator();

    @Override
    String target() {
        return "synchronization-system";
    }

    @Override
    String serverUrl() {
        return server.url();
    }

    @Override
    Map<String, String> environment(String url) {
        return Map.of(
                "SYNCHRONIZATION_SYSTEM_TENANT",
                "t",
                "SYNCHRONIZATION_SYSTEM_URL",
                url,
                "SYNCHRONIZATION_SYSTEM_USERNAME",
                SynchronizationSimulator.USER,
                "SYNCHRONIZATION_SYSTEM_PASSWORD",
                SynchronizationSimulator.PASSWORD);
    }

    private Stream<ObjectNode> of(String guid) {
        return server.registrar().all("Individual").stream()
                .filter(person -> person.path("guid").asText().equals(guid)
                        && !person.path("first_name").asText().equals(SOMEBODY));
    }

    @Override
    List<String> held(String guid) {
        return of(guid).map(person -> person.path("id").asText()).toList();
    }

    @Override
    String told(String guid) {
        return of(guid).findFirst().orElseThrow().path("first_name").asText();
    }

    @Override
    void edit(String guid, String value) {
        server.registrar().update("Individual", Integer.parseInt(held(guid).get(0)), "first_name", value);
    }

    @Override
    void spoil(String guid, ObjectNode form) {
        server.registrar().create("Individual", "guid", guid, "first_name", SOMEBODY);
    }

    @Override
    void mend(String guid) {
        server.registrar().all("Individual").stream()
                .filter(person -> person.path("guid").asText().equals(guid))
                .forEach(person -> server.registrar()
                        .delete("Individual", person.path("id").asInt()));
    }

    @Override
    void closeServer() {
        server.close();
    }
}
