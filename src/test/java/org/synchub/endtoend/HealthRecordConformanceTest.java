package org.synchub.endtoend;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.synchub.simulator.healthrecord.HealthRecordSimulator;

/** The national health record server keeps what every target must. */
class HealthRecordConformanceTest extends AdapterConformance {

    private final HealthRecordSimulator server =
            new HealthRecordSimulator(HealthRecordSimulator.Options.defaults().requestsPerMinute(100_000));

    @Override
    String target() {
        return "health-record";
    }

    @Override
    String serverUrl() {
        return server.url();
    }

    @Override
    Map<String, String> environment(String url) {
        return Map.of(
                "HEALTH_RECORD_TENANT",
                "t",
                "HEALTH_RECORD_URL",
                url,
                "HEALTH_RECORD_EMAIL",
                HealthRecordSimulator.EMAIL,
                "HEALTH_RECORD_PASSWORD",
                HealthRecordSimulator.PASSWORD);
    }

    private Stream<ObjectNode> of(String guid) {
        return server.registrar().all("patients").stream()
                .filter(patient -> patient.path("guid").asText().equals(guid));
    }

    @Override
    List<String> held(String guid) {
        return of(guid).map(patient -> patient.path("id").asText()).toList();
    }

    @Override
    String field() {
        return "phone_number";
    }

    @Override
    String told(String guid) {
        return of(guid).findFirst().orElseThrow().path("phone").asText();
    }

    @Override
    void edit(String guid, String value) {
        server.registrar().update("patients", held(guid).get(0), "phone", value);
    }

    @Override
    void spoil(String guid, ObjectNode form) {
        form.remove(List.of("first_name", "last_name"));
    }

    @Override
    void closeServer() {
        server.close();
    }
}
