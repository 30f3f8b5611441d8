package org.synchub.simulator.healthrecord;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.SimulatorClient.Reply;

/** Facts of the health record server's lists and of the direct writes beside the queue (3.6). */
class ReadTest {

    private static final String PATIENTS = "/api/v1/patients";

    private final Session session = new Session();
    private final Registrar registrar = session.simulator.registrar();

    @AfterEach
    void stop() {
        session.close();
    }

    private String patient(String guid) {
        session.clock.tick(Duration.ofMillis(1));
        return registrar.create(
                "patients", "guid", guid, "fullName", "Ann " + guid, "phone", "9876543210", "gender", "Female");
    }

    private JsonNode page(String query) {
        return session.client.get(PATIENTS + query).at("/data");
    }

    private static ObjectNode body(String guid, String phone) {
        return Json.object("guid", guid, "fullName", "Ann", "phone", phone, "gender", "Female");
    }

    @Test
    void a_list_is_nested_twice_and_has_pages_of_10() {
        for (int i = 0; i < 12; i++) {
            patient("g-" + i);
        }

        assertThat(page("").path("data")).hasSize(10);
        assertThat(page("?page=2").path("data")).hasSize(2);
        assertThat(page("").path("meta")).isEqualTo(Json.object("page", 1, "limit", 10, "total", 12, "totalPages", 2));
    }

    @Test
    void a_page_has_no_more_than_100() {
        for (int i = 0; i < 101; i++) {
            patient("g-" + i);
        }

        assertThat(page("?limit=500").path("data")).hasSize(100);
        assertThat(page("?limit=500").at("/meta/limit").asInt()).isEqualTo(100);
    }

    @Test
    void an_insert_shifts_the_pages() {
        for (int i = 0; i < 3; i++) {
            patient("g-" + i);
        }
        assertThat(page("?limit=2&page=1").path("data").findValuesAsText("guid"))
                .containsExactly("g-2", "g-1");

        patient("g-3");
        assertThat(page("?limit=2&page=2").path("data").findValuesAsText("guid"))
                .containsExactly("g-1", "g-0");
    }

    @Test
    void there_is_no_since() {
        patient("g-1");

        assertThat(page("?since=2030-01-01T00:00:00Z&updatedAt=2030-01-01T00:00:00Z")
                        .path("data"))
                .hasSize(1);
    }

    @Test
    void a_record_has_times_to_the_millisecond_and_no_version() {
        String id = patient("g-1");

        JsonNode data = session.client.get(PATIENTS + "/" + id).at("/data");
        assertThat(data.path("updatedAt").asText()).isEqualTo("2026-11-20T15:12:37.506Z");
        assertThat(data.has("version") || data.has("__v") || data.has("_id")).isFalse();
    }

    @Test
    void what_is_not_there_is_404_and_what_is_no_id_500() {
        assertThat(session.client.get(PATIENTS + "/" + Session.ID).status()).isEqualTo(404);
        assertThat(session.client.get(PATIENTS + "/abc").status()).isEqualTo(500);
    }

    @Test
    void a_patient_is_found_by_guid() {
        String id = patient("g-1");

        assertThat(session.client.get(PATIENTS + "/guid/g-1").at("/data/id").asText())
                .isEqualTo(id);
        assertThat(session.client.get(PATIENTS + "/guid/g-2").status()).isEqualTo(404);
    }

    @Test
    void a_search_takes_its_term_as_a_pattern() {
        patient("g-1");
        patient("h-1");

        assertThat(session.client.get(PATIENTS + "/search/g.1").at("/data")).hasSize(1);
        assertThat(session.client.get(PATIENTS + "/search/.").at("/data")).hasSize(2);
    }

    @Test
    void encounters_are_found_by_patient_and_by_when_they_were_made() {
        String id = registrar.create("encounters", "patientId", "p-1", "visitReason", "x");
        session.clock.tick(Duration.ofHours(1));
        registrar.update("encounters", id, "diagnosis", "y");

        session.as(HealthRecordSimulator.EMAIL, HealthRecordSimulator.ROLE);
        assertThat(session.client.get("/api/v1/encounters/patient/p-1").at("/data"))
                .hasSize(1);
        assertThat(session.client
                        .get("/api/v1/encounters/search/advanced?patientId=p-1&startDate=2026-11-20T16:00:00.000Z")
                        .at("/data"))
                .isEqualTo(Json.array());
    }

    @Test
    void a_doctor_does_not_see_the_list_of_encounters() {
        session.simulator.addAccount("doc@example.org", HealthRecordSimulator.PASSWORD, "Doctor");
        session.as("doc@example.org", "Doctor");

        assertThat(session.client.get("/api/v1/encounters").status()).isEqualTo(403);
        assertThat(session.client.get(PATIENTS).status()).isEqualTo(200);
    }

    @Test
    void every_kind_has_a_list() {
        for (String kind : List.of("doctors", "encounters", "consents", "health-documents", "hospitals")) {
            assertThat(session.client
                            .get("/api/v1/" + kind)
                            .at("/data/meta/total")
                            .asInt(-1))
                    .as(kind)
                    .isZero();
        }
    }

    @Test
    void a_patient_posted_directly_is_validated() {
        assertThat(session.client.post(PATIENTS, body("g-1", "9876543210")).status())
                .isEqualTo(201);
        Reply wrong = session.client.post(PATIENTS, body("", "123").put("fullName", "A"));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.at("/error/message")).hasSize(3);
        Reply twice = session.client.post(PATIENTS, body("g-1", "9876543210"));
        assertThat(twice.status()).isEqualTo(500);
        assertThat(twice.at("/error/message").asText()).startsWith("E11000");
    }

    @Test
    void a_patient_can_be_patched_and_only_a_super_admin_deletes_it_with_204() {
        String id = patient("g-1");

        assertThat(session.client
                        .send(
                                "PATCH",
                                PATIENTS + "/" + id,
                                Json.object("fullName", "Bo").toString())
                        .at("/data/fullName")
                        .asText())
                .isEqualTo("Bo");
        session.simulator.addAccount("root@example.org", HealthRecordSimulator.PASSWORD, "SuperAdmin");
        session.as("root@example.org", "SuperAdmin");
        assertThat(session.client.send("DELETE", PATIENTS + "/" + id, null).status())
                .isEqualTo(204);
    }

    @Test
    void an_encounter_is_posted_by_a_doctor_with_the_patients_consent() {
        JsonNode encounter = Json.object("patientId", "p-1", "visitReason", "x");
        assertThat(session.client.post("/api/v1/encounters", encounter).status())
                .isEqualTo(403);
        session.simulator.addAccount("doc@example.org", HealthRecordSimulator.PASSWORD, "Doctor");
        session.as("doc@example.org", "Doctor");

        assertThat(session.client.post("/api/v1/encounters", encounter).status())
                .isEqualTo(403);
        registrar.create(
                "consents", "patientId", "p-1", "scope", List.of("all"), "expiresAt", "2027-01-01T00:00:00.000Z");
        assertThat(session.client.post("/api/v1/encounters", encounter).status())
                .isEqualTo(201);
    }
}
