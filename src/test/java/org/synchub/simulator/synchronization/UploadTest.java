package org.synchub.simulator.synchronization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synchub.simulator.http.Fault;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.Request;
import org.synchub.simulator.http.SimulatorClient.Reply;

/** The document, and its sensible reading, on uploads: shape (3), answer (4), ids (5), models (6), repeats (8). */
class UploadTest {

    private final Session session = new Session();
    private final Registrar registrar = session.simulator.registrar();

    @AfterEach
    void stop() {
        session.close();
    }

    private JsonNode result(ObjectNode item) {
        return session.upload(item).at("/results/0");
    }

    @Test
    void an_upload_is_a_bare_array_and_anything_else_400() {
        JsonNode envelope = Json.object("items", Json.array(session.item("create", 1)));

        assertThat(session.client.post("/api/sync/upload", envelope).status()).isEqualTo(400);
        assertThat(session.upload(session.item("create", 1)).status()).isEqualTo(200);
    }

    @Test
    void every_item_has_a_result_with_its_index_and_its_object_id() {
        Reply reply = session.upload(session.item("create", 7), session.item("update", 8));

        assertThat(reply.at("/server_time").asText()).isEqualTo("2026-11-20T15:00:00Z");
        assertThat(reply.at("/results"))
                .isEqualTo(Json.array(
                        Json.object("object_id", 7, "status", "completed", "index", 0),
                        Json.object("object_id", 8, "status", "failed", "error", "Object not found", "index", 1)));
    }

    @Test
    void an_item_that_fails_leaves_the_others_as_they_are() {
        session.upload(session.item("update", 8), session.item("create", 7));

        assertThat(registrar.find(Session.MODEL, 7)).isPresent();
    }

    @Test
    void an_answer_may_be_207_where_an_item_failed() {
        try (Session other = new Session(Choices.defaults().uploadAnswer(Choices.UploadAnswer.RESULTS_207))) {
            assertThat(other.upload(other.item("create", 7)).status()).isEqualTo(200);
            assertThat(other.upload(other.item("update", 8)).status()).isEqualTo(207);
        }
    }

    @Test
    void an_answer_may_be_a_bare_array() {
        try (Session other = new Session(Choices.defaults().uploadAnswer(Choices.UploadAnswer.BARE))) {
            assertThat(other.upload(other.item("create", 7)).at("/0/status").asText())
                    .isEqualTo("completed");
        }
    }

    @Test
    void an_answer_may_be_empty_and_then_a_failure_is_422_with_the_items_before_it_applied() {
        try (Session other = new Session(Choices.defaults().uploadAnswer(Choices.UploadAnswer.EMPTY))) {
            assertThat(other.upload(other.item("create", 7)).status()).isEqualTo(204);
            assertThat(other.upload(other.item("create", 8), other.item("update", 9), other.item("create", 10))
                            .status())
                    .isEqualTo(422);
            assertThat(other.simulator.registrar().count(Session.MODEL)).isEqualTo(2);
        }
    }

    @Test
    void an_object_id_is_an_integer() {
        ObjectNode item = session.item("create", 1).put("object_id", "1");

        assertThat(result(item).path("error").asText()).isEqualTo("object_id must be an integer");
    }

    @Test
    void the_id_of_a_create_is_the_clients() {
        assertThat(result(session.item("create", 7, "guid", "g-1")).has("server_id"))
                .isFalse();
        assertThat(registrar.find(Session.MODEL, 7).orElseThrow().path("guid").asText())
                .isEqualTo("g-1");
    }

    @Test
    void a_server_may_give_an_id_of_its_own_and_wants_that_from_then_on() {
        try (Session other = new Session(Choices.defaults().ids(Choices.Ids.SERVER))) {
            int id = other.upload(other.item("create", 7, "name", "A"))
                    .at("/results/0/server_id")
                    .asInt();
            other.tick();

            assertThat(id).isEqualTo(1_000_001);
            assertThat(other.upload(other.item("update", 7, "name", "B"))
                            .at("/results/0/status")
                            .asText())
                    .isEqualTo("failed");
            assertThat(other.upload(other.item("update", id, "name", "B"))
                            .at("/results/0/status")
                            .asText())
                    .isEqualTo("completed");
            assertThat(other.upload(other.item("create", 7, "name", "C"))
                            .at("/results/0/server_id")
                            .asInt())
                    .isEqualTo(id);
        }
    }

    @Test
    void a_model_is_the_name_of_a_class() {
        assertThat(result(session.item("create", 1).put("model", "individuals"))
                        .path("error")
                        .asText())
                .isEqualTo("model must be the name of a class");
    }

    @Test
    void a_timestamp_needs_an_offset() {
        assertThat(result(session.item("create", 1).put("timestamp", "2026-11-20T15:00:00"))
                        .path("error")
                        .asText())
                .isEqualTo("timestamp must be ISO 8601 with an offset");
        assertThat(result(session.item("create", 1).put("timestamp", "2026-11-20T17:00:00+02:00"))
                        .path("status")
                        .asText())
                .isEqualTo("completed");
    }

    @Test
    void an_operation_is_create_update_or_delete() {
        assertThat(result(session.item("CREATE", 1)).path("status").asText()).isEqualTo("failed");
    }

    @Test
    void the_same_operation_sent_again_is_answered_again_and_not_applied_again() {
        ObjectNode item = session.item("create", 7, "name", "A");
        JsonNode first = result(item);
        session.tick();
        registrar.update(Session.MODEL, 7, "name", "Theirs");

        assertThat(result(item)).isEqualTo(first);
        assertThat(registrar.find(Session.MODEL, 7).orElseThrow().path("name").asText())
                .isEqualTo("Theirs");
        assertThat(session.simulator.requests().repeats()).hasSize(1);
    }

    @Test
    void a_create_of_what_exists_is_an_update() {
        result(session.item("create", 7, "name", "A", "phone", "1"));
        session.tick();

        assertThat(result(session.item("create", 7, "name", "B")).path("status").asText())
                .isEqualTo("completed");
        JsonNode record = registrar.find(Session.MODEL, 7).orElseThrow();
        assertThat(record.path("name").asText()).isEqualTo("B");
        assertThat(record.path("phone").asText()).isEqualTo("1");
    }

    @Test
    void a_delete_of_what_is_missing_is_completed() {
        assertThat(result(session.item("delete", 99)).path("status").asText()).isEqualTo("completed");
    }

    @Test
    void an_answer_that_is_lost_can_be_asked_for_again() {
        session.simulator.faults().next(1, Request.to("POST", "/api/sync/upload"), Fault.cut(Fault.Cut.BEFORE_ANSWER));
        ObjectNode item = session.item("create", 7, "name", "A");

        assertThatThrownBy(() -> session.upload(item)).isInstanceOf(UncheckedIOException.class);
        assertThat(result(item).path("status").asText()).isEqualTo("completed");
        assertThat(registrar.everMade(Session.MODEL)).isOne();
    }
}
