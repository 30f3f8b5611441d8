package org.synchub.endtoend;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.synchub.simulator.records.RecordServer;

/** A plain REST server keeps what every target must. */
class PlainRestConformanceTest extends AdapterConformance {

    private final RecordServer server = RecordServer.builder()
            .etags()
            .rule(record -> record.path("phone").asText().equals("12") ? "no such phone" : null)
            .start();

    @Override
    String target() {
        return "plain-rest";
    }

    @Override
    String serverUrl() {
        return server.url();
    }

    @Override
    Map<String, String> environment(String url) {
        return Map.of(
                "PLAIN_REST_TENANT", "t", "PLAIN_REST_URL", url + "/api", "PLAIN_REST_TOKEN", RecordServer.CREDENTIAL);
    }

    @Override
    List<String> held(String guid) {
        return server.records("users").keySet().stream().filter(guid::equals).toList();
    }

    @Override
    String told(String guid) {
        return server.records("users").get(guid).path("firstName").asText();
    }

    @Override
    void edit(String guid, String value) {
        server.edit("users", guid, "firstName", value);
    }

    @Override
    void spoil(String guid, ObjectNode form) {
        form.put("phone_number", "12");
    }

    @Override
    void closeServer() {
        server.close();
    }
}
