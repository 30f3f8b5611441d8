package org.synchub.simulator.collectpay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.SimulatorClient.Reply;

/** Facts of CollectPay's updates, deletes and versions (1.2). */
class VersionTest {

    private static final String ENTITY = "/results/success/0/entity";
    private static final String CONFLICT = "/results/conflicts/0";

    private final Session session = new Session();
    private final Registrar registrar = session.simulator.registrar();

    @AfterEach
    void stop() {
        session.close();
    }

    private static String message(Reply reply) {
        return reply.at("/results").findValuesAsText("message").get(0);
    }

    @Test
    void a_numeric_text_is_a_version() {
        int id = session.supplier("S1");

        assertThat(message(session.push("suppliers", "update", "id", id, "version", "1", "name", "New")))
                .isEqualTo("Updated successfully");
    }

    @Test
    void a_version_sent_with_a_create_is_counted_on() {
        assertThat(session.push("suppliers", "create", "code", "S1", "name", "One", "version", 1)
                        .at(ENTITY + "/version")
                        .asInt())
                .isEqualTo(2);
        assertThat(session.push("suppliers", "create", "code", "S2", "name", "Two")
                        .at(ENTITY + "/version")
                        .asInt())
                .isOne();
    }

    @Test
    void an_older_version_is_a_conflict_with_both_sides_data() {
        int id = session.supplier("S1");
        registrar.update("suppliers", id, "phone", "111");
        registrar.update("suppliers", id, "phone", "222");

        Reply reply = session.push("suppliers", "update", "id", id, "version", 2, "phone", "333");
        assertThat(message(reply)).isEqualTo("Version conflict detected");
        assertThat(reply.at(CONFLICT + "/client_version").asInt()).isEqualTo(2);
        assertThat(reply.at(CONFLICT + "/server_version").asInt()).isEqualTo(3);
        assertThat(reply.at(CONFLICT + "/server_data/phone").asText()).isEqualTo("222");
        assertThat(reply.at(CONFLICT + "/client_data/phone").asText()).isEqualTo("333");
        assertThat(registrar.version("suppliers", id)).isEqualTo(3);
    }

    @Test
    void a_missing_version_counts_as_1_and_a_larger_one_passes() {
        int id = session.supplier("S1");

        assertThat(message(session.push("suppliers", "update", "id", id, "name", "A")))
                .isEqualTo("Updated successfully");
        assertThat(message(session.push("suppliers", "update", "id", id, "name", "B")))
                .isEqualTo("Version conflict detected");
        assertThat(message(session.push("suppliers", "update", "id", id, "version", 50, "name", "B")))
                .isEqualTo("Updated successfully");
        assertThat(registrar.version("suppliers", id)).isEqualTo(3);
    }

    @Test
    void an_updated_at_that_is_sent_is_compared_and_its_conflict_tells_no_versions() {
        int id = session.supplier("S1");

        Reply reply = session.push(
                "suppliers", "update", "id", id, "version", 1, "updated_at", "2026-11-20T15:20:09Z", "name", "A");
        assertThat(message(reply)).isEqualTo("Timestamp conflict detected");
        assertThat(reply.at(CONFLICT).has("server_version")).isFalse();
        assertThat(reply.at(CONFLICT).has("client_version")).isFalse();
    }

    @Test
    void an_update_changes_what_is_given_null_clears_and_metadata_is_replaced_whole() {
        session.push(
                "suppliers",
                "create",
                "code",
                "S1",
                "name",
                "One",
                "phone",
                "111",
                "email",
                "a@example.org",
                "metadata",
                Json.object("guid", "g-1", "extra", 1));

        JsonNode updated = session.push(
                        "suppliers",
                        "update",
                        "id",
                        1,
                        "version",
                        1,
                        "phone",
                        null,
                        "metadata",
                        Json.object("guid", "g-2"))
                .at(ENTITY);
        assertThat(updated.path("phone").isNull()).isTrue();
        assertThat(updated.path("email").asText()).isEqualTo("a@example.org");
        assertThat(updated.path("metadata")).isEqualTo(Json.object("guid", "g-2"));
    }

    @Test
    void an_update_with_the_same_values_counts_the_version_on_except_within_the_same_second() {
        int id = session.supplier("S1");
        session.tick();
        session.push("suppliers", "update", "id", id, "version", 1, "name", "A");
        session.push("suppliers", "update", "id", id, "version", 2, "name", "A");
        assertThat(registrar.version("suppliers", id)).isEqualTo(2);

        session.tick();
        JsonNode updated = session.push("suppliers", "update", "id", id, "version", 2, "name", "A")
                .at(ENTITY);
        assertThat(updated.path("version").asInt()).isEqualTo(3);
        assertThat(updated.path("updated_at").asText()).isEqualTo("2026-11-20T15:20:12.000000Z");
    }

    @Test
    void a_delete_checks_the_version_and_of_a_missing_row_is_a_success() {
        int id = session.supplier("S1");
        registrar.update("suppliers", id, "name", "New");

        Reply conflict = session.push("suppliers", "delete", "id", id);
        assertThat(message(conflict)).isEqualTo("Version conflict on delete");
        assertThat(conflict.at(CONFLICT).fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("status", "message", "server_data");
        Reply deleted = session.push("suppliers", "delete", "id", id, "version", 2);
        assertThat(deleted.at("/results/success/0"))
                .isEqualTo(Json.object("status", "success", "message", "Deleted successfully"));
        assertThat(message(session.push("suppliers", "delete", "id", id, "version", 2)))
                .isEqualTo("Already deleted (idempotent)");
    }
}
