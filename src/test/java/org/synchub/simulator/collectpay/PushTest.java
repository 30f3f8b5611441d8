package org.synchub.simulator.collectpay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.SimulatorClient.Reply;

/** Facts of CollectPay's push (1.2). */
class PushTest {

    private static final String ENTITY = "/results/success/0/entity";
    private static final String ERROR = "/results/errors/0";

    private final Session session = new Session();
    private final Registrar registrar = session.simulator.registrar();

    @AfterEach
    void stop() {
        session.close();
    }

    private static String message(Reply reply) {
        return reply.at("/results").findValuesAsText("message").get(0);
    }

    private Reply collection(String uuid, Object quantity) {
        return session.push(
                "collections",
                "create",
                "uuid",
                uuid,
                "supplier_id",
                1,
                "product_id",
                1,
                "rate_id",
                1,
                "collection_date",
                "2026-11-20T23:30:00+05:00",
                "quantity",
                quantity,
                "unit",
                "kg",
                "rate_applied",
                2.5,
                "collector_id",
                1);
    }

    @Test
    void a_push_without_batch_or_with_an_empty_item_is_422_and_nothing_is_applied() {
        assertThat(session.client.post("/api/v1/sync/push", Session.batch()).status())
                .isEqualTo(422);

        Reply reply = session.client.post(
                "/api/v1/sync/push",
                Session.batch(
                        Session.item("suppliers", "create", "code", "S1", "name", "One"),
                        Session.item("suppliers", "create")));
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.at("/errors").fieldNames()).toIterable().containsExactly("batch.1.data");
        assertThat(registrar.count("suppliers")).isZero();
    }

    @Test
    void a_batch_has_no_limit() {
        Object[] items = IntStream.range(0, 130)
                .mapToObj(i -> Session.item("suppliers", "create", "code", "S" + i, "name", "N"))
                .toArray();

        Reply reply = session.client.post("/api/v1/sync/push", Session.batch(items));
        assertThat(reply.at("/summary"))
                .isEqualTo(Json.object("total", 130, "success", 130, "conflicts", 0, "errors", 0));
    }

    @Test
    void items_fail_one_by_one_under_200_and_nothing_ties_a_result_to_its_item() {
        Reply reply = session.client.post(
                "/api/v1/sync/push",
                Session.batch(
                        Session.item("suppliers", "create", "code", "S1"),
                        Session.item("suppliers", "create", "code", "S2", "name", "Two"),
                        Session.item("suppliers", "update", "id", 99, "name", "Nobody")));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.at("/success").asBoolean()).isTrue();
        assertThat(reply.at("/summary")).isEqualTo(Json.object("total", 3, "success", 1, "conflicts", 0, "errors", 2));
        assertThat(reply.at("/results/errors").findValuesAsText("code")).isEmpty();
        assertThat(registrar.find("suppliers", "S2")).isPresent();
    }

    @Test
    void a_result_of_sql_names_type_and_operation_but_the_codes_own_errors_do_not() {
        Reply sql = session.push("suppliers", "create", "code", "S1");
        Reply own = session.push("suppliers", "update", "id", 99, "name", "X");

        assertThat(sql.at(ERROR + "/message").asText()).startsWith("SQLSTATE[HY000]: General error: 1364");
        assertThat(sql.at(ERROR + "/entity_type").asText()).isEqualTo("suppliers");
        assertThat(own.at(ERROR)).isEqualTo(Json.object("status", "error", "message", "Entity not found"));
    }

    @Test
    void an_update_without_identifier_is_an_error_even_with_a_code() {
        session.supplier("S1");

        assertThat(message(session.push("suppliers", "update", "code", "S1", "name", "X")))
                .isEqualTo("Missing identifier");
    }

    @Test
    void a_version_that_is_no_number_is_a_500_that_takes_the_batch_with_it() {
        int id = session.supplier("S1");

        Reply reply = session.client.post(
                "/api/v1/sync/push",
                Session.batch(
                        Session.item("suppliers", "create", "code", "S2", "name", "Two"),
                        Session.item("suppliers", "update", "id", id, "version", "abc")));
        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.json()).isEqualTo(Json.object("message", "Server Error"));
        assertThat(registrar.count("suppliers")).isOne();
    }

    @Test
    void a_create_with_a_known_uuid_answers_what_is_stored_and_ignores_what_was_sent() {
        assertThat(message(collection("u-1", 10))).isEqualTo("Created successfully");

        Reply again = collection("u-1", 99);
        assertThat(message(again)).isEqualTo("Already exists (idempotent)");
        assertThat(again.at(ENTITY + "/quantity").asText()).isEqualTo("10.000");
        assertThat(registrar.everMade("collections")).isOne();
    }

    @Test
    void keys_that_are_no_columns_are_dropped() {
        Reply reply = session.push("suppliers", "create", "code", "S1", "name", "One", "shoe_size", 44, "id", 77);

        assertThat(reply.at(ENTITY).has("shoe_size")).isFalse();
        assertThat(reply.at(ENTITY + "/id").asInt()).isOne();
    }

    @Test
    void suppliers_products_and_rates_have_no_uuid() {
        for (String operation : new String[] {"create", "update", "delete"}) {
            for (String type : new String[] {"suppliers", "products", "rates"}) {
                Reply reply = session.push(type, operation, "uuid", "u-1", "code", "S1", "name", "One");

                assertThat(reply.at(ERROR + "/message").asText()).contains("1054 Unknown column 'uuid'");
            }
        }
    }

    @Test
    void a_code_that_is_taken_is_an_error_1062() {
        session.supplier("S1");

        assertThat(message(session.push("suppliers", "create", "code", "S1", "name", "Other")))
                .contains("1062 Duplicate entry 'S1' for key 'suppliers_code_unique'");
    }

    @Test
    void a_rate_sent_twice_is_two_rates() {
        for (int i = 0; i < 2; i++) {
            session.push("rates", "create", "product_id", 1, "rate", 3, "effective_from", "2026-01-01");
        }

        assertThat(registrar.count("rates")).isEqualTo(2);
    }

    @Test
    void a_deleted_row_keeps_its_code_for_ever() {
        int id = session.supplier("S1");
        session.push("suppliers", "delete", "id", id, "version", 1);

        assertThat(message(session.push("suppliers", "create", "code", "S1", "name", "Again")))
                .contains("1062");
        assertThat(message(session.push("suppliers", "update", "id", id, "version", 1, "name", "Again")))
                .isEqualTo("Entity not found");
    }

    @Test
    void a_create_answers_only_what_was_set_and_an_update_everything() {
        JsonNode created =
                session.push("suppliers", "create", "code", "S1", "name", "One").at(ENTITY);
        JsonNode updated = session.push("suppliers", "update", "id", 1, "version", 1, "name", "New")
                .at(ENTITY);

        assertThat(created.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("id", "code", "name", "version", "created_at", "updated_at");
        assertThat(updated.fieldNames())
                .toIterable()
                .contains("is_active", "current_balance", "metadata", "phone", "last_sync_at");
    }

    @Test
    void a_collection_made_by_push_leaves_the_balance_and_its_amount_follows_no_later_quantity() {
        int supplier = session.supplier("S1");

        JsonNode made = collection("u-1", 10).at(ENTITY);
        assertThat(made.path("amount").asText()).isEqualTo("25.00");
        JsonNode updated = session.push("collections", "update", "uuid", "u-1", "version", 1, "quantity", 20)
                .at(ENTITY);
        assertThat(updated.path("amount").asText()).isEqualTo("25.00");
        assertThat(registrar
                        .find("suppliers", supplier)
                        .orElseThrow()
                        .path("current_balance")
                        .asText())
                .isEqualTo("0.00");
    }

    @Test
    void a_client_may_overwrite_the_balance() {
        int id = session.supplier("S1");

        session.push("suppliers", "update", "id", id, "version", 1, "current_balance", 1000);
        assertThat(registrar
                        .find("suppliers", id)
                        .orElseThrow()
                        .path("current_balance")
                        .asText())
                .isEqualTo("1000.00");
    }

    @Test
    void texts_are_trimmed_and_empty_ones_are_null() {
        session.push("suppliers", "create", "code", " S1 ", "name", "One", "phone", " ");

        JsonNode supplier = registrar.find("suppliers", "S1").orElseThrow();
        assertThat(supplier.path("phone").isNull()).isTrue();
    }

    @Test
    void times_decimals_dates_and_ids_have_their_formats() {
        session.push("suppliers", "create", "code", "S1", "name", "One", "credit_limit", 57.75);
        collection("u-1", 1.5);

        JsonNode supplier = registrar.find("suppliers", "S1").orElseThrow();
        assertThat(supplier.path("credit_limit")).isEqualTo(Json.MAPPER.valueToTree("57.75"));
        assertThat(supplier.path("created_at").asText()).isEqualTo("2026-11-20T15:20:10.000000Z");
        assertThat(supplier.path("id").isInt()).isTrue();
        JsonNode collection = registrar.find("collections", "u-1").orElseThrow();
        assertThat(collection.path("quantity").asText()).isEqualTo("1.500");
        assertThat(collection.path("collection_date").asText()).isEqualTo("2026-11-20T00:00:00.000000Z");
    }

    @Test
    void a_collection_without_rate_or_collector_is_refused() {
        Reply reply = session.push(
                "collections",
                "create",
                "uuid",
                "u-1",
                "supplier_id",
                1,
                "product_id",
                1,
                "collection_date",
                "2026-11-20",
                "quantity",
                1,
                "unit",
                "kg",
                "rate_applied",
                2);

        assertThat(message(reply)).contains("1364 Field 'rate_id' doesn't have a default value");
    }

    @Test
    void a_payment_gets_a_reference_number() {
        Reply reply = session.push(
                "payments",
                "create",
                "uuid",
                "p-1",
                "supplier_id",
                1,
                "payment_date",
                "2026-11-20",
                "amount",
                5,
                "processed_by",
                1);

        assertThat(reply.at(ENTITY + "/reference_number").asText()).matches("PAY-20261120-[0-9A-F]{6}");
    }
}
