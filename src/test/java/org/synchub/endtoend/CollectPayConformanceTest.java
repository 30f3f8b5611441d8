package org.synchub.endtoend;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.synchub.simulator.collectpay.CollectPaySimulator;

/** CollectPay keeps what every target must. */
class CollectPayConformanceTest extends AdapterConformance {

    private final CollectPaySimulator server = new CollectPaySimulator();

    @Override
    String target() {
        return "collectpay";
    }

    @Override
    String serverUrl() {
        return server.url();
    }

    @Override
    Map<String, String> environment(String url) {
        return Map.of(
                "COLLECTPAY_TENANT",
                "t",
                "COLLECTPAY_URL",
                url,
                "COLLECTPAY_EMAIL",
                CollectPaySimulator.EMAIL,
                "COLLECTPAY_PASSWORD",
                CollectPaySimulator.PASSWORD);
    }

    private Stream<ObjectNode> of(String guid) {
        return server.registrar().all("suppliers").stream()
                .filter(supplier -> supplier.at("/metadata/guid").asText().equals(guid));
    }

    @Override
    List<String> held(String guid) {
        return of(guid).map(supplier -> supplier.path("id").asText()).toList();
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
        server.registrar().update("suppliers", Integer.parseInt(held(guid).get(0)), "phone", value);
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
