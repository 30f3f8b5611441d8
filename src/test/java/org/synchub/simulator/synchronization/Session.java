package org.synchub.simulator.synchronization;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.SimulatorClient;
import org.synchub.simulator.http.SimulatorClient.Reply;
import org.synchub.simulator.openspp.TestClock;

/** A simulator whose clock stands at 2026-11-20 15:00, and a client with a token whose device is known. */
final class Session implements AutoCloseable {

    static final String MODEL = "Individual";

    final TestClock clock = new TestClock("2026-11-20T15:00:00Z");
    final SynchronizationSimulator simulator;
    final SimulatorClient client;

    Session() {
        this(Choices.defaults());
    }

    Session(Choices choices) {
        simulator = new SynchronizationSimulator(choices.clock(clock));
        client = new SimulatorClient(simulator.url());
        client.token(client.post(
                        choices.tokenPath(),
                        Json.object(
                                "username",
                                SynchronizationSimulator.USER,
                                "password",
                                SynchronizationSimulator.PASSWORD))
                .at("/" + choices.tokenField())
                .asText());
        initialize();
    }

    Reply initialize() {
        return client.post(
                "/api/sync/initialize", Json.object("device_id", "hub", "app_version", "1", "last_sync", null));
    }

    void tick() {
        clock.tick(Duration.ofSeconds(1));
    }

    /** An item of now. */
    ObjectNode item(String operation, int objectId, Object... data) {
        return Json.object(
                "operation",
                operation,
                "model",
                MODEL,
                "object_id",
                objectId,
                "data",
                Json.object(data),
                "timestamp",
                clock.instant().toString(),
                "device_id",
                "hub");
    }

    Reply upload(Object... items) {
        return client.post("/api/sync/upload", Json.array(items));
    }

    /** Since empty for everything. */
    Reply download(String since) {
        return client.get("/api/sync/download"
                + (since.isEmpty() ? "" : "?since=" + URLEncoder.encode(since, StandardCharsets.UTF_8)));
    }

    @Override
    public void close() {
        simulator.close();
    }
}
