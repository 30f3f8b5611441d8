package org.synchub.simulator.healthrecord;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.SimulatorClient.Reply;

/** Facts of the health record server's conflicts and of what it tries again (3.3, 3.4). */
class ConflictTest {

    private static final String QUEUE = "/api/v1/sync/queue";

    private final Session session = new Session();
    private final Registrar registrar = session.simulator.registrar();

    @AfterEach
    void stop() {
        session.close();
    }

    private String status(String queueId) {
        return registrar.queue().stream()
                .filter(item -> item.path("id").asText().equals(queueId))
                .findFirst()
                .orElseThrow()
                .path("status")
                .asText();
    }

    private Reply resolve(String queueId, String resolution) {
        return session.client.send("PATCH", "/api/v1/sync/resolve/" + queueId + "?resolution=" + resolution, null);
    }

    /** The only way to a conflict: an error whose text says version. */
    private String conflict() {
        String queueId = session.queue("UPDATE", "patient", "version-x", "fullName", "Ann");
        session.process(queueId);
        return queueId;
    }

    @Test
    void a_stale_update_is_applied_and_the_edit_of_the_server_is_lost() {
        session.createPatient(Session.ID, "g-1");
        registrar.update("patients", Session.ID, "fullName", "Theirs");

        ObjectNode body = session.operation("UPDATE", "patient", Session.ID, "fullName", "Ours")
                .put("version", 1);
        Reply reply =
                session.process(session.client.post(QUEUE, body).at("/data/id").asText());
        assertThat(reply.at("/data/status").asText()).isEqualTo("SYNCED");
        assertThat(reply.at("/data/result").has("version")).isFalse();
        assertThat(reply.at("/data/result/fullName").asText()).isEqualTo("Ours");
    }

    @Test
    void an_error_that_says_version_is_a_conflict_under_200() {
        Reply reply = session.apply("UPDATE", "patient", "version-x", "fullName", "Ann");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.at("/data/status").asText()).isEqualTo("CONFLICT");
        assertThat(reply.at("/data/message").asText()).isEqualTo("Version conflict detected");
        assertThat(reply.at("/data/resolutionOptions")).hasSize(3);
    }

    @Test
    void client_wins_answers_resolved_although_the_conflict_stays() {
        String queueId = conflict();

        assertThat(resolve(queueId, "CLIENT_WINS").at("/data"))
                .isEqualTo(Json.object("status", "RESOLVED", "strategy", "CLIENT_WINS"));
        assertThat(status(queueId)).isEqualTo("CONFLICT");
    }

    @Test
    void server_wins_closes_the_item() {
        String queueId = conflict();

        assertThat(resolve(queueId, "SERVER_WINS").at("/data/status").asText()).isEqualTo("RESOLVED");
        assertThat(status(queueId)).isEqualTo("SYNCED");
    }

    @Test
    void any_other_resolution_is_manual() {
        assertThat(resolve(conflict(), "whatever").at("/data/status").asText()).isEqualTo("PENDING_MANUAL_REVIEW");
    }

    @Test
    void resolving_what_is_no_conflict_is_400_what_is_not_there_404_and_what_is_no_id_500() {
        assertThat(resolve(session.queue("CREATE", "patient", ""), "SERVER_WINS")
                        .status())
                .isEqualTo(400);
        assertThat(resolve(Session.ID, "SERVER_WINS").status()).isEqualTo(404);
        assertThat(resolve("local-1", "SERVER_WINS").status()).isEqualTo(500);
    }

    @Test
    void retry_takes_what_failed_less_than_three_times() {
        String queueId = session.queue("UPDATE", "patient", Session.ID);
        session.process(queueId);

        for (int total : new int[] {1, 1, 0}) {
            JsonNode data = session.client
                    .send("POST", "/api/v1/sync/retry?deviceId=hub&userId=u-1", null)
                    .at("/data");
            assertThat(data.path("total").asInt()).isEqualTo(total);
            assertThat(data.path("results").findValuesAsText("status"))
                    .hasSize(total)
                    .allMatch("FAILED"::equals);
        }
    }

    @Test
    void what_failed_stays_armed_and_a_retry_brings_a_deleted_patient_back() {
        session.createPatient(Session.ID, "g-1");
        session.createPatient(Session.ID, "g-1");
        session.apply("DELETE", "patient", Session.ID);

        Reply retry = session.client.send("POST", "/api/v1/sync/retry?deviceId=hub&userId=u-1", null);
        assertThat(retry.at("/data/results/0/status").asText()).isEqualTo("SUCCESS");
        assertThat(registrar.patient("g-1")).isPresent();
    }

    @Test
    void processing_has_no_cap_and_burns_an_item_so_that_no_retry_takes_it() {
        session.createPatient(Session.ID, "g-1");
        String queueId = session.queue("CREATE", "patient", "", "_id", Session.ID);
        for (int i = 0; i < 4; i++) {
            assertThat(session.process(queueId).status()).isEqualTo(500);
        }

        assertThat(session.client
                        .send("POST", "/api/v1/sync/retry?deviceId=hub&userId=u-1", null)
                        .at("/data/total")
                        .asInt())
                .isZero();
    }
}
