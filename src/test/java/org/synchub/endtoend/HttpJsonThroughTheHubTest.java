package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.demo.SampleDevice;
import org.synchub.ledger.ConflictQueue;
import org.synchub.simulator.http.Fault;
import org.synchub.simulator.http.Request;
import org.synchub.simulator.http.RequestLog;
import org.synchub.simulator.records.RecordServer;
import org.synchub.sync.Captures;
import org.synchub.sync.Cause;
import org.synchub.sync.Pulls;
import org.synchub.sync.PushRequest;
import org.synchub.sync.Pushes;
import org.synchub.sync.SweepRequest;
import org.synchub.sync.TargetRegistry;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** A target that is a mapping file and nothing else, with the whole hub, its routes and a real server around it. */
class HttpJsonThroughTheHubTest {

    private static final String TARGET = "plain-rest";

    private static final RecordServer server =
            RecordServer.builder().wrapped().etags().start();
    private static DataSource store;
    private static TestHub hub;
    private static SampleDevice device;
    private String household;
    private String person;
    private List<RequestLog.Entry> created = List.of();

    @BeforeAll
    static void start() throws SQLException, IOException {
        store = TestDatabase.dataCollect();
        hub = TestHub.on(store)
                .mapping(
                        TARGET,
                        Files.readString(Path.of("mappings/examples/plain-rest.yaml"))
                                .replace("  type: http-json", "  type: http-json\n  gzipRequests: true"))
                .set("PLAIN_REST_TENANT", "t")
                .set("PLAIN_REST_URL", server.url() + "/api")
                .set("PLAIN_REST_TOKEN", RecordServer.CREDENTIAL)
                .start();
        device = new SampleDevice(store, "t", Clock.systemUTC(), 1);
    }

    @AfterAll
    static void stop() {
        hub.close();
        server.close();
    }

    @BeforeEach
    void captureAndPush() throws SQLException {
        household = device.createHousehold("House of Ann");
        person = device.createPerson(household, "Ann", "Home");
        server.requests().clear();
        hub.push(TARGET);
        created = server.requests().entries(asked -> asked.method().equals("POST"));
        server.requests().clear();
    }

    private ObjectNode user() {
        return server.records("users").get(person);
    }

    private void pull() {
        hub.pull(TARGET);
    }

    private void pushAsScheduled() {
        hub.bean(Captures.class).drain();
        hub.bean(Pushes.class).push(PushRequest.of(TARGET, Cause.SCHEDULE, "test"));
    }

    private boolean wrote() {
        return server.requests().entries().stream()
                .anyMatch(asked -> !asked.method().equals("GET"));
    }

    @Test
    void what_was_captured_is_there_once_and_a_second_push_sends_nothing() {
        assertThat(created).extracting(post -> post.body().path("id").asText()).containsExactly(household, person);
        assertThat(server.records("households")).containsKey(household);
        assertThat(user().path("householdId").asText()).isEqualTo(household);

        hub.push(TARGET);

        assertThat(server.requests().entries()).isEmpty();
    }

    @Test
    void a_change_there_comes_back_and_is_not_pushed_again() throws Exception {
        pull();
        assertThat(TestDatabase.value(
                        store,
                        "SELECT count(*) FROM public.events WHERE sync_level = 2 AND entity_guid = '" + person + "'"))
                .as("what the hub sent is no change")
                .isEqualTo("0");

        server.edit("users", person, "firstName", "Hannah");
        pull();
        server.requests().clear();
        hub.push(TARGET);

        assertThat(device.form(person).path("first_name").asText()).isEqualTo("Hannah");
        assertThat(wrote()).isFalse();
    }

    @Test
    void what_a_record_that_is_there_already_holds_otherwise_is_asked_about_and_not_written_over() throws Exception {
        pull();
        String there = device.createHousehold("House of Ann");
        server.edit("households", there, "name", "House of Bob");
        pull();

        hub.push(TARGET);
        assertThat(server.records("households").get(there).path("name").asText())
                .isEqualTo("House of Bob");
        pull();

        ConflictQueue.Case asked = hub.bean(ConflictQueue.class).open(TARGET, 100).stream()
                .filter(open -> there.equals(open.what().guid()))
                .findFirst()
                .orElseThrow();
        assertThat(asked.what().kind()).isEqualTo("household");
        assertThat(device.form(there).path("household_name").asText()).isEqualTo("House of Ann");
        assertThat(server.records("households").get(there).path("name").asText())
                .isEqualTo("House of Bob");

        server.edit("households", there, "name", "House of Ann");
        pull();
        assertThat(hub.bean(ConflictQueue.class).open(TARGET, 100)).isEmpty();
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
        assertThat(device.form(person).path("first_name").asText()).isEqualTo("Anna");
        assertThat(device.form(person).path("phone_number").asText()).isEqualTo("12345");
    }

    @Test
    void a_deletion_here_deletes_there() throws Exception {
        device.delete(person);

        hub.push(TARGET);

        assertThat(server.records("users")).doesNotContainKey(person);
        assertThat(server.records("households")).containsKey(household);
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

    @Test
    void bodies_leave_compressed_where_the_file_says_so() {
        assertThat(user().path("lastName").asText()).isEqualTo("Home");
        assertThat(created)
                .isNotEmpty()
                .allMatch(post -> post.header("Content-Encoding").equals("gzip"));
        assertThat(created).allMatch(post -> post.body().has("id"));
    }

    @Test
    void what_did_not_change_there_is_not_sent_again_and_nothing_is_missed_because_of_it() throws Exception {
        pull();
        server.requests().clear();

        pull();

        assertThat(server.requests().entries())
                .isNotEmpty()
                .allMatch(asked ->
                        asked.status() == 304 && !asked.header("If-None-Match").isEmpty());
        hub.bean(Pulls.class).sweep(new SweepRequest(TARGET, Cause.COMMAND, "test", true));
        assertThat(TestDatabase.rows(store, "SELECT conflict_kind FROM hub.conflict WHERE state = 'open'"))
                .isEmpty();
        server.edit("users", person, "firstName", "Hannah");
        pull();
        assertThat(device.form(person).path("first_name").asText()).isEqualTo("Hannah");
    }

    @Test
    void a_target_that_asks_to_wait_is_left_alone_until_then_and_no_record_is_to_blame() throws Exception {
        device.update(person, "first_name", "Anna");
        server.faults().always(Request.any(), Fault.status(429, Duration.ofHours(1)));

        pushAsScheduled();
        int asked = server.requests().entries().size();
        server.faults().clear();
        TestHub.clock(store, "50 minutes");
        pushAsScheduled();

        assertThat(asked).isEqualTo(1);
        assertThat(server.requests().entries()).as("not before its time").hasSize(asked);
        assertThat(TestDatabase.value(store, "SELECT attempts FROM hub.delivery WHERE guid = '" + person + "'"))
                .isEqualTo("0");

        TestHub.clock(store, "61 minutes");
        pushAsScheduled();
        assertThat(user().path("firstName").asText()).isEqualTo("Anna");
    }
}
