package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.synchub.demo.DevicePull;
import org.synchub.demo.SampleDevice;
import org.synchub.ledger.Runs;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.openspp.Registry;
import org.synchub.simulator.openspp.RegistryRecord;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/**
 * A store with a household and a member, both pushed to an OpenSPP and to a target in memory; devices beside it. The
 * database and what is at the targets are the rig's own, the hub's process is one that earlier rigs have used.
 */
final class PullRig implements AutoCloseable {

    static final String TENANT = "t";
    static final String NATIONAL_ID = "123456789012";
    private static final ObjectMapper JSON = new ObjectMapper();

    final DataSource store;
    final OpenSppSimulator server;
    final TestHub hub;
    final SampleDevice device;
    final DevicePull puller;
    final String household;
    final String person;

    private final SharedHub shared;
    private final boolean alone;

    private PullRig(UnaryOperator<String> mapping, boolean alone) throws SQLException {
        this.alone = alone;
        shared = SharedHub.take(mapping);
        store = shared.store;
        server = shared.server;
        hub = shared.hub;
        device = new SampleDevice(store, TENANT, Clock.systemUTC(), 1);
        puller = new DevicePull(store, TENANT, Clock.systemUTC());
        household = device.createHousehold("House of Ann");
        person = createPerson("Ann", "Home", NATIONAL_ID);
        push();
    }

    static PullRig start() throws SQLException {
        return start(text -> text);
    }

    /** With the shipped mapping as the operator leaves it. */
    static PullRig start(UnaryOperator<String> mapping) throws SQLException {
        return new PullRig(mapping, false);
    }

    /** For a test that changes the hub or its database so that no other test could use it afterwards. */
    static PullRig alone(UnaryOperator<String> mapping) throws SQLException {
        return new PullRig(mapping, true);
    }

    String createPerson(String first, String last, String nationalId) throws SQLException {
        ObjectNode form = JSON.createObjectNode();
        form.put("entityName", "individual").put("name", first + " " + last).put("submit", true);
        form.put("first_name", first).put("last_name", last).put("middle_name", "");
        form.put("parentGuid", household).put("gender", "female").put("relationship", "1");
        form.put("date_of_birth", "1985-04-03T00:00:00+07:00");
        form.put("profession", "Farmer").put("email_address", "ann@example.org");
        form.put("phone_number", "+8562055555555");
        form.putArray("document_ids").addObject().put("id_type", "national_id").put("id_number", nationalId);
        return device.create(form);
    }

    Registry registry() {
        return server.registry();
    }

    RegistryRecord partner(String guid) throws SQLException {
        return registry().partner(externalId(guid));
    }

    int externalId(String guid) throws SQLException {
        return Integer.parseInt(
                value("SELECT external_id FROM hub.link WHERE target = 'openspp' AND guid = '" + guid + "'"));
    }

    void push() {
        hub.push("openspp");
        hub.push("memory");
    }

    Runs.Run pull() {
        return hub.bean(Pulls.class)
                .pull(PullRequest.of("openspp", Cause.COMMAND, "test"))
                .orElseThrow();
    }

    JsonNode doc(String guid) throws SQLException {
        try {
            return JSON.readTree(
                    value("SELECT modified FROM public.entities WHERE tenant_id = 't' AND guid = '" + guid + "'"));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    JsonNode data(String guid) throws SQLException {
        return doc(guid).path("data");
    }

    int externalEvents() throws SQLException {
        return Integer.parseInt(value("SELECT count(*) FROM public.events WHERE sync_level = 2"));
    }

    long writes() {
        return server.requests().counts().entrySet().stream()
                .filter(e -> List.of("create", "write", "unlink").stream()
                        .anyMatch(method -> e.getKey().endsWith("." + method)))
                .mapToLong(java.util.Map.Entry::getValue)
                .sum();
    }

    List<String> rows(String sql) throws SQLException {
        return TestDatabase.rows(store, sql);
    }

    String value(String sql) throws SQLException {
        return TestDatabase.value(store, sql);
    }

    @Override
    public void close() {
        if (alone) {
            shared.stop();
        } else {
            shared.giveBack();
        }
    }
}
