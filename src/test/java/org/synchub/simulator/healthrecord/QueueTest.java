package org.synchub.simulator.healthrecord;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synchub.simulator.http.Fault;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.Request;
import org.synchub.simulator.http.SimulatorClient.Reply;

/** Facts of the health record server's queue (3.3), and of versions that nobody compares (3.4). */
class QueueTest {

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

    @Test
    void queueing_answers_201_with_an_id_and_checks_no_data() {
        Reply reply = session.client.post(QUEUE, session.operation("CREATE", "patient", ""));

        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.at("/data/status").asText()).isEqualTo("PENDING");
        assertThat(reply.at("/data/message").asText()).isEqualTo("Operation queued for sync");
        assertThat(reply.at("/data/id").asText()).hasSize(24);
    }

    @Test
    void an_unknown_property_is_400_with_a_list_of_messages() {
        ObjectNode body = session.operation("CREATE", "patient", "").put("hubOpId", "1");

        Reply reply = session.client.post(QUEUE, body);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.at("/error/message")).isEqualTo(Json.array("property hubOpId should not exist"));
    }

    @Test
    void a_wrong_operation_type_time_or_version_is_400() {
        assertThat(session.client
                        .post(QUEUE, session.operation("UPSERT", "patient", ""))
                        .status())
                .isEqualTo(400);
        assertThat(session.client
                        .post(QUEUE, session.operation("CREATE", "person", ""))
                        .status())
                .isEqualTo(400);
        assertThat(session.client
                        .post(QUEUE, session.operation("CREATE", "patient", "").put("createdAtClient", 17))
                        .status())
                .isEqualTo(400);
        assertThat(session.client
                        .post(QUEUE, session.operation("CREATE", "patient", "").put("version", "1"))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void nothing_finds_that_an_operation_was_queued_twice() {
        JsonNode body = session.operation("CREATE", "patient", "", "guid", "g-1");

        assertThat(session.client.post(QUEUE, body).at("/data/id"))
                .isNotEqualTo(session.client.post(QUEUE, body).at("/data/id"));
        assertThat(registrar.queue()).hasSize(2);
    }

    @Test
    void the_user_is_never_compared_with_the_token() {
        assertThat(session.client
                        .post(QUEUE, session.operation("CREATE", "patient", "").put("userId", "someone-else"))
                        .status())
                .isEqualTo(201);
    }

    @Test
    void texts_lose_their_tags_and_come_back_escaped() {
        session.queue("CREATE", "patient", "", "fullName", " Ann <b>A</b> & Bo ");

        assertThat(registrar.queue().get(0).at("/data/fullName").asText()).isEqualTo("Ann A &amp; Bo");
    }

    @Test
    void what_is_pushed_back_escaped_is_escaped_once_more() {
        session.queue("CREATE", "patient", "", "fullName", "Ann &amp; Bo");

        assertThat(registrar.queue().get(0).at("/data/fullName").asText()).isEqualTo("Ann &amp;amp; Bo");
    }

    @Test
    void processing_answers_the_record_and_a_delete_none() {
        Reply created = session.createPatient(Session.ID, "g-1");
        Reply deleted = session.apply("DELETE", "patient", Session.ID);

        assertThat(created.at("/data/status").asText()).isEqualTo("SYNCED");
        assertThat(created.at("/data/result/id").asText()).isEqualTo(Session.ID);
        assertThat(deleted.at("/data/status").asText()).isEqualTo("SYNCED");
        assertThat(deleted.at("/data").has("result")).isFalse();
    }

    @Test
    void processing_again_says_so_without_the_record() {
        String queueId = session.queue(
                "DELETE",
                "patient",
                registrar.create("patients", "guid", "g", "fullName", "Ann", "phone", "1", "gender", "Other"));
        session.process(queueId);

        assertThat(session.process(queueId).at("/data"))
                .isEqualTo(Json.object("status", "SYNCED", "message", "Operation already synced"));
    }

    @Test
    void what_was_never_queued_is_404_and_a_health_document_400() {
        assertThat(session.process(Session.ID).status()).isEqualTo(404);
        Reply document = session.apply("CREATE", "health-document", "");
        assertThat(document.status()).isEqualTo(400);
        assertThat(document.at("/error/message").asText()).isEqualTo("Unsupported resource type: health-document");
    }

    @Test
    void an_update_without_resource_id_is_queued_and_fails_in_processing() {
        Reply reply = session.apply("UPDATE", "patient", "", "fullName", "Ann");

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.at("/error/message").asText()).isEqualTo("Resource ID required for UPDATE");
    }

    @Test
    void what_failed_stays_in_the_queue_with_its_error_and_its_count() {
        String queueId = session.queue("UPDATE", "patient", Session.ID);
        session.process(queueId);
        session.process(queueId);

        JsonNode item = session.pending().at("/data/0");
        assertThat(item.path("status").asText()).isEqualTo("FAILED");
        assertThat(item.path("retryCount").asInt()).isEqualTo(2);
        assertThat(item.path("errorMessage").asText()).isEqualTo("Patient not found");
    }

    @Test
    void pending_shows_the_first_100_by_the_clients_time_with_keys_that_no_record_has() {
        session.clock.tick(Duration.ofMinutes(1));
        for (int i = 0; i < 99; i++) {
            session.queue("CREATE", "patient", "");
        }
        session.clock.tick(Duration.ofMinutes(-2));
        session.queue("CREATE", "patient", "", "hubOpId", "op-1");
        session.clock.tick(Duration.ofMinutes(4));
        session.queue("CREATE", "patient", "", "hubOpId", "op-2");

        JsonNode pending = session.pending().at("/data");
        assertThat(pending).hasSize(100);
        assertThat(pending.at("/0/data/hubOpId").asText()).isEqualTo("op-1");
        assertThat(pending.findValuesAsText("hubOpId")).containsExactly("op-1");
    }

    @Test
    void pending_without_its_parameters_is_empty() {
        session.queue("CREATE", "patient", "");

        assertThat(session.client.get("/api/v1/sync/pending").at("/data")).isEqualTo(Json.array());
        assertThat(session.client.get("/api/v1/sync/pending?deviceId=hub").at("/data"))
                .isEqualTo(Json.array());
    }

    @Test
    void synced_items_vanish_after_30_days() {
        String queueId =
                session.queue("CREATE", "patient", "", "guid", "g", "fullName", "A", "phone", "1", "gender", "Other");
        session.process(queueId);
        session.clock.tick(Duration.ofDays(31));

        assertThat(registrar.queue()).isEmpty();
        session.as(HealthRecordSimulator.EMAIL, HealthRecordSimulator.ROLE);
        assertThat(session.process(queueId).status()).isEqualTo(404);
    }

    @Test
    void a_server_that_dies_between_the_record_and_its_item_leaves_the_item_pending() {
        session.simulator.dieAfterApplying(1);
        String queueId = session.queue(
                "CREATE",
                "patient",
                "",
                "_id",
                Session.ID,
                "guid",
                "g",
                "fullName",
                "A",
                "phone",
                "1",
                "gender",
                "Other");

        assertThatThrownBy(() -> session.process(queueId)).isInstanceOf(UncheckedIOException.class);
        assertThat(status(queueId)).isEqualTo("PENDING");
        assertThat(session.process(queueId).at("/error/message").asText()).startsWith("E11000");
        assertThat(registrar.count("patients")).isOne();
    }

    @Test
    void a_client_that_dies_between_queue_and_process_finds_its_item_pending() {
        session.simulator.faults().silenceAfter(Request.to("POST", QUEUE));
        String queueId = session.queue("CREATE", "patient", "", "hubOpId", "op-1");

        assertThatThrownBy(() -> session.process(queueId)).isInstanceOf(UncheckedIOException.class);
        session.simulator.faults().clear();
        assertThat(session.pending().at("/data/0/data/hubOpId").asText()).isEqualTo("op-1");
    }

    @Test
    void an_answer_that_is_lost_leaves_the_item_synced() {
        session.simulator
                .faults()
                .next(1, Request.below("POST", "/api/v1/sync/process"), Fault.cut(Fault.Cut.IN_ANSWER));
        String queueId =
                session.queue("CREATE", "patient", "", "guid", "g", "fullName", "A", "phone", "1", "gender", "Other");

        assertThatThrownBy(() -> session.process(queueId)).isInstanceOf(UncheckedIOException.class);
        assertThat(session.process(queueId).at("/data/message").asText()).isEqualTo("Operation already synced");
    }
}
