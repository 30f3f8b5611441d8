package org.synchub.simulator.healthrecord;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.SimulatorClient;
import org.synchub.simulator.http.SimulatorClient.Reply;
import org.synchub.simulator.openspp.TestClock;

/** A simulator whose clock stands at 2026-11-20 15:12:37.505, and a client that has logged in as HospitalAdmin. */
final class Session implements AutoCloseable {

    static final String ID = "0123456789abcdef01234567";

    final TestClock clock = new TestClock("2026-11-20T15:12:37.505Z");
    final HealthRecordSimulator simulator;
    final SimulatorClient client;

    Session() {
        this(HealthRecordSimulator.Options.defaults());
    }

    Session(HealthRecordSimulator.Options options) {
        simulator = new HealthRecordSimulator(options.clock(clock));
        client = new SimulatorClient(simulator.url());
        as(HealthRecordSimulator.EMAIL, HealthRecordSimulator.ROLE);
    }

    Reply login(String email, String password, String role) {
        return client.post("/api/auth/login", Json.object("email", email, "password", password, "role", role));
    }

    /** The client is this account from now on. */
    void as(String email, String role) {
        client.token(login(email, HealthRecordSimulator.PASSWORD, role)
                .at("/data/accessToken")
                .asText());
    }

    /** A request for the queue that is whole. */
    ObjectNode operation(String operation, String type, String resourceId, Object... data) {
        ObjectNode body = Json.object(
                "userId",
                "u-1",
                "deviceId",
                "hub",
                "operation",
                operation,
                "resourceType",
                type,
                "data",
                Json.object(data),
                "createdAtClient",
                clock.instant().toString());
        return resourceId.isEmpty() ? body : body.put("resourceId", resourceId);
    }

    /** Answers the queue id. */
    String queue(String operation, String type, String resourceId, Object... data) {
        return client.post("/api/v1/sync/queue", operation(operation, type, resourceId, data))
                .at("/data/id")
                .asText();
    }

    Reply process(String queueId) {
        return client.send("POST", "/api/v1/sync/process/" + queueId, null);
    }

    /** Queue and process. */
    Reply apply(String operation, String type, String resourceId, Object... data) {
        return process(queue(operation, type, resourceId, data));
    }

    /** A patient by the queue, with this id and guid. */
    Reply createPatient(String id, String guid) {
        return apply(
                "CREATE",
                "patient",
                "",
                "_id",
                id,
                "guid",
                guid,
                "fullName",
                "Ann",
                "phone",
                "9876543210",
                "gender",
                "Female");
    }

    Reply pending() {
        return client.get("/api/v1/sync/pending?deviceId=hub&userId=u-1");
    }

    @Override
    public void close() {
        simulator.close();
    }
}
