package org.synchub.endtoend;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.openspp.RegistryRecord;
import org.synchub.testing.OpenSppTarget;

/** OpenSPP keeps what every target must. */
class OpenSppConformanceTest extends AdapterConformance {

    private final OpenSppSimulator server = OpenSppTarget.registry().start();

    @Override
    String target() {
        return "openspp";
    }

    @Override
    String serverUrl() {
        return server.url();
    }

    @Override
    Map<String, String> environment(String url) {
        return Map.of();
    }

    @Override
    String mapping(String url) {
        return OpenSppTarget.mapping(target(), "t", url)
                .replace("longestWrite: 1s", "longestWrite: 50ms")
                .replace("readTimeout: 10s", "readTimeout: 500ms");
    }

    private Stream<RegistryRecord> of(String guid) {
        return server.registry().partnersByRegId(guid).stream().filter(partner -> partner.flag("active"));
    }

    @Override
    List<String> held(String guid) {
        return of(guid).map(partner -> Integer.toString(partner.id())).toList();
    }

    @Override
    String told(String guid) {
        return String.valueOf(of(guid).findFirst().orElseThrow().text("given_name"));
    }

    @Override
    void edit(String guid, String value) {
        server.registry().write(Integer.parseInt(held(guid).get(0)), Map.of("given_name", value));
    }

    @Override
    void spoil(String guid, ObjectNode form) {
        form.put("phone_number", "12");
    }

    @Override
    boolean asks(String request) {
        return !request.contains("\"create\"") && !request.contains("\"write\"");
    }

    @Override
    void closeServer() {
        server.close();
    }
}
