package org.synchub.simulator.healthrecord;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.SimulatorClient.Reply;

/** Facts of what the health record server's operations do to records (3.5, 3.7). */
class EffectTest {

    private static final String OTHER_ID = "fedcba9876543210fedcba98";
    private static final String RESULT = "/data/result";
    private static final String MESSAGE = "/error/message";

    private final Session session = new Session();
    private final Registrar registrar = session.simulator.registrar();

    @BeforeEach
    void one_patient() {
        session.createPatient(Session.ID, "g-1");
    }

    @AfterEach
    void stop() {
        session.close();
    }

    @Test
    void a_create_takes_the_id_that_the_client_gives() {
        assertThat(registrar.patient("g-1").orElseThrow().path("id").asText()).isEqualTo(Session.ID);
        List<Reply> others = List.of(
                session.apply(
                        "CREATE",
                        "doctor",
                        "",
                        "_id",
                        OTHER_ID,
                        "hospitalId",
                        OTHER_ID,
                        "fullName",
                        "Doc",
                        "phone",
                        "1"),
                session.apply("CREATE", "encounter", "", "_id", OTHER_ID, "patientId", Session.ID, "visitReason", "x"),
                session.apply(
                        "CREATE",
                        "consent",
                        "",
                        "_id",
                        OTHER_ID,
                        "patientId",
                        Session.ID,
                        "scope",
                        List.of("all"),
                        "expiresAt",
                        "2027-01-01"));
        assertThat(others)
                .allSatisfy(
                        reply -> assertThat(reply.at(RESULT + "/id").asText()).isEqualTo(OTHER_ID));
    }

    @Test
    void a_repeated_create_is_500_with_the_guid_reported_first() {
        Reply reply = session.createPatient(Session.ID, "g-1");

        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.at(MESSAGE).asText()).startsWith("E11000").contains("guid_1");
    }

    @Test
    void a_taken_id_is_500_as_well() {
        assertThat(session.createPatient(Session.ID, "g-2").at(MESSAGE).asText())
                .startsWith("E11000")
                .contains("_id_");
    }

    @Test
    void a_doctor_is_unique_by_phone() {
        for (int status : new int[] {200, 500}) {
            assertThat(session.apply("CREATE", "doctor", "", "hospitalId", OTHER_ID, "fullName", "Doc", "phone", "7")
                            .status())
                    .isEqualTo(status);
        }
    }

    @Test
    void a_patient_without_guid_gets_one_and_a_retry_makes_a_second_patient() {
        Object[] data = {"fullName", "Bo", "phone", "1", "gender", "Male"};

        assertThat(session.apply("CREATE", "patient", "", data)
                        .at(RESULT + "/guid")
                        .asText())
                .matches("NHRS-2026-[0-9A-F]{8}");
        session.apply("CREATE", "patient", "", data);
        assertThat(registrar.count("patients")).isEqualTo(3);
    }

    @Test
    void what_is_missing_or_no_choice_is_500_with_the_validations_text() {
        Reply reply = session.apply("CREATE", "patient", "", "guid", "g-2", "phone", "1", "gender", "zzz");

        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.at(MESSAGE).asText())
                .isEqualTo("Patient validation failed: fullName: Path `fullName` is required., gender: `zzz` is not a"
                        + " valid enum value for path `gender`.");
    }

    @Test
    void an_id_that_is_none_is_500() {
        assertThat(session.createPatient("abc", "g-2").at(MESSAGE).asText()).startsWith("Cast to ObjectId failed");
    }

    @Test
    void an_unknown_key_is_dropped_by_the_record_and_kept_by_the_queue() {
        session.apply(
                "CREATE",
                "patient",
                "",
                "hubOpId",
                "op-1",
                "guid",
                "g-2",
                "fullName",
                "Bo",
                "phone",
                "1",
                "gender",
                "Male");

        assertThat(registrar.patient("g-2").orElseThrow().has("hubOpId")).isFalse();
        assertThat(registrar.queue().get(1).at("/data/hubOpId").asText()).isEqualTo("op-1");
    }

    @Test
    void an_update_sets_what_is_given_stores_null_and_replaces_objects_whole() {
        session.apply("UPDATE", "patient", Session.ID, "address", Json.object("city", "A", "street", "B"));
        JsonNode updated = session.apply(
                        "UPDATE", "patient", Session.ID, "address", Json.object("city", "C"), "bloodGroup", null)
                .at(RESULT);

        assertThat(updated.path("address")).isEqualTo(Json.object("city", "C"));
        assertThat(updated.has("bloodGroup") && updated.path("bloodGroup").isNull())
                .isTrue();
        assertThat(updated.path("fullName").asText()).isEqualTo("Ann");
    }

    @Test
    void an_update_is_not_validated() {
        JsonNode updated = session.apply("UPDATE", "patient", Session.ID, "gender", "zzz", "guid", "g-9")
                .at(RESULT);

        assertThat(updated.path("gender").asText()).isEqualTo("zzz");
        assertThat(updated.path("guid").asText()).isEqualTo("g-9");
    }

    @Test
    void the_server_sets_updated_at_and_nobody_else() {
        session.clock.tick(Duration.ofMillis(5));

        JsonNode updated = session.apply(
                        "UPDATE", "patient", Session.ID, "fullName", "Bo", "updatedAt", "2020-01-01T00:00:00.000Z")
                .at(RESULT);
        assertThat(updated.path("updatedAt").asText()).isEqualTo("2026-11-20T15:12:37.510Z");
        assertThat(updated.path("createdAt").asText()).isEqualTo("2026-11-20T15:12:37.505Z");
    }

    @Test
    void an_empty_update_does_nothing() {
        session.clock.tick(Duration.ofMillis(5));

        assertThat(session.apply("UPDATE", "patient", Session.ID)
                        .at(RESULT + "/updatedAt")
                        .asText())
                .isEqualTo("2026-11-20T15:12:37.505Z");
    }

    @Test
    void an_update_of_what_is_gone_is_404() {
        assertThat(session.apply("UPDATE", "patient", OTHER_ID, "fullName", "Bo")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void an_encounter_cannot_be_edited_after_a_day() {
        String id = registrar.create("encounters", "patientId", Session.ID, "visitReason", "x");
        session.clock.tick(Duration.ofHours(25));
        session.as(HealthRecordSimulator.EMAIL, HealthRecordSimulator.ROLE);

        Reply reply = session.apply("UPDATE", "encounter", id, "diagnosis", "y");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.at(MESSAGE).asText()).isEqualTo("ENCOUNTER_EDIT_WINDOW_EXPIRED");
    }

    @Test
    void an_encounter_without_a_visit_reason_fails_and_without_references_gets_some() {
        assertThat(session.apply("CREATE", "encounter", "", "patientId", Session.ID, "prescription", "x")
                        .at(MESSAGE)
                        .asText())
                .contains("`visitReason` is required");
        assertThat(session.apply("CREATE", "encounter", "", "patientId", Session.ID, "visitReason", "x")
                        .at(RESULT + "/hospitalId")
                        .asText())
                .hasSize(24);
    }

    @Test
    void a_delete_is_for_good_and_a_second_one_404_with_a_failed_item() {
        String encounter = registrar.create("encounters", "patientId", Session.ID, "visitReason", "x");
        session.apply("DELETE", "encounter", encounter);

        assertThat(registrar.count("encounters")).isZero();
        assertThat(session.apply("DELETE", "encounter", encounter).status()).isEqualTo(404);
        assertThat(session.pending().at("/data/0/status").asText()).isEqualTo("FAILED");
    }

    @Test
    void the_queue_deletes_patients_although_rest_lets_only_a_super_admin() {
        assertThat(session.client
                        .send("DELETE", "/api/v1/patients/" + Session.ID, null)
                        .status())
                .isEqualTo(403);
        assertThat(session.apply("DELETE", "patient", Session.ID).status()).isEqualTo(200);
    }
}
