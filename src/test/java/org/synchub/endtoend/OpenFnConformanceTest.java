package org.synchub.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.synchub.simulator.openfn.OpenFnSimulator;

/** An OpenFn webhook keeps what every target must, but for what its contract says. */
class OpenFnConformanceTest extends AdapterConformance {

    private final OpenFnSimulator server = new OpenFnSimulator();

    @Override
    String target() {
        return "openfn";
    }

    @Override
    String serverUrl() {
        return server.url();
    }

    @Override
    Map<String, String> environment(String url) {
        return Map.of("OPENFN_TENANT", "t", "OPENFN_URL", url, "OPENFN_API_KEY", OpenFnSimulator.KEY);
    }

    private Stream<JsonNode> of(String guid) {
        return server.submissions().stream()
                .filter(form -> form.path("entityGuid").asText().equals(guid));
    }

    @Override
    List<String> held(String guid) {
        if (of(guid).anyMatch(form -> form.path("type").asText().startsWith("delete"))) {
            return List.of();
        }
        return of(guid).filter(form -> form.path("type").asText().startsWith("create"))
                .map(form -> guid)
                .toList();
    }

    @Override
    String told(String guid) {
        return of(guid).reduce((first, last) -> last)
                .orElseThrow()
                .at("/data/first_name")
                .asText();
    }

    @Override
    boolean isPulled() {
        return false;
    }

    @Override
    void edit(String guid, String value) {
        throw new UnsupportedOperationException("nobody edits a webhook");
    }

    @Override
    void spoil(String guid, ObjectNode form) {
        form.put("first_name", "refuse me");
    }

    @Override
    void closeServer() {
        server.close();
    }
}
