package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.admin.security.Role;
import org.synchub.cli.AttentionCommands;
import org.synchub.demo.SampleDevice;
import org.synchub.ledger.Exchanges;
import org.synchub.simulator.http.Answer;
import org.synchub.simulator.http.Request;
import org.synchub.simulator.openspp.Fault;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.records.RecordServer;
import org.synchub.sync.NeedsAttention;
import org.synchub.testing.ApiClient;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** What was exchanged with a target over a record that needs attention: kept with it, shown to whom it may, gone with it. */
class ExchangesTest {

    private static final String SURNAME = "Qviltaler";
    private static final String BAD_ID = "Wrong-77-Id";

    private static DataSource store;
    private static OpenSppSimulator registry;
    private static RecordServer server;
    private static TestHub hub;
    private static SampleDevice device;
    private static ApiClient viewer;
    private static ApiClient admin;
    private static int people;
    private String household;

    /** Another one each time: records with the same would be taken for the same person. */
    private static String nationalId() {
        return Long.toString(990_077_000_000L + ++people);
    }

    @BeforeAll
    static void start() throws Exception {
        store = TestDatabase.dataCollect();
        registry = OpenSppTarget.registry().start();
        server = RecordServer.builder().wrapped().start();
        hub = TestHub.on(store)
                .mapping("openspp", OpenSppTarget.mapping("openspp", "t", registry))
                .mapping("plain-rest", Files.readString(Path.of("mappings/examples/plain-rest.yaml")))
                .set("PLAIN_REST_TENANT", "t")
                .set("PLAIN_REST_URL", server.url() + "/api")
                .set("PLAIN_REST_TOKEN", RecordServer.CREDENTIAL)
                .set("synchub.attempts", 3)
                .set("synchub.first-retry", "1h")
                .set("synchub.longest-retry", "1h")
                .set("server.port", 0)
                .start();
        device = new SampleDevice(store, "t", Clock.systemUTC(), 1);
        viewer = hub.api(Role.VIEWER);
        admin = hub.api(Role.ADMIN);
    }

    @AfterAll
    static void stop() {
        hub.close();
        registry.close();
        server.close();
    }

    @BeforeEach
    void household() throws Exception {
        household = device.createHousehold("House of " + SURNAME);
        hub.push("openspp").push("plain-rest");
    }

    @AfterEach
    void mend() throws Exception {
        registry.faults().clear();
        server.faults().clear();
        TestDatabase.run(
                store,
                "UPDATE hub.delivery SET state = 'discarded', due_at = NULL WHERE state <> 'delivered'; DELETE FROM hub.parked");
        TestHub.clock(store, "0");
        assertThat(TestDatabase.value(store, "SELECT count(*) FROM hub.exchange"))
                .as("what leaves the list takes its exchange with it, whoever moves it")
                .isEqualTo("0");
    }

    @Test
    void with_no_retention_nothing_is_kept_of_what_is_rejected() throws Exception {
        DataSource own = TestDatabase.dataCollect();
        try (OpenSppSimulator others = OpenSppTarget.registry().start();
                TestHub forgetful = TestHub.on(own)
                        .mapping("openspp", OpenSppTarget.mapping("openspp", "t", others))
                        .set("synchub.exchanges.retention", 0)
                        .start()) {
            SampleDevice there = new SampleDevice(own, "t", Clock.systemUTC(), 2);
            String house = there.createHousehold("House of " + SURNAME);
            String bad = there.create(form(BAD_ID).put("parentGuid", house));

            forgetful.push("openspp");

            assertThat(TestDatabase.value(own, "SELECT state FROM hub.delivery WHERE guid = '" + bad + "'"))
                    .isEqualTo("rejected");
            assertThat(TestDatabase.value(own, "SELECT count(*) FROM hub.exchange"))
                    .isEqualTo("0");
        }
    }

    private ObjectNode form(String nationalId) {
        ObjectNode form = JsonNodeFactory.instance.objectNode();
        form.put("entityName", "individual").put("first_name", "Ann").put("last_name", SURNAME);
        form.put("parentGuid", household).put("gender", "female").put("phone_number", "+8562099770011");
        form.putArray("document_ids").addObject().put("id_type", "national_id").put("id_number", nationalId);
        return form;
    }

    private static String state(String target, String guid) throws SQLException {
        return TestDatabase.value(
                store, "SELECT state FROM hub.delivery WHERE target = '" + target + "' AND guid = '" + guid + "'");
    }

    private static List<String> kept() throws SQLException {
        return TestDatabase.rows(store, "SELECT target, direction, key FROM hub.exchange ORDER BY 1, 2, 3");
    }

    private static String cause(String target, String key) throws SQLException {
        return TestDatabase.value(
                store, "SELECT cause FROM hub.attention WHERE target = '" + target + "' AND key = '" + key + "'");
    }

    private static ApiClient.Answer get(ApiClient client, String target, String key, String more) throws SQLException {
        return client.get("/api/v1/attention/" + cause(target, key) + "/exchange" + more + "?key=" + key);
    }

    /** Everything that schema hub's table of exchanges holds, bytes as text. */
    private static String table() throws SQLException {
        return String.join(
                "\n",
                TestDatabase.rows(
                        store,
                        "SELECT label, method, request_id, convert_from(masked, 'UTF8'), convert_from(clear, 'UTF8')"
                                + " FROM (SELECT label, method, request_id, substr(masked, 2) AS masked,"
                                + " substr(clear, 2) AS clear FROM hub.exchange) AS e"));
    }

    @Test
    void a_record_that_is_refused_among_others_keeps_its_own_request_and_answer_and_what_arrives_keeps_nothing()
            throws Exception {
        String firstId = nationalId();
        String first = device.create(form(firstId));
        String bad = device.create(form(BAD_ID));
        String last = device.create(form(nationalId()));

        hub.push("openspp");

        assertThat(state("openspp", first)).isEqualTo("delivered");
        assertThat(state("openspp", last)).isEqualTo("delivered");
        assertThat(kept()).containsExactly("openspp|push|" + bad);
        JsonNode clear = get(admin, "openspp", bad, "/values").json().path("exchange");
        assertThat(clear.path("label").asText()).isEqualTo("res.partner.create");
        assertThat(clear.path("records").asInt()).isEqualTo(1);
        assertThat(clear.path("requestId").asText()).isNotBlank();
        assertThat(clear.at("/request/params/args/5/0")).hasSize(1);
        assertThat(clear.at("/request/params/args/5/0/0/family_name").asText()).isEqualTo(SURNAME);
        assertThat(clear.path("request").toString()).contains(BAD_ID).doesNotContain(firstId);
        assertThat(clear.at("/answer/error/data/message").asText()).contains("National ID");
        assertThat(clear.at("/answer/error/data/name").asText()).startsWith("odoo.exceptions.");
    }

    @Test
    void who_may_only_look_reads_fields_and_the_targets_words_but_nobodys_values_and_nobody_reads_secrets()
            throws Exception {
        String bad = device.create(form(BAD_ID));
        hub.push("openspp");

        JsonNode masked = get(viewer, "openspp", bad, "").json().path("exchange");

        assertThat(masked.at("/request/params/args/5/0/0/family_name").asText()).isEqualTo("‹text›");
        assertThat(masked.at("/request/params/args/3").asText()).isEqualTo("res.partner");
        assertThat(masked.at("/request/params/args/4").asText()).isEqualTo("create");
        assertThat(masked.at("/request/params/args/2").asText()).isEqualTo("‹secret›");
        assertThat(masked.at("/answer/error/data/message").asText()).contains("National ID");
        assertThat(masked.at("/answer/error/data/name").asText()).startsWith("odoo.exceptions.");
        assertThat(masked.toString())
                .doesNotContain(SURNAME, SURNAME.toUpperCase(Locale.ROOT), BAD_ID, "2099770011", "Ann\"");
        assertThat(hub.api(Role.OPERATOR)
                        .get("/api/v1/attention/" + cause("openspp", bad) + "/exchange/values?key=" + bad)
                        .status())
                .isEqualTo(403);
        assertThat(get(admin, "openspp", bad, "/values").body()).contains(SURNAME);
        assertThat(table()).contains(SURNAME).doesNotContain(OpenSppTarget.PASSWORD);
        assertThat(TestDatabase.value(
                        store, "SELECT count(*) > 0 FROM hub.audit WHERE operation = 'getExchangeValues'"))
                .as("who looked at people's values is in the audit trail")
                .isEqualTo("t");
    }

    @Test
    void the_command_shows_one_record_or_a_cause_with_its_first() throws Exception {
        String bad = device.create(form(BAD_ID));
        hub.push("openspp");
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        AttentionCommands commands = new AttentionCommands(
                new PrintStream(printed, true, StandardCharsets.UTF_8),
                hub.bean(NeedsAttention.class),
                hub.bean(ObjectMapper.class));

        commands.show(bad, false, false);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("asked    POST /jsonrpc  (res.partner.create)", "answered 200", "family_name", "National ID")
                .contains("--values shows")
                .doesNotContain(SURNAME)
                .doesNotContain(OpenSppTarget.PASSWORD);
        printed.reset();
        commands.show(cause("openspp", bad), true, false);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("Exchanged over " + bad, SURNAME)
                .doesNotContain(OpenSppTarget.PASSWORD);
    }

    @Test
    void what_was_tried_too_often_keeps_its_own_part_of_the_last_request() throws Exception {
        registry.faults().always(call -> call.method().equals("create"), Fault.serializationFailure());
        String oneId = nationalId();
        String otherId = nationalId();
        String one = device.create(form(oneId));
        String other = device.create(form(otherId));

        hub.push("openspp");
        assertThat(kept()).as("it is tried again").isEmpty();
        for (int hours = 1; !state("openspp", one).equals("rejected"); hours++) {
            assertThat(hours).as("it comes to an end").isLessThan(10);
            TestHub.clock(store, hours + " hours");
            hub.push("openspp");
        }

        assertThat(kept()).containsExactlyInAnyOrder("openspp|push|" + one, "openspp|push|" + other);
        JsonNode clear = get(admin, "openspp", one, "/values").json().path("exchange");
        assertThat(clear.path("records").asInt()).isEqualTo(2);
        assertThat(clear.path("request").toString()).contains(oneId).doesNotContain(otherId);
        assertThat(clear.at("/answer/error/data/name").asText()).isEqualTo("psycopg2.errors.SerializationFailure");
    }

    @Test
    void a_record_that_is_mended_and_arrives_leaves_nothing() throws Exception {
        String bad = device.create(form(BAD_ID));
        hub.push("openspp");
        assertThat(kept()).hasSize(1);

        ObjectNode mended = form(nationalId());
        device.update(bad, "document_ids", mended.get("document_ids"));
        hub.push("openspp");

        assertThat(state("openspp", bad)).isEqualTo("delivered");
        assertThat(kept()).isEmpty();
    }

    @Test
    void a_targets_record_that_cannot_be_applied_is_kept_as_it_was_read() throws Exception {
        hub.pull("openspp");
        int born = registry.registry()
                .createPartner(Map.of(
                        "is_registrant",
                        true,
                        "is_group",
                        false,
                        "name",
                        SURNAME + ", Cleo",
                        "given_name",
                        "Cleo",
                        "family_name",
                        SURNAME));

        hub.pull("openspp");

        assertThat(kept()).containsExactly("openspp|pull|" + born);
        String key = Integer.toString(born);
        JsonNode masked = get(viewer, "openspp", key, "").json().path("exchange");
        assertThat(masked.at("/answer/record/family_name").asText()).isEqualTo("‹text›");
        assertThat(masked.toString()).doesNotContain(SURNAME);
        JsonNode clear = get(admin, "openspp", key, "/values").json().path("exchange");
        assertThat(clear.at("/answer/record/family_name").asText()).isEqualTo(SURNAME);
        assertThat(clear.path("method").isNull()).isTrue();
    }

    private static Predicate<Request> post(String guid) {
        return asked -> asked.method().equals("POST")
                && asked.body() != null
                && asked.body().path("id").asText().equals(guid);
    }

    @Test
    void what_a_target_throws_back_is_cut_and_without_the_credential() throws Exception {
        String person = device.create(form(nationalId()));
        ObjectNode said = JsonNodeFactory.instance.objectNode();
        said.put("message", "The phone of " + SURNAME + " is not known");
        said.put("session_token", "quite another secret");
        said.putObject("echo")
                .put("authorization", "Bearer " + RecordServer.CREDENTIAL)
                .put("name", SURNAME);
        said.put("trace", "x".repeat(5_000));
        said.putArray("more");
        for (int i = 0; i < 3_000; i++) {
            said.withArray("more").add("line " + i);
        }
        server.faults().always(post(person), org.synchub.simulator.http.Fault.instead(Answer.json(422, said)));

        hub.push("plain-rest");

        assertThat(state("plain-rest", person)).isEqualTo("rejected");
        JsonNode clear = get(admin, "plain-rest", person, "/values").json().path("exchange");
        assertThat(clear.path("status").asInt()).isEqualTo(422);
        assertThat(clear.at("/request/lastName").asText()).isEqualTo(SURNAME);
        assertThat(clear.path("answer").asText())
                .hasSizeLessThan(17_000)
                .contains("… ‹4800 more characters›")
                .endsWith(" more characters›")
                .contains(SURNAME);
        JsonNode masked = get(viewer, "plain-rest", person, "").json().path("exchange");
        assertThat(masked.path("answer").asText()).contains("The phone of ‹value› is not known");
        assertThat(masked.toString()).doesNotContain(SURNAME);
        assertThat(masked.at("/headers/Authorization").asText()).isEqualTo("‹hidden›");
        assertThat(table()).doesNotContain(RecordServer.CREDENTIAL).doesNotContain("quite another secret");
    }

    @Test
    void an_answer_that_is_no_json_is_told_by_its_size_and_in_clear_by_its_text() throws Exception {
        String person = device.create(form(nationalId()));
        String page = "No: Bearer " + RecordServer.CREDENTIAL + " of " + SURNAME;
        server.faults().always(post(person), org.synchub.simulator.http.Fault.instead(Answer.html(400, page)));

        hub.push("plain-rest");

        assertThat(get(viewer, "plain-rest", person, "")
                        .json()
                        .at("/exchange/answer")
                        .asText())
                .matches("‹\\d+ bytes›");
        assertThat(get(admin, "plain-rest", person, "/values")
                        .json()
                        .at("/exchange/answer")
                        .asText())
                .contains("No: ‹secret› of " + SURNAME)
                .doesNotContain(RecordServer.CREDENTIAL);
    }

    @Test
    void what_is_kept_too_long_goes_by_itself_and_the_record_still_waits() throws Exception {
        String bad = device.create(form(BAD_ID));
        hub.push("openspp");
        hub.bean(Exchanges.class).tidy();
        assertThat(kept()).hasSize(1);

        TestHub.clock(store, "31 days");
        hub.bean(Exchanges.class).tidy();

        assertThat(kept()).isEmpty();
        ApiClient.Answer answer = get(hub.api(Role.VIEWER), "openspp", bad, "");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("exchange").isNull()).isTrue();
        assertThat(answer.json().at("/waiting/record/key").asText()).isEqualTo(bad);
    }

    private static void failing(String sqlState) throws SQLException {
        TestDatabase.run(
                store,
                "CREATE FUNCTION hub.fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no'' USING ERRCODE"
                        + " = ''" + sqlState + "''; END';"
                        + " CREATE TRIGGER fail BEFORE INSERT ON hub.exchange FOR EACH ROW EXECUTE FUNCTION hub.fail()");
    }

    private static void working() throws SQLException {
        TestDatabase.run(store, "DROP TRIGGER IF EXISTS fail ON hub.exchange; DROP FUNCTION IF EXISTS hub.fail()");
    }

    @Test
    void a_settlement_that_breaks_off_leaves_neither_the_state_nor_the_exchange_and_is_made_up_for() throws Exception {
        String bad = device.create(form(BAD_ID));
        String good = device.create(form(nationalId()));
        failing("57014");
        try {
            hub.push("openspp");
            assertThat(state("openspp", bad)).as("sent, and not settled").isNotEqualTo("rejected");
            assertThat(kept()).isEmpty();
        } finally {
            working();
        }

        for (int hours = 1; hours <= 3; hours++) {
            TestHub.clock(store, hours + " hours");
            hub.push("openspp");
        }

        assertThat(state("openspp", bad)).isEqualTo("rejected");
        assertThat(state("openspp", good)).isEqualTo("delivered");
        assertThat(registry.registry().partnersByRegId(good)).as("once").hasSize(1);
        assertThat(kept()).containsExactly("openspp|push|" + bad);
    }

    @Test
    void an_exchange_that_the_database_refuses_does_not_keep_its_record_from_the_list() throws Exception {
        String bad = device.create(form(BAD_ID));
        failing("22000");
        try {
            hub.push("openspp");
        } finally {
            working();
        }

        assertThat(state("openspp", bad)).isEqualTo("rejected");
        assertThat(TestDatabase.value(store, "SELECT reason FROM hub.delivery WHERE state = 'rejected'"))
                .as("for the target's reason")
                .contains("National ID");
        assertThat(kept()).isEmpty();
    }
}
