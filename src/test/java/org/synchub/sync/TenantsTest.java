package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.testing.TestStore;

/** Several tenants in one database, each target bound to one; guids are unique per tenant only. */
class TenantsTest {

    private static HikariDataSource store;
    private final TestStore north = new TestStore(store, "north");
    private final TestStore south = new TestStore(store, "south");
    private BareHub hub;

    @BeforeAll
    static void createDatabase() throws SQLException {
        store = TestStore.withHub();
    }

    @AfterAll
    static void closeDatabase() {
        store.close();
    }

    @BeforeEach
    void start() {
        hub = BareHub.on(store)
                .target("to-north", "north")
                .target("also-north", "north")
                .target("to-south", "south")
                .start();
        hub.capture.install();
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    private void push() {
        for (String target : List.of("to-north", "also-north", "to-south")) {
            hub.push(target);
        }
    }

    private String name(String target) {
        return hub.memory(target).records().get("100").path("name").asText();
    }

    @Test
    void the_same_guid_in_two_tenants_is_two_records_and_every_target_gets_its_own() {
        north.household("100", "of the north").event("100", 1);
        south.household("100", "of the south").event("100", 1);
        north.household("101", "of the north too").event("101", 1);

        push();

        assertThat(name("to-north")).isEqualTo("of the north");
        assertThat(name("also-north")).isEqualTo("of the north");
        assertThat(name("to-south")).isEqualTo("of the south");
        assertThat(hub.memory("to-south").records()).containsOnlyKeys("100");
        assertThat(hub.memory("to-south").received().get(0).tenant()).isEqualTo("south");

        south.delete("100");
        push();

        assertThat(hub.memory("to-south").records()).isEmpty();
        assertThat(hub.memory("to-north").records()).containsOnlyKeys("100", "101");
        assertThat(north.rows("SELECT tenant, guid, level FROM hub.entity_level ORDER BY 1, 2"))
                .containsExactly("north|100|EXTERNAL", "north|101|EXTERNAL");

        // A LOCAL event of one tenant holds nothing back in another.
        north.event("102", 0).household("102", "held back");
        south.event("102", 1).household("102", "synced");
        push();

        assertThat(hub.memory("to-north").records()).doesNotContainKey("102");
        assertThat(hub.memory("to-south").records()).containsOnlyKeys("102");
    }
}
