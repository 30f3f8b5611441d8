package org.synchub.target.httpjson;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.synchub.simulator.http.Fault;
import org.synchub.simulator.http.Request;
import org.synchub.simulator.http.RequestLog;
import org.synchub.simulator.openspp.TestClock;
import org.synchub.simulator.synchronization.Choices;
import org.synchub.simulator.synchronization.Registrar;
import org.synchub.simulator.synchronization.SynchronizationSimulator;
import org.synchub.target.ClockReading;
import org.synchub.target.Link;
import org.synchub.target.Outcome;
import org.synchub.target.Outcome.Effect;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;
import org.synchub.target.TargetTrouble;
import org.synchub.target.Write;

/**
 * mappings/examples/synchronization-system.yaml against a simulator that was built from the system's document: no such
 * server was seen. What the document leaves open is tried in each form that the simulator can take.
 */
class SynchronizationSystemTest {

    private static final String PERSON = "Individual";
    private static final Predicate<Request> UPLOADS = Request.to("POST", "/api/sync/upload");
    private static final ObjectNode HOUSE = Rig.form("household", "household_name", "House of Ann", "area_code", "288");
    private static final ObjectNode ANN = Rig.form(
            "individual",
            "first_name",
            "Ann",
            "last_name",
            "Home",
            "phone_number",
            "9876543210",
            "date_of_birth",
            "1985-04-03T00:00:00+07:00",
            "parentGuid",
            "h1");

    private final List<SynchronizationSimulator> servers = new ArrayList<>();
    private final TestClock clock = new TestClock("2026-11-20T12:00:00Z");
    private SynchronizationSimulator server = server(Choices.defaults());
    private Rig rig = rig();

    @AfterEach
    void stop() {
        servers.forEach(SynchronizationSimulator::close);
    }

    private SynchronizationSimulator server(Choices choices) {
        SynchronizationSimulator started = new SynchronizationSimulator(choices.clock(clock));
        servers.add(started);
        return started;
    }

    /** The shipped file with some of its texts replaced, each by the one that follows it. */
    private Rig unprepared(String... settings) {
        String yaml = Rig.text("synchronization-system");
        for (int i = 0; i < settings.length; i += 2) {
            assertThat(yaml).contains(settings[i]);
            yaml = yaml.replace(settings[i], settings[i + 1]);
        }
        return Rig.of(
                "synchronization-system",
                yaml,
                server.url(),
                Map.of(
                        "SYNCHRONIZATION_SYSTEM_URL",
                        server.url(),
                        "SYNCHRONIZATION_SYSTEM_USERNAME",
                        SynchronizationSimulator.USER,
                        "SYNCHRONIZATION_SYSTEM_PASSWORD",
                        SynchronizationSimulator.PASSWORD));
    }

    private Rig rig(String... settings) {
        Rig made = unprepared(settings);
        made.adapter.prepare();
        return made;
    }

    /** Another server that reads the document so, and a hub that works with it. */
    private void against(Choices choices, String... settings) {
        server = server(choices);
        rig = rig(settings);
    }

    private Registrar registrar() {
        return server.registrar();
    }

    private static ObjectNode with(ObjectNode form, String field, String value) {
        return form.deepCopy().put(field, value);
    }

    private int id(String guid) {
        return Integer.parseInt(rig.link(guid).externalId().replaceAll(".*/", ""));
    }

    private ObjectNode person(String guid) {
        return registrar().find(PERSON, id(guid)).orElseThrow();
    }

    /** A registrar is a second ahead of the upload that follows. */
    private void justBeforeTheUpload(Runnable edit) {
        server.faults().next(1, UPLOADS, Fault.before(() -> {
            clock.tick(Duration.ofSeconds(1));
            edit.run();
        }));
    }

    private void passTime() {
        clock.tick(Duration.ofSeconds(20));
        rig.clock.later(Duration.ofSeconds(20));
    }

    private List<JsonNode> uploads() {
        return server.requests().entries(entry -> entry.path().equals("/api/sync/upload")).stream()
                .map(RequestLog.Entry::body)
                .toList();
    }

    private JsonNode newestItem() {
        return uploads().get(uploads().size() - 1).path(0);
    }

    private long downloads() {
        return server.requests().count("GET", "/api/sync/download");
    }

    @Test
    void the_device_is_made_known_before_the_first_write_and_tells_how_the_servers_clock_stands() {
        rig.clock.later(Duration.ofMinutes(-7));
        rig.adapter.prepare();

        JsonNode body = server.requests()
                .entries(entry -> entry.path().equals("/api/sync/initialize"))
                .get(1)
                .body();
        assertThat(body).isEqualTo(Rig.json("{\"device_id\":\"sync-hub\",\"app_version\":\"1.0\",\"last_sync\":null}"));
        ClockReading reading = rig.adapter.clock();
        assertThat(reading).isNotNull();
        assertThat(reading.ahead()).isEqualTo(Duration.ofMinutes(7));
    }

    @Test
    void the_servers_time_may_have_another_name_or_stand_in_the_header_alone() {
        against(Choices.defaults().serverTimeField("server_timestamp"));
        assertThat(rig.adapter.clock()).isNotNull();

        against(Choices.defaults().serverTimeField(""));
        assertThat(rig.adapter.clock()).isNotNull();
    }

    @Test
    void a_household_goes_out_in_a_bare_array_and_comes_back_as_it_is() {
        Outcome.Accepted made = rig.accepted("h1", HOUSE);

        assertThat(made.effect()).isEqualTo(Effect.CREATED);
        assertThat(made.externalId()).isEqualTo("household/1");
        assertThat(uploads()).hasSize(1);
        assertThat(uploads().get(0).isArray()).isTrue();
        assertThat(newestItem()).isEqualTo(Rig.json("""
                {"operation": "create", "model": "Household", "object_id": 1,
                 "data": {"guid": "h1", "name": "House of Ann", "area": "288"},
                 "timestamp": "2026-11-20T12:00:00Z", "device_id": "sync-hub"}"""));
        RemoteChange back = rig.pull().get(0);
        assertThat(back.key()).isEqualTo("h1");
        assertThat(back.externalId()).isEqualTo("household/1");
        assertThat(Rig.json(rig.canonical(back, "h1", HOUSE).toString()))
                .isEqualTo(Rig.json(made.agreed().toString()));
    }

    @Test
    void a_person_goes_out_with_the_households_number_and_comes_back_as_it_is() {
        rig.accepted("h1", HOUSE);
        Outcome.Accepted made = rig.accepted("p1", ANN);

        assertThat(newestItem()).isEqualTo(Rig.json("""
                {"operation": "create", "model": "Individual", "object_id": 2,
                 "data": {"guid": "p1", "first_name": "Ann", "last_name": "Home", "birth_date": "1985-04-03",
                          "phone": "9876543210", "household_id": 1},
                 "timestamp": "2026-11-20T12:00:00Z", "device_id": "sync-hub"}"""));
        RemoteChange back = rig.pull().get(1);
        assertThat(back.externalId()).isEqualTo("individual/2");
        assertThat(Rig.json(rig.canonical(back, "p1", ANN).toString()))
                .isEqualTo(Rig.json(made.agreed().toString()));
    }

    @Test
    void a_change_carries_what_changed_and_the_guid() {
        rig.accepted("p1", ANN);
        passTime();

        assertThat(rig.accepted("p1", with(ANN, "phone_number", "1")).effect()).isEqualTo(Effect.UPDATED);

        assertThat(newestItem().path("operation").asText()).isEqualTo("update");
        assertThat(newestItem().path("data")).isEqualTo(Rig.json("{\"guid\":\"p1\",\"phone\":\"1\"}"));
        assertThat(person("p1").path("last_name").asText()).isEqualTo("Home");
    }

    @Test
    void a_deletion_has_no_data_and_is_safe_to_repeat() {
        rig.accepted("p1", ANN);
        passTime();

        assertThat(rig.send(rig.delete("p1", "individual")).get(0)).isInstanceOf(Outcome.Accepted.class);
        assertThat(newestItem().path("data")).isEqualTo(Rig.json("{}"));
        passTime();
        assertThat(rig.send(rig.delete("p1", "individual")).get(0)).isInstanceOf(Outcome.Accepted.class);

        assertThat(registrar().count(PERSON)).isZero();
    }

    @Test
    void the_hundred_of_a_batch_are_one_request_and_find_their_results() {
        Write[] writes = new Write[100];
        for (int i = 0; i < writes.length; i++) {
            writes[i] = rig.write("p" + i, with(ANN, "first_name", "P" + i), false);
        }

        assertThat(rig.send(writes)).allMatch(Outcome.Accepted.class::isInstance);

        assertThat(uploads()).hasSize(1);
        assertThat(person("p42").path("first_name").asText()).isEqualTo("P42");
    }

    @Test
    void one_bad_item_of_a_batch_is_refused_alone_with_the_servers_words() {
        registrar().create(PERSON, "guid", "p1", "first_name", "Somebody");

        List<Outcome> outcomes =
                rig.send(rig.write("p0", ANN, false), rig.write("p1", ANN, false), rig.write("p2", ANN, false));

        assertThat(outcomes.get(1))
                .usingRecursiveComparison()
                .ignoringFields("exchanged")
                .isEqualTo(new Outcome.Rejected("item", "guid is taken", null));
        assertThat(outcomes.get(0)).isInstanceOf(Outcome.Accepted.class);
        assertThat(outcomes.get(2)).isInstanceOf(Outcome.Accepted.class);
    }

    @ParameterizedTest
    @EnumSource(Choices.UploadAnswer.class)
    void every_form_that_an_answer_may_have_is_understood(Choices.UploadAnswer form) {
        against(Choices.defaults().uploadAnswer(form));
        registrar().create(PERSON, "guid", "p1", "first_name", "Somebody");

        List<Outcome> outcomes =
                rig.send(rig.write("p0", ANN, false), rig.write("p1", ANN, false), rig.write("p2", ANN, false));

        assertThat(outcomes.get(0)).isInstanceOf(Outcome.Accepted.class);
        assertThat(outcomes.get(1)).isInstanceOf(Outcome.Rejected.class);
        assertThat(outcomes.get(2)).isInstanceOf(Outcome.Accepted.class);
        assertThat(registrar().count(PERSON)).isEqualTo(3);
    }

    @Test
    void a_server_that_gives_ids_of_its_own_is_asked_for_those_from_then_on() {
        against(Choices.defaults().ids(Choices.Ids.SERVER));

        assertThat(rig.accepted("p1", ANN).externalId()).isEqualTo("individual/1000001");
        passTime();
        rig.accepted("p1", with(ANN, "phone_number", "1"));

        assertThat(newestItem().path("object_id").asInt()).isEqualTo(1_000_001);
        assertThat(person("p1").path("phone").asText()).isEqualTo("1");
    }

    @Test
    void numbers_begin_where_the_setting_says() {
        rig = rig("form: allotted, first: 1", "form: allotted, first: 500");

        assertThat(rig.accepted("p1", ANN).externalId()).isEqualTo("individual/500");
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.Cut.class,
            names = {"BEFORE_APPLYING", "BEFORE_ANSWER", "IN_ANSWER"})
    void a_lost_answer_is_followed_by_the_same_operation_with_the_same_number_and_time(Fault.Cut cut) {
        server.faults().next(1, UPLOADS, Fault.cut(cut));
        Write write = rig.write("p1", ANN, false);
        assertThat(rig.send(write).get(0)).isInstanceOf(Outcome.Unknown.class);
        passTime();

        Outcome again = rig.send(rig.after(write, write.record())).get(0);

        assertThat(again).isInstanceOf(Outcome.Accepted.class);
        assertThat(uploads().get(1)).isEqualTo(uploads().get(0));
        assertThat(registrar().everMade(PERSON)).isEqualTo(1);
    }

    @Test
    void what_may_have_arrived_is_taken_back_when_the_store_changed_back() {
        rig.accepted("p1", ANN);
        passTime();
        server.faults().next(1, UPLOADS, Fault.cut(Fault.Cut.BEFORE_ANSWER));
        Write changed = rig.write("p1", with(ANN, "phone_number", "1"), false);
        assertThat(rig.send(changed).get(0)).isInstanceOf(Outcome.Unknown.class);
        passTime();

        rig.send(rig.after(rig.write("p1", ANN, false), changed.record()));

        assertThat(person("p1").path("phone").asText()).isEqualTo("9876543210");
    }

    @Test
    void an_edit_there_of_something_else_stays_beside_ours() {
        rig.accepted("p1", ANN);
        rig.pull();
        passTime();
        registrar().update(PERSON, id("p1"), "last_name", "Theirs");
        passTime();

        assertThat(rig.put("p1", with(ANN, "phone_number", "1"))).isInstanceOf(Outcome.Accepted.class);

        assertThat(person("p1").path("last_name").asText()).isEqualTo("Theirs");
        assertThat(person("p1").path("phone").asText()).isEqualTo("1");
    }

    @Test
    void an_earlier_edit_of_the_same_is_a_conflict_although_the_later_time_would_win() {
        rig.accepted("p1", ANN);
        rig.pull();
        passTime();
        registrar().update(PERSON, id("p1"), "phone", "theirs");
        passTime();

        Outcome outcome = rig.put("p1", with(ANN, "phone_number", "ours"));

        assertThat(outcome).isInstanceOf(Outcome.Conflict.class);
        assertThat(person("p1").path("phone").asText()).isEqualTo("theirs");
    }

    @Test
    void an_edit_that_comes_between_looking_and_writing_wins_and_is_not_taken_for_ours() {
        rig.accepted("p1", ANN);
        passTime();
        Write ours = rig.write("p1", with(ANN, "phone_number", "ours"), false);
        justBeforeTheUpload(() -> registrar().update(PERSON, id("p1"), "phone", "theirs"));

        assertThat(rig.send(ours).get(0))
                .isInstanceOfSatisfying(
                        Outcome.Conflict.class,
                        conflict -> assertThat(conflict.external()).isNotNull());
        assertThat(person("p1").path("phone").asText()).isEqualTo("theirs");
    }

    @Test
    void an_edit_of_something_else_that_comes_between_costs_a_second_upload() {
        rig.accepted("p1", ANN);
        passTime();
        Write ours = rig.write("p1", with(ANN, "phone_number", "ours"), false);
        justBeforeTheUpload(() -> registrar().update(PERSON, id("p1"), "last_name", "Theirs"));

        assertThat(rig.send(ours).get(0)).isInstanceOf(Outcome.Accepted.class);

        assertThat(person("p1").path("phone").asText()).isEqualTo("ours");
        assertThat(person("p1").path("last_name").asText()).isEqualTo("Theirs");
        assertThat(newestItem().path("timestamp").asText()).isEqualTo("2026-11-20T12:00:21.001Z");
    }

    @Test
    void a_record_that_was_deleted_there_is_gone_for_an_update() {
        rig.accepted("p1", ANN);
        rig.pull();
        passTime();
        registrar().delete(PERSON, id("p1"));
        passTime();

        assertThat(rig.put("p1", with(ANN, "phone_number", "1"))).isInstanceOf(Outcome.Gone.class);
        assertThat(registrar().count(PERSON)).isZero();
    }

    @Test
    void a_record_that_is_deleted_between_looking_and_writing_is_gone() {
        rig.accepted("p1", ANN);
        passTime();
        Write ours = rig.write("p1", with(ANN, "phone_number", "1"), false);
        justBeforeTheUpload(() -> registrar().delete(PERSON, id("p1")));

        assertThat(rig.send(ours).get(0)).isInstanceOf(Outcome.Gone.class);
        assertThat(registrar().count(PERSON)).isZero();
    }

    @Test
    void a_conflict_that_the_server_keeps_is_closed_there_and_decided_here() {
        against(Choices.defaults().policy(Choices.Policy.MANUAL));
        rig.accepted("p1", ANN);
        passTime();
        Write ours = rig.write("p1", with(ANN, "phone_number", "ours"), false);
        justBeforeTheUpload(() -> registrar().update(PERSON, id("p1"), "phone", "theirs"));

        assertThat(rig.send(ours).get(0)).isInstanceOf(Outcome.Conflict.class);

        assertThat(registrar().openConflicts()).isZero();
        assertThat(person("p1").path("phone").asText()).isEqualTo("theirs");
        assertThat(server.requests()
                        .entries(entry -> entry.path().endsWith("resolve-conflict"))
                        .get(0)
                        .body())
                .isEqualTo(Rig.json("{\"conflict_id\":1,\"resolution\":\"server\",\"resolved_data\":{}}"));
    }

    @Test
    void a_conflict_that_was_closed_before_is_closed() {
        against(Choices.defaults().policy(Choices.Policy.MANUAL));
        rig.accepted("p1", ANN);
        passTime();
        Write ours = rig.write("p1", with(ANN, "phone_number", "ours"), false);
        justBeforeTheUpload(() -> registrar().update(PERSON, id("p1"), "phone", "theirs"));
        server.faults().next(1, Request.to("POST", "/api/sync/resolve-conflict"), Fault.cut(Fault.Cut.BEFORE_ANSWER));
        assertThat(rig.send(ours).get(0)).isInstanceOf(Outcome.Unknown.class);

        Outcome again = rig.send(rig.after(ours, ours.record())).get(0);

        assertThat(again).isInstanceOf(Outcome.Conflict.class);
        assertThat(registrar().openConflicts()).isZero();
    }

    @Test
    void a_pull_asks_for_what_is_new_since_the_servers_time_with_an_overlap() {
        rig.accepted("p1", ANN);
        rig.pull();
        passTime();
        registrar().update(PERSON, id("p1"), "phone", "2");

        assertThat(rig.pull())
                .extracting(RemoteChange::externalId)
                .containsExactly(rig.link("p1").externalId());
        passTime();
        assertThat(rig.pull()).as("read again because of the overlap").hasSize(1);
        passTime();
        assertThat(rig.pull()).isEmpty();
    }

    @Test
    void what_comes_within_the_instant_of_the_servers_time_is_not_missed() {
        rig.accepted("p1", ANN);
        rig.pull();
        registrar().create(PERSON, "guid", "x", "first_name", "X");

        assertThat(rig.pull()).extracting(RemoteChange::key).contains("x");
    }

    @Test
    void a_download_may_be_a_bare_array_and_come_in_pages() {
        against(Choices.defaults().bareDownloads());
        registrar().create(PERSON, "guid", "x", "first_name", "X");
        assertThat(rig.pull()).hasSize(1);

        against(Choices.defaults().pageSize(2));
        for (int i = 0; i < 5; i++) {
            registrar().create(PERSON, "guid", "x" + i, "first_name", "X");
        }
        assertThat(rig.pull()).hasSize(5);
    }

    @Test
    void a_deletion_there_is_told() {
        rig.accepted("p1", ANN);
        rig.pull();
        passTime();
        registrar().delete(PERSON, id("p1"));

        assertThat(rig.pull())
                .singleElement()
                .satisfies(change -> assertThat(change.state()).isEqualTo(RemoteState.GONE));
    }

    @Test
    void what_the_hub_uploaded_comes_back_with_its_device_and_is_what_was_agreed_on() {
        rig.accepted("p1", ANN);

        RemoteChange back = rig.pull().get(0);

        assertThat(back.changedBy()).isEqualTo("sync-hub");
        Link link = rig.link("p1");
        assertThat(Rig.json(rig.canonical(back, "p1", ANN).toString())).isEqualTo(link.base());
    }

    @Test
    void after_nothing_was_new_the_same_is_asked_so_that_the_server_can_say_304() {
        rig.accepted("p1", ANN);
        rig.pull();
        passTime();
        rig.pull();
        passTime();
        rig.pull();
        passTime();
        rig.pull();

        assertThat(server.requests().entries(entry -> entry.path().equals("/api/sync/download")))
                .extracting(RequestLog.Entry::query)
                .satisfies(queries -> assertThat(queries.get(2)).isEqualTo(queries.get(3)));
    }

    @Test
    void a_token_that_has_ended_is_obtained_once_again_and_the_request_repeated_once() {
        rig.accepted("p1", ANN);
        server.expireTokens();
        passTime();

        assertThat(rig.accepted("p2", ANN).effect()).isEqualTo(Effect.CREATED);

        assertThat(server.requests().count("POST", "/api/auth/token")).isEqualTo(2);
    }

    @Test
    void where_and_how_a_token_is_obtained_is_a_setting() {
        against(
                Choices.defaults().token("/login", "access", Duration.ofMinutes(5)),
                "TOKEN_PATH:api/auth/token",
                "TOKEN_PATH:login",
                "TOKEN_FIELD:token",
                "TOKEN_FIELD:access");

        assertThat(rig.accepted("p1", ANN).effect()).isEqualTo(Effect.CREATED);
    }

    @Test
    void a_device_that_the_server_has_forgotten_is_the_targets_trouble_until_it_is_made_known_again() {
        rig = unprepared("DEVICE:sync-hub", "DEVICE:stranger");
        assertThat(rig.put("p1", ANN)).isInstanceOf(Outcome.Unknown.class);

        rig.adapter.prepare();

        assertThat(rig.put("p1", ANN)).isInstanceOf(Outcome.Accepted.class);
    }

    @ParameterizedTest
    @EnumSource(Trouble.class)
    void what_a_status_means_for_the_record_or_the_target(Trouble trouble) {
        server.faults().next(1, UPLOADS, Fault.status(trouble.status));

        assertThat(rig.put("p1", ANN)).isInstanceOf(trouble.outcome);
    }

    private enum Trouble {
        BAD_REQUEST(400, Outcome.Rejected.class),
        UNPROCESSABLE(422, Outcome.Rejected.class),
        CONFLICT(409, Outcome.Conflict.class),
        SLOW(408, Outcome.Retry.class),
        THROTTLED(429, Outcome.Unsent.class),
        BROKEN(500, Outcome.Retry.class),
        DOWN(503, Outcome.Unknown.class);

        private final int status;
        private final Class<? extends Outcome> outcome;

        Trouble(int status, Class<? extends Outcome> outcome) {
            this.status = status;
            this.outcome = outcome;
        }
    }

    @Test
    void paths_have_no_slash_at_their_end_because_a_redirected_upload_would_be_lost() {
        rig.accepted("p1", ANN);
        rig.pull();

        assertThat(server.requests().lines()).noneMatch(line -> line.endsWith("/"));
        assertThat(downloads()).isPositive();
    }

    @Test
    void a_redirect_of_an_upload_is_not_followed() {
        server.faults().next(1, UPLOADS, Fault.status(301));

        assertThat(rig.put("p1", ANN))
                .isInstanceOfSatisfying(
                        Outcome.Unsent.class,
                        unsent -> assertThat(unsent.trouble().kind()).isEqualTo(TargetTrouble.Kind.MISCONFIGURED));
        assertThat(registrar().everMade(PERSON)).isZero();
    }
}
