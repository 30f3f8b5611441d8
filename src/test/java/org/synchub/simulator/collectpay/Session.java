package org.synchub.simulator.collectpay;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.SimulatorClient;
import org.synchub.simulator.http.SimulatorClient.Reply;
import org.synchub.simulator.openspp.TestClock;

/** A simulator whose clock stands at 2026-11-20 15:20:10, and a client that has logged in. */
final class Session implements AutoCloseable {

    final TestClock clock = new TestClock("2026-11-20T15:20:10Z");
    final CollectPaySimulator simulator;
    final SimulatorClient client;

    Session() {
        this(CollectPaySimulator.Options.defaults());
    }

    Session(CollectPaySimulator.Options options) {
        simulator = new CollectPaySimulator(options.clock(clock));
        client = new SimulatorClient(simulator.url());
        client.token(login(CollectPaySimulator.EMAIL, CollectPaySimulator.PASSWORD)
                .at("/token")
                .asText());
    }

    Reply login(String email, String password) {
        return client.post("/api/v1/auth/login", Json.object("email", email, "password", password));
    }

    void tick() {
        clock.tick(Duration.ofSeconds(1));
    }

    /** One item; {@code data} are names and values in turn. */
    static JsonNode item(String type, String operation, Object... data) {
        return Json.object("entity_type", type, "operation", operation, "data", Json.object(data));
    }

    static JsonNode batch(Object... items) {
        return Json.object("device_id", "hub", "batch", items);
    }

    Reply push(String type, String operation, Object... data) {
        return client.post("/api/v1/sync/push", batch(item(type, operation, data)));
    }

    /** Since null for from the start. */
    Reply pull(String since, Object... types) {
        return client.post(
                "/api/v1/sync/pull", Json.object("device_id", "hub", "last_sync_at", since, "entity_types", types));
    }

    /** A supplier made by push; answers its id. */
    int supplier(String code) {
        return push("suppliers", "create", "code", code, "name", "Name of " + code)
                .at("/results/success/0/entity/id")
                .asInt();
    }

    @Override
    public void close() {
        simulator.close();
    }
}
