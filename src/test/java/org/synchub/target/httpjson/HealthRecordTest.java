package org.synchub.target.httpjson;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.synchub.simulator.healthrecord.HealthRecordSimulator;
import org.synchub.simulator.healthrecord.Registrar;
import org.synchub.simulator.http.Answer;
import org.synchub.simulator.http.Fault;
import org.synchub.simulator.http.Request;
import org.synchub.simulator.http.RequestLog;
import org.synchub.simulator.openspp.TestClock;
import org.synchub.target.Outcome;
import org.synchub.target.Outcome.Effect;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;
import org.synchub.target.TargetTrouble;

/** mappings/examples/health-record.yaml against a simulated health record server with its quirks. */
class HealthRecordTest {

    private static final String QUEUE = "POST /api/v1/sync/queue";
    private static final Predicate<Request> QUEUES = Request.to("POST", "/api/v1/sync/queue");
    private static final ObjectNode ANN = Rig.form(
            "individual",
            "first_name",
            "Ann & Bo",
            "last_name",
            "Home",
            "phone_number",
            "9876543210",
            "gender",
            "female",
            "date_of_birth",
            "1985-04-03T00:00:00+07:00",
            "village",
            "Ban Na");

    private final TestClock clock = new TestClock("2026-11-20T12:00:00Z");
    private final HealthRecordSimulator server =
            new HealthRecordSimulator(HealthRecordSimulator.Options.defaults().clock(clock));
    private final Registrar registrar = server.registrar();
    private final Rig rig = Rig.shipped(
            "health-record",
            server.url(),
            Map.of(
                    "HEALTH_RECORD_URL",
                    server.url(),
                    "HEALTH_RECORD_EMAIL",
                    HealthRecordSimulator.EMAIL,
                    "HEALTH_RECORD_PASSWORD",
                    HealthRecordSimulator.PASSWORD));

    @AfterEach
    void stop() {
        server.close();
    }

    private static ObjectNode with(ObjectNode form, String field, String value) {
        return form.deepCopy().put(field, value);
    }

    private ObjectNode ann() {
        return registrar.patient("p1").orElseThrow();
    }

    private long queued() {
        return server.requests().lines().stream().filter(QUEUE::equals).count();
    }

    private void passTime() {
        clock.tick(Duration.ofSeconds(2));
        rig.clock.later(Duration.ofSeconds(2));
    }

    @Test
    void a_person_goes_out_in_two_steps_and_comes_back_as_it_is_though_texts_are_escaped() {
        Outcome.Accepted made = rig.accepted("p1", ANN);

        assertThat(made.effect()).isEqualTo(Effect.CREATED);
        assertThat(made.externalId()).matches("[0-9a-f]{24}");
        assertThat(ann().path("id").asText()).isEqualTo(made.externalId());
        assertThat(ann().path("fullName").asText()).isEqualTo("Ann &amp; Bo Home");
        assertThat(ann().path("gender").asText()).isEqualTo("Female");
        assertThat(made.version()).isEqualTo(ann().path("updatedAt").toString());
        RemoteChange back = rig.pull().get(0);
        assertThat(back.key()).isEqualTo("p1");
        assertThat(Rig.json(rig.canonical(back, "p1", ANN).toString()))
                .isEqualTo(Rig.json(made.agreed().toString()));
    }

    @Test
    void an_update_reads_first_and_sends_what_changed() {
        rig.accepted("p1", ANN);
        passTime();

        assertThat(rig.accepted("p1", with(ANN, "phone_number", "9876543211")).effect())
                .isEqualTo(Effect.UPDATED);

        assertThat(ann().path("phone").asText()).isEqualTo("9876543211");
        assertThat(registrar.queue().get(1).path("data").properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyInAnyOrder("phone", "hubOpId");
    }

    @Test
    void an_escaped_text_is_never_pushed_back_and_is_no_change() {
        rig.accepted("p1", ANN);
        passTime();
        rig.accepted("p1", with(ANN, "phone_number", "9876543211"));

        assertThat(ann().path("fullName").asText()).isEqualTo("Ann &amp; Bo Home");
    }

    @Test
    void the_hub_notices_what_the_server_would_overwrite() {
        rig.accepted("p1", ANN);
        passTime();
        registrar.update("patients", ann().path("id").asText(), "phone", "9999999999");

        Outcome outcome = rig.put("p1", with(ANN, "phone_number", "9876543211"));

        assertThat(outcome).isInstanceOf(Outcome.Conflict.class);
        assertThat(ann().path("phone").asText()).isEqualTo("9999999999");
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.Cut.class,
            names = {"BEFORE_APPLYING", "BEFORE_ANSWER", "IN_ANSWER"})
    void a_lost_answer_of_the_queue_never_makes_a_second_patient_or_a_second_item_to_process(Fault.Cut cut) {
        server.faults().next(1, QUEUES, Fault.cut(cut));
        assertThat(rig.put("p1", ANN)).isInstanceOf(Outcome.Unknown.class);

        Outcome again = rig.send(rig.write("p1", ANN, true)).get(0);

        assertThat(again).isInstanceOf(Outcome.Accepted.class);
        assertThat(registrar.count("patients")).isEqualTo(1);
        assertThat(registrar.queue()).hasSize(1);
        assertThat(registrar.queue().get(0).path("status").asText()).isEqualTo("SYNCED");
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.Cut.class,
            names = {"BEFORE_APPLYING", "BEFORE_ANSWER", "IN_ANSWER"})
    void a_lost_answer_of_the_processing_resumes_the_same_item(Fault.Cut cut) {
        server.faults().next(1, HealthRecordTest::isProcess, Fault.cut(cut));
        assertThat(rig.put("p1", ANN)).isInstanceOf(Outcome.Unknown.class);

        Outcome again = rig.send(rig.write("p1", ANN, true)).get(0);

        assertThat(again).isInstanceOf(Outcome.Accepted.class);
        assertThat(registrar.count("patients")).isEqualTo(1);
        assertThat(registrar.queue()).hasSize(1);
    }

    @Test
    void a_hub_that_died_between_queue_and_process_finishes_what_it_began() {
        server.faults().silenceAfter(QUEUES);
        assertThat(rig.put("p1", ANN)).isInstanceOf(Outcome.Unknown.class);
        server.faults().clear();

        rig.send(rig.write("p1", with(ANN, "phone_number", "9876543211"), true));

        assertThat(registrar.count("patients")).isEqualTo(1);
        assertThat(ann().path("phone").asText()).isEqualTo("9876543211");
        assertThat(registrar.queue())
                .allMatch(item -> item.path("status").asText().equals("SYNCED"));
    }

    @Test
    void a_server_that_died_after_applying_leaves_one_patient() {
        server.dieAfterApplying(1);
        assertThat(rig.put("p1", ANN)).isInstanceOf(Outcome.Unknown.class);

        Outcome again = rig.send(rig.write("p1", ANN, true)).get(0);

        assertThat(again).isInstanceOf(Outcome.Accepted.class);
        assertThat(registrar.count("patients")).isEqualTo(1);
    }

    @Test
    void error_e11000_under_500_means_that_the_patient_is_there() {
        registrar.create("patients", "guid", "p1", "fullName", "Ann", "phone", "1111111111", "gender", "Female");

        Outcome.Accepted adopted = rig.accepted("p1", ANN);

        assertThat(adopted.effect()).isEqualTo(Effect.ADOPTED);
        assertThat(registrar.count("patients")).isEqualTo(1);
        assertThat(adopted.differs()).isTrue();
        assertThat(adopted.agreed().has("phone"))
                .as("for the rules of the next pull")
                .isFalse();
        assertThat(ann().path("phone").asText()).isEqualTo("1111111111");
    }

    @Test
    void a_validation_error_under_500_rejects_the_record_with_the_servers_words() {
        Outcome outcome = rig.put("p1", Rig.form("individual", "phone_number", "9876543210"));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Rejected.class,
                        rejected -> assertThat(rejected.message()).contains("Patient validation failed"));
    }

    @Test
    void a_deletion_is_for_good_and_safe_to_repeat() {
        rig.accepted("p1", ANN);

        assertThat(rig.send(rig.delete("p1", "individual")).get(0)).isInstanceOf(Outcome.Accepted.class);
        assertThat(rig.send(rig.delete("p1", "individual")).get(0)).isInstanceOf(Outcome.Accepted.class);

        assertThat(registrar.count("patients")).isZero();
    }

    @Test
    void a_patient_that_was_deleted_there_is_gone_for_an_update_and_seen_by_404() {
        Outcome.Accepted made = rig.accepted("p1", ANN);
        registrar.delete("patients", made.externalId());

        assertThat(rig.put("p1", with(ANN, "phone_number", "9876543211"))).isInstanceOf(Outcome.Gone.class);
        assertThat(rig.adapter.present(List.of(made.externalId())))
                .containsExactly(Map.entry(made.externalId(), RemoteState.GONE));
    }

    @Test
    void a_token_that_has_ended_is_replaced_by_a_login_because_refresh_never_works() {
        rig.accepted("p1", ANN);
        server.expireTokens();

        assertThat(rig.accepted("p2", with(ANN, "phone_number", "9876543212")).effect())
                .isEqualTo(Effect.CREATED);

        assertThat(server.requests().lines()).noneMatch(line -> line.contains("refresh"));
        assertThat(server.requests().count("POST", "/api/auth/login")).isEqualTo(2);
    }

    @Test
    void all_pages_are_read_by_each_pull() {
        for (int i = 0; i < 205; i++) {
            registrar.create(
                    "patients",
                    "guid",
                    "g" + i,
                    "fullName",
                    "P" + i,
                    "phone",
                    "98" + (10000000 + i),
                    "gender",
                    "Other");
        }

        assertThat(rig.pull().stream().map(RemoteChange::externalId).distinct()).hasSize(205);
    }

    @Test
    void a_throttled_request_is_the_targets_trouble_and_uses_up_no_try() {
        server.faults().next(1, QUEUES, Fault.status(429));

        assertThat(rig.put("p1", ANN))
                .isInstanceOfSatisfying(
                        Outcome.Unsent.class,
                        unsent -> assertThat(unsent.trouble().kind()).isEqualTo(TargetTrouble.Kind.OVERLOADED));
        assertThat(queued()).isEqualTo(1);
    }

    @Test
    void another_500_is_tried_again_and_leaves_one_patient() {
        server.faults().next(1, HealthRecordTest::isProcess, Fault.instead(Answer.json(500, Rig.json("""
                        {"success": false, "error": {"code": "SRV_7001", "message": "buffering timed out"}}"""))));

        assertThat(rig.put("p1", ANN)).isInstanceOf(Outcome.Retry.class);
        assertThat(rig.accepted("p1", ANN).effect()).isEqualTo(Effect.CREATED);
        assertThat(registrar.count("patients")).isEqualTo(1);
    }

    private List<JsonNode> logins() {
        return server.requests().entries(asked -> asked.path().equals("/api/auth/login")).stream()
                .map(RequestLog.Entry::body)
                .toList();
    }

    @Test
    void the_login_names_its_role_and_the_hub_is_a_hospital_administrator() {
        rig.accepted("p1", ANN);

        assertThat(logins())
                .singleElement()
                .satisfies(login -> assertThat(login.path("role").asText()).isEqualTo("HospitalAdmin"));
    }

    @Test
    void a_refused_login_is_not_repeated_before_the_lock_would_end() {
        Rig wrong = Rig.shipped(
                "health-record",
                server.url(),
                Map.of(
                        "HEALTH_RECORD_URL",
                        server.url(),
                        "HEALTH_RECORD_EMAIL",
                        HealthRecordSimulator.EMAIL,
                        "HEALTH_RECORD_PASSWORD",
                        "wrong"));
        for (int i = 0; i < 8; i++) {
            wrong.put("p1", ANN);
            wrong.clock.later(Duration.ofMinutes(3));
        }
        assertThat(logins()).hasSize(1);

        wrong.clock.later(Duration.ofMinutes(30));
        wrong.put("p1", ANN);

        assertThat(logins()).hasSize(2);
    }

    @Test
    void the_end_of_a_token_is_read_from_the_token() {
        server.close();
        try (HealthRecordSimulator hasty = new HealthRecordSimulator(
                HealthRecordSimulator.Options.defaults().clock(clock).tokenLife(Duration.ofMinutes(3)))) {
            Rig other = Rig.shipped(
                    "health-record",
                    hasty.url(),
                    Map.of(
                            "HEALTH_RECORD_URL",
                            hasty.url(),
                            "HEALTH_RECORD_EMAIL",
                            HealthRecordSimulator.EMAIL,
                            "HEALTH_RECORD_PASSWORD",
                            HealthRecordSimulator.PASSWORD));
            other.accepted("p1", ANN);
            clock.tick(Duration.ofMinutes(4));
            other.clock.later(Duration.ofMinutes(4));
            hasty.requests().clear();

            other.accepted("p2", with(ANN, "phone_number", "9876543212"));

            assertThat(hasty.requests().entries()).noneMatch(asked -> asked.status() == 401);
            assertThat(hasty.requests().count("POST", "/api/auth/login")).isEqualTo(1);
        }
    }

    @Test
    void a_conflict_under_200_is_compared_and_never_taken_for_done() {
        rig.accepted("p1", ANN);
        passTime();
        server.faults().next(1, HealthRecordTest::isProcess, Fault.instead(Answer.json(200, Rig.json("""
                        {"success": true, "data": {"status": "CONFLICT", "message": "Version conflict detected",
                         "error": "version", "resolutionOptions": []}}"""))));

        assertThat(rig.accepted("p1", with(ANN, "phone_number", "9876543211")).effect())
                .isEqualTo(Effect.UPDATED);

        assertThat(ann().path("phone").asText()).isEqualTo("9876543211");
    }

    @Test
    void a_failed_item_is_never_carried_out_later() {
        rig.put("p1", Rig.form("individual", "phone_number", "9876543210"));
        assertThat(registrar.queue().get(0).path("status").asText()).isEqualTo("FAILED");

        rig.send(rig.write("p1", ANN, true));
        rig.send(rig.delete("p1", "individual"));
        rig.send(rig.write("p2", with(ANN, "phone_number", "9876543212"), true));

        assertThat(registrar.queue().get(0).path("status").asText()).isEqualTo("FAILED");
        assertThat(registrar.patient("p1")).isEmpty();
    }

    @Test
    void only_the_requests_that_are_safe_are_used() {
        rig.accepted("p1", ANN);
        passTime();
        rig.send(rig.write("p1", with(ANN, "phone_number", "9876543211"), true));
        rig.pull();
        rig.send(rig.delete("p1", "individual"));

        assertThat(server.requests().lines().stream()
                        .map(line -> line.replaceAll("/[0-9a-f]{24}$", "/ID"))
                        .distinct())
                .containsExactlyInAnyOrder(
                        "POST /api/auth/login",
                        QUEUE,
                        "POST /api/v1/sync/process/ID",
                        "GET /api/v1/sync/pending",
                        "GET /api/v1/patients/ID",
                        "GET /api/v1/patients");
    }

    @Test
    void what_the_mapping_does_not_know_of_an_address_stays() {
        rig.accepted("p1", ANN);
        passTime();
        ObjectNode address = Rig.json("{\"village\": \"Ban Na\", \"street\": \"A &amp; B\"}");
        registrar.update("patients", ann().path("id").asText(), "address", address);
        passTime();

        rig.accepted("p1", with(ANN, "village", "Ban Mai"));

        assertThat(ann().path("address")).isEqualTo(Rig.json("{\"village\": \"Ban Mai\", \"street\": \"A &amp; B\"}"));
    }

    private static boolean isProcess(Request request) {
        return request.path().startsWith("/api/v1/sync/process/");
    }
}
