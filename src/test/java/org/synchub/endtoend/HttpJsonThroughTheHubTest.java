package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.demo.SampleDevice;
import org.synchub.ledger.State;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.records.RecordServer;
import org.synchub.sync.Cause;
import org.synchub.sync.PullRequest;
import org.synchub.sync.Pulls;
import org.synchub.sync.SweepRequest;
import org.synchub.sync.TargetRegistry;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** A target that is a mapping file and nothing else, with the whole hub, its routes and a real server around it. */
class HttpJsonThroughTheHubTest {

    private static final String TARGET = "plain-rest";

    private final RecordServer server = RecordServer.builder().wrapped().etags().start();
    private DataSource store;
    private TestHub hub;
    private SampleDevice device;
    private String household;
    private String person;

    @BeforeEach
    void start() throws SQLException, IOException {
        store = TestDatabase.dataCollect();
        hub = TestHub.on(store)
                .mapping(TARGET, Files.readString(Path.of("mappings/examples/plain-rest.yaml")))
                .set("PLAIN_REST_TENANT", "t")
                .set("PLAIN_REST_URL", server.url() + "/api")
                .set("PLAIN_REST_TOKEN", RecordServer.CREDENTIAL)
                .start();
        device = new SampleDevice(store, "t", Clock.systemUTC(), 1);
        household = device.createHousehold("House of Ann");
        person = device.createPerson(household, "Ann", "Home");
        hub.push(TARGET);
        server.requests().clear();
    }

    @AfterEach
    void stop() {
        hub.close();
        server.close();
    }

    private ObjectNode user() {
        return server.records("users").get(person);
    }

    private JsonNode data() throws SQLException, IOException {
        return Json.MAPPER
                .readTree(
                        TestDatabase.value(store, "SELECT modified FROM public.entities WHERE guid = '" + person + "'"))
                .path("data");
    }

    private void pull() {
        hub.bean(Pulls.class).pull(PullRequest.of(TARGET, Cause.COMMAND, "test"));
    }

    private boolean wrote() {
        return server.requests().entries().stream()
                .anyMatch(asked -> !asked.method().equals("GET"));
    }

    @Test
    void what_was_captured_is_there_once_and_a_second_push_sends_nothing() {
        assertThat(hub.status(TARGET).in(State.DELIVERED)).isEqualTo(2);
        assertThat(server.records("households")).containsOnlyKeys(household);
        assertThat(user().path("householdId").asText()).isEqualTo(household);

        hub.push(TARGET);

        assertThat(server.requests().entries()).isEmpty();
    }

    @Test
    void a_change_there_comes_back_and_is_not_pushed_again() throws Exception {
        pull();
        assertThat(TestDatabase.value(store, "SELECT count(*) FROM public.events WHERE sync_level = 2"))
                .as("what the hub sent is no change")
                .isEqualTo("0");

        server.edit("users", person, "firstName", "Hannah");
        pull();
        server.requests().clear();
        hub.push(TARGET);

        assertThat(data().path("first_name").asText()).isEqualTo("Hannah");
        assertThat(wrote()).isFalse();
    }

    @Test
    void both_sides_change_different_fields_and_agree_in_the_end() throws Exception {
        server.edit("users", person, "phone", "12345");
        device.update(person, "first_name", "Anna");

        hub.push(TARGET);
        pull();
        hub.push(TARGET);

        assertThat(user().path("firstName").asText()).isEqualTo("Anna");
        assertThat(user().path("phone").asText()).isEqualTo("12345");
        assertThat(data().path("first_name").asText()).isEqualTo("Anna");
        assertThat(data().path("phone_number").asText()).isEqualTo("12345");
    }

    @Test
    void a_deletion_here_deletes_there() throws Exception {
        device.delete(person);

        hub.push(TARGET);

        assertThat(server.records("users")).isEmpty();
        assertThat(server.records("households")).hasSize(1);
    }

    @Test
    void a_record_that_vanished_there_is_noticed_by_a_look_at_all_of_them() throws Exception {
        server.remove("users", person);

        hub.bean(Pulls.class).sweep(new SweepRequest(TARGET, Cause.COMMAND, "test", true));

        assertThat(TestDatabase.rows(
                        store, "SELECT conflict_kind, departure FROM hub.conflict WHERE guid = '" + person + "'"))
                .containsExactly("deletion|gone");
    }

    @Test
    void the_guarantee_is_told_as_the_file_declares_it() {
        assertThat(hub.bean(TargetRegistry.class).get(TARGET).contract())
                .isNotNull()
                .extracting(contract -> contract.guarantee())
                .asString()
                .startsWith("once; a change made at the target between");
    }
}
