package org.synchub.simulator.collectpay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.SimulatorClient.Reply;

/** Facts of CollectPay's REST beside the sync API (1.6). */
class RestTest {

    private final Session session = new Session();
    private final Registrar registrar = session.simulator.registrar();

    @AfterEach
    void stop() {
        session.close();
    }

    private Reply list(String query) {
        return session.client.get("/api/v1/suppliers" + query);
    }

    private void suppliers(int count, String name) {
        for (int i = 0; i < count; i++) {
            registrar.create("suppliers", "code", "S" + i, "name", name);
        }
    }

    @Test
    void a_list_has_pages_of_50_and_as_many_as_one_asks_for() {
        suppliers(120, "Same");

        JsonNode page = list("?page=3").at("/suppliers");
        assertThat(page.path("data")).hasSize(20);
        assertThat(page.path("current_page").asInt()).isEqualTo(3);
        assertThat(page.path("last_page").asInt()).isEqualTo(3);
        assertThat(page.path("per_page").asInt()).isEqualTo(50);
        assertThat(page.path("total").asInt()).isEqualTo(120);
        assertThat(page.path("next_page_url").isNull()).isTrue();
        assertThat(list("?per_page=1000").at("/suppliers/data")).hasSize(120);
    }

    @Test
    void a_list_by_name_is_not_stable_where_names_are_the_same() {
        suppliers(120, "Same");

        Set<String> seen = new HashSet<>();
        for (int page = 1; page <= 3; page++) {
            seen.addAll(list("?page=" + page).at("/suppliers/data").findValuesAsText("code"));
        }
        assertThat(seen).hasSizeLessThan(120);
    }

    @Test
    void a_list_is_sorted_by_name_and_shows_creator_and_updater() {
        registrar.create("suppliers", "code", "S1", "name", "Zoe");
        registrar.create("suppliers", "code", "S2", "name", "Ann");

        JsonNode data = list("").at("/suppliers/data");
        assertThat(data.findValuesAsText("code")).containsExactly("S2", "S1");
        assertThat(data.path(0).has("creator") && data.path(0).has("updater")).isTrue();
    }

    @Test
    void a_search_finds_parts_of_codes() {
        suppliers(12, "Same");

        assertThat(list("?search=S1").at("/suppliers/data").findValuesAsText("code"))
                .containsExactlyInAnyOrder("S1", "S10", "S11");
    }

    @Test
    void inactive_ones_can_be_left_out() {
        registrar.create("suppliers", "code", "S1", "name", "A", "is_active", false);
        registrar.create("suppliers", "code", "S2", "name", "B");

        assertThat(list("?is_active=1").at("/suppliers/data").findValuesAsText("code"))
                .containsExactly("S2");
    }

    @Test
    void one_supplier_shows_its_payments_and_that_is_the_only_way_to_them() {
        int supplier = session.supplier("S1");
        session.push(
                "payments",
                "create",
                "uuid",
                "p-1",
                "supplier_id",
                supplier,
                "payment_date",
                "2026-11-20",
                "amount",
                5,
                "processed_by",
                1);

        JsonNode shown = session.client.get("/api/v1/suppliers/" + supplier).at("/supplier");
        assertThat(shown.at("/payments/0/uuid").asText()).isEqualTo("p-1");
        assertThat(shown.has("collections") && shown.has("rates")).isTrue();
        assertThat(session.client.get("/api/v1/payments").status()).isEqualTo(404);
        assertThat(session.client.get("/api/v1/rates").status()).isEqualTo(404);
    }

    @Test
    void one_product_shows_its_rates_and_collections() {
        int product = registrar.create("products", "code", "P1", "name", "Milk");

        JsonNode shown = session.client.get("/api/v1/products/" + product).at("/product");
        assertThat(shown.has("rates") && shown.has("collections")).isTrue();
        assertThat(shown.has("payments")).isFalse();
    }

    @Test
    void what_does_not_exist_or_is_deleted_is_404() {
        int id = session.supplier("S1");
        registrar.delete("suppliers", id);

        for (int each : new int[] {id, 999}) {
            Reply reply = session.client.get("/api/v1/suppliers/" + each);
            assertThat(reply.status()).isEqualTo(404);
            assertThat(reply.json())
                    .isEqualTo(Json.object("message", "No query results for model [App\\Models\\Supplier] " + each));
        }
    }

    @Test
    void a_post_is_201_and_a_taken_code_422_even_if_its_row_is_deleted() {
        Reply made = session.client.post("/api/v1/suppliers", Json.object("code", "S1", "name", "One"));
        assertThat(made.status()).isEqualTo(201);
        registrar.delete("suppliers", made.at("/supplier/id").asInt());

        Reply again = session.client.post("/api/v1/suppliers", Json.object("code", "S1", "name", "One"));
        assertThat(again.status()).isEqualTo(422);
        assertThat(again.at("/errors/code")).hasSize(1);
    }

    @Test
    void a_put_looks_at_no_version_and_counts_it_on() {
        int id = session.supplier("S1");
        registrar.update("suppliers", id, "name", "Theirs");

        Reply reply = session.client.send(
                "PUT",
                "/api/v1/suppliers/" + id,
                Json.object("name", "Mine", "version", 1).toString());
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.at("/supplier/version").asInt()).isEqualTo(3);
        assertThat(reply.at("/supplier/name").asText()).isEqualTo("Mine");
    }

    @Test
    void a_delete_is_soft_and_200() {
        int id = session.supplier("S1");

        assertThat(session.client
                        .send("DELETE", "/api/v1/suppliers/" + id, null)
                        .status())
                .isEqualTo(200);
        assertThat(registrar.count("suppliers")).isZero();
        assertThat(registrar.everMade("suppliers")).isOne();
    }

    @Test
    void a_collection_needs_a_rate_of_the_supplier_and_a_rate_id() {
        int supplier = session.supplier("S1");
        JsonNode without = Json.object(
                "supplier_id",
                supplier,
                "product_id",
                1,
                "collection_date",
                "2026-11-20",
                "quantity",
                2,
                "unit",
                "kg",
                "collector_id",
                1);

        assertThat(session.client.post("/api/v1/collections", without).status()).isEqualTo(422);
        registrar.create("rates", "product_id", 1, "supplier_id", supplier, "rate", 3, "effective_from", "2026-01-01");
        assertThat(session.client.post("/api/v1/collections", without).status()).isEqualTo(500);
    }

    @Test
    void a_collection_made_by_rest_counts_into_the_balance() {
        int supplier = session.supplier("S1");

        Reply reply = session.client.post(
                "/api/v1/collections",
                Json.object(
                        "supplier_id",
                        supplier,
                        "product_id",
                        1,
                        "rate_id",
                        1,
                        "rate_applied",
                        2.5,
                        "collection_date",
                        "2026-11-20",
                        "quantity",
                        2,
                        "unit",
                        "kg",
                        "collector_id",
                        1));
        assertThat(reply.status()).isEqualTo(201);
        assertThat(registrar
                        .find("suppliers", supplier)
                        .orElseThrow()
                        .path("current_balance")
                        .asText())
                .isEqualTo("5.00");
        assertThat(session.client.get("/api/v1/collections").at("/collections/data"))
                .hasSize(1);
    }
}
