package org.synchub.simulator.collectpay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.SimulatorClient.Reply;

/** Facts of CollectPay's pull (1.3) and of its full sync (1.4). */
class PullTest {

    private final Session session = new Session();
    private final Registrar registrar = session.simulator.registrar();

    @AfterEach
    void stop() {
        session.close();
    }

    private static List<String> codes(Reply reply) {
        assertThat(reply.status()).isEqualTo(200);
        return reply.at("/changes/suppliers").findValuesAsText("code");
    }

    @Test
    void a_pull_answers_what_changed_strictly_after_a_time() {
        registrar.create("suppliers", "code", "S1", "name", "One");
        session.tick();
        registrar.create("suppliers", "code", "S2", "name", "Two");

        assertThat(codes(session.pull(null, "suppliers"))).containsExactly("S1", "S2");
        Reply reply = session.pull("2026-11-20 15:20:10", "suppliers");
        assertThat(codes(reply)).containsExactly("S2");
        assertThat(reply.at("/sync_timestamp").asText()).isEqualTo("2026-11-20T15:20:11+00:00");
    }

    @Test
    void several_types_have_a_list_each() {
        assertThat(session.pull(null, "suppliers", "products", "rates").at("/changes"))
                .isEqualTo(Json.object("suppliers", List.of(), "products", List.of(), "rates", List.of()));
    }

    @Test
    void a_bad_date_an_unknown_type_and_no_type_are_422() {
        assertThat(session.pull("yesterday-ish", "suppliers").status()).isEqualTo(422);
        assertThat(session.pull(null, "people").status()).isEqualTo(422);
        assertThat(session.pull(null).status()).isEqualTo(422);
    }

    @Test
    void times_are_taken_in_any_notation() {
        registrar.create("suppliers", "code", "S1", "name", "One");

        for (String time : List.of(
                "2026-11-20T15:20:09Z",
                "2026-11-20T15:20:09.000000Z",
                "2026-11-20T15:20:09+00:00",
                "2026-11-20 15:20:09")) {
            assertThat(codes(session.pull(time, "suppliers"))).as(time).containsExactly("S1");
        }
    }

    @Test
    void a_deployment_may_refuse_a_z_at_the_end() {
        try (Session mysql = new Session(CollectPaySimulator.Options.defaults().refusingTrailingZ())) {
            assertThat(mysql.pull("2026-11-20T15:20:09Z", "suppliers").status()).isEqualTo(500);
            assertThat(mysql.pull("2026-11-20 15:20:09", "suppliers").status()).isEqualTo(200);
        }
    }

    @Test
    void of_130_rows_of_one_second_30_are_never_seen() {
        for (int i = 0; i < 131; i++) {
            if (i == 1) {
                session.tick();
            }
            registrar.create("products", "code", "P" + i, "name", "Product");
        }

        Reply first = session.pull(null, "products");
        JsonNode rows = first.at("/changes/products");
        assertThat(rows).hasSize(100);
        String cursor = rows.path(99).path("updated_at").asText();
        assertThat(session.pull(cursor, "products").at("/changes/products")).isEqualTo(Json.array());
        assertThat(session.pull(first.at("/sync_timestamp").asText(), "products")
                        .at("/changes/products"))
                .isEqualTo(Json.array());
    }

    @Test
    void a_change_within_the_second_of_the_cursor_is_not_seen() {
        int id = registrar.create("suppliers", "code", "S1", "name", "One");
        registrar.update("suppliers", id, "name", "Two");

        assertThat(codes(session.pull("2026-11-20 15:20:10", "suppliers"))).isEmpty();
    }

    @Test
    void collections_and_payments_fail_always_and_take_the_other_types_with_them() {
        for (String type : List.of("collections", "payments")) {
            Reply reply = session.pull(null, "suppliers", type);

            assertThat(reply.status()).isEqualTo(500);
            assertThat(reply.at("/message").asText()).isEqualTo("Sync pull failed");
            assertThat(reply.at("/error").asText()).startsWith("SQLSTATE[42S22]");
        }
    }

    @Test
    void deleted_rows_are_not_told() {
        int id = registrar.create("suppliers", "code", "S1", "name", "One");
        session.tick();
        registrar.delete("suppliers", id);

        assertThat(codes(session.pull(null, "suppliers"))).isEmpty();
    }

    @Test
    void everyone_sees_every_supplier() {
        registrar.create("suppliers", "code", "S1", "name", "One", "created_by", 42);

        assertThat(codes(session.pull(null, "suppliers"))).containsExactly("S1");
    }

    @Test
    void a_full_sync_pushes_and_then_pulls() {
        Reply reply = session.client.post(
                "/api/v1/sync",
                Json.object(
                        "device_id", "hub",
                        "batch", List.of(Session.item("suppliers", "create", "code", "S1", "name", "One")),
                        "entity_types", List.of("suppliers", "people")));

        assertThat(reply.at("/push_results/success")).hasSize(1);
        assertThat(reply.at("/pull_changes/suppliers")).hasSize(1);
        assertThat(reply.at("/pull_changes/people")).isEqualTo(Json.array());
    }

    @Test
    void a_full_sync_checks_no_items() {
        Reply reply = session.client.post(
                "/api/v1/sync",
                Json.object("device_id", "hub", "batch", List.of(Session.item("suppliers", "undelete", "id", 1))));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.at("/push_results/errors/0"))
                .isEqualTo(Json.object("status", "error", "message", "Invalid operation"));
    }

    @Test
    void a_full_sync_whose_pull_fails_is_500_although_the_push_stays() {
        Reply reply = session.client.post(
                "/api/v1/sync",
                Json.object(
                        "device_id", "hub",
                        "batch", List.of(Session.item("suppliers", "create", "code", "S1", "name", "One")),
                        "entity_types", List.of("collections")));

        assertThat(reply.status()).isEqualTo(500);
        assertThat(registrar.find("suppliers", "S1")).isPresent();
    }
}
