package org.synchub.simulator.synchronization;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.SimulatorClient.Reply;

/** The document, and its sensible reading, on times that decide (7), conflicts (10) and their resolution (11). */
class ConflictTest {

    private final Session session = new Session();
    private final Session manual = new Session(Choices.defaults().policy(Choices.Policy.MANUAL));

    @AfterEach
    void stop() {
        session.close();
        manual.close();
    }

    /** A record that the server has changed after the item of this name was made. */
    private static int changedBehind(Session on) {
        int id = on.simulator.registrar().create(Session.MODEL, "guid", "g-1", "name", "A");
        on.tick();
        return id;
    }

    private static JsonNode result(Session on, ObjectNode item) {
        return on.upload(item).at("/results/0");
    }

    /** A conflict whose item says "Ours" and whose record says "Theirs". */
    private JsonNode conflict(String operation) {
        int id = changedBehind(manual);
        ObjectNode item = manual.item(operation, id, "name", "Ours");
        manual.tick();
        manual.simulator.registrar().update(Session.MODEL, id, "name", "Theirs");
        return result(manual, item);
    }

    private Reply resolve(JsonNode result, String resolution, JsonNode data) {
        return manual.client.post(
                "/api/sync/resolve-conflict",
                Json.object(
                        "conflict_id", result.path("conflict_id"), "resolution", resolution, "resolved_data", data));
    }

    private String name(JsonNode result) {
        return manual.simulator
                .registrar()
                .find(Session.MODEL, result.path("object_id").asInt())
                .orElseThrow()
                .path("name")
                .asText();
    }

    @Test
    void the_later_time_wins() {
        int id = changedBehind(session);

        assertThat(result(session, session.item("update", id, "name", "B")))
                .isEqualTo(Json.object("object_id", id, "status", "completed", "index", 0));
        assertThat(session.simulator
                        .registrar()
                        .find(Session.MODEL, id)
                        .orElseThrow()
                        .path("name")
                        .asText())
                .isEqualTo("B");
    }

    @Test
    void who_is_earlier_loses_without_a_word_but_sees_the_servers_data() {
        int id = changedBehind(session);
        ObjectNode item = session.item("update", id, "name", "Ours");
        session.tick();
        session.simulator.registrar().update(Session.MODEL, id, "name", "Theirs");

        JsonNode result = result(session, item);
        assertThat(result.path("status").asText()).isEqualTo("completed");
        assertThat(result.at("/server_data/name").asText()).isEqualTo("Theirs");
        assertThat(result.at("/server_data/updated_at").asText()).isEqualTo("2026-11-20T15:00:02Z");
    }

    @Test
    void on_a_tie_the_server_wins() {
        int id = session.simulator.registrar().create(Session.MODEL, "name", "Theirs");

        assertThat(result(session, session.item("update", id, "name", "Ours"))
                        .at("/server_data/name")
                        .asText())
                .isEqualTo("Theirs");
    }

    @Test
    void an_update_later_than_a_delete_brings_the_record_back_and_an_earlier_one_does_not() {
        int id = changedBehind(session);
        ObjectNode earlier = session.item("update", id, "name", "Ours");
        session.tick();
        session.simulator.registrar().delete(Session.MODEL, id);

        assertThat(result(session, earlier).path("server_data")).isEqualTo(Json.object());
        assertThat(session.simulator.registrar().count(Session.MODEL)).isZero();
        session.tick();
        result(session, session.item("update", id, "name", "Ours"));
        assertThat(session.simulator.registrar().count(Session.MODEL)).isOne();
    }

    @Test
    void under_the_manual_policy_it_is_a_conflict_with_an_integer_id() {
        JsonNode result = conflict("update");

        assertThat(result.path("status").asText()).isEqualTo("conflict");
        assertThat(result.path("conflict_id").isInt()).isTrue();
        assertThat(result.path("conflict_type").asText()).isEqualTo("Update-Update");
        assertThat(result.at("/server_data/name").asText()).isEqualTo("Theirs");
        assertThat(name(result)).isEqualTo("Theirs");
    }

    @Test
    void a_delete_against_an_update_and_an_update_against_a_delete_have_types_of_their_own() {
        assertThat(conflict("delete").path("conflict_type").asText()).isEqualTo("Delete-Update");

        int id = manual.simulator.registrar().create(Session.MODEL, "name", "A");
        ObjectNode item = manual.item("update", id, "name", "Ours");
        manual.simulator.registrar().delete(Session.MODEL, id);
        assertThat(result(manual, item).path("conflict_type").asText()).isEqualTo("Update-Delete");
    }

    @Test
    void a_guid_that_another_record_has_is_a_constraint_violation() {
        changedBehind(manual);
        changedBehind(session);

        assertThat(result(manual, manual.item("create", 7, "guid", "g-1"))
                        .path("conflict_type")
                        .asText())
                .isEqualTo("Constraint Violation");
        assertThat(result(session, session.item("create", 7, "guid", "g-1"))
                        .path("status")
                        .asText())
                .isEqualTo("failed");
    }

    @Test
    void a_conflict_is_resolved_for_the_server_the_client_or_by_a_merge() {
        JsonNode server = conflict("update");
        assertThat(resolve(server, "server", Json.object()).status()).isEqualTo(200);
        assertThat(name(server)).isEqualTo("Theirs");

        manual.simulator
                .registrar()
                .delete(Session.MODEL, server.path("object_id").asInt());
        JsonNode client = conflict("update");
        resolve(client, "client", Json.object());
        assertThat(name(client)).isEqualTo("Ours");

        manual.simulator
                .registrar()
                .delete(Session.MODEL, client.path("object_id").asInt());
        JsonNode merge = conflict("update");
        resolve(merge, "merge", Json.object("name", "Both"));
        assertThat(name(merge)).isEqualTo("Both");
        assertThat(manual.simulator.registrar().openConflicts()).isZero();
    }

    @Test
    void resolved_data_is_required_for_a_merge_and_empty_otherwise() {
        JsonNode result = conflict("update");

        assertThat(resolve(result, "merge", Json.object()).status()).isEqualTo(422);
        assertThat(resolve(result, "client", Json.object("name", "x")).status()).isEqualTo(422);
        assertThat(resolve(result, "whoever", Json.object()).status()).isEqualTo(422);
        assertThat(manual.simulator.registrar().openConflicts()).isOne();
    }

    @Test
    void a_conflict_that_is_unknown_is_404_and_a_resolved_one_409() {
        JsonNode result = conflict("update");
        resolve(result, "server", Json.object());

        assertThat(resolve(result, "server", Json.object()).status()).isEqualTo(409);
        assertThat(resolve(Json.object("conflict_id", 99), "server", Json.object())
                        .status())
                .isEqualTo(404);
    }
}
