package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.ledger.State;
import org.synchub.testing.TestStore;

/** What leaves and what stays; and that what leaves is decided by rows, never by a device's clock. */
class EligibilityTest {

    private static HikariDataSource store;
    private Scene scene;
    private TestStore field;

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
        scene = Scene.on(store);
        field = scene.field;
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    private String level(String guid) {
        return field.value(
                "SELECT level FROM hub.entity_level WHERE guid = '" + guid + "' AND tenant = '" + field.tenant() + "'");
    }

    @Test
    void an_entity_whose_every_event_is_local_stays() {
        field.event("a", 0).household("a", "held back").event("a", 0);

        scene.push();

        assertThat(scene.sent()).isEmpty();
        assertThat(scene.stands("a")).isEqualTo("excluded local");
        assertThat(level("a")).isEqualTo("LOCAL");
    }

    @Test
    void it_goes_when_a_synced_event_arrives_although_its_row_is_not_touched() {
        field.event("a", 0).household("a", "held back");
        scene.push();

        field.event("a", 1);
        scene.push();

        assertThat(scene.sent()).containsExactly("a");
        assertThat(level("a")).isEqualTo("EXTERNAL");
    }

    @Test
    void one_without_any_event_of_its_own_leaves() {
        field.person("member", "Noy", null);

        scene.push();

        assertThat(scene.sent()).containsExactly("member");
        assertThat(level("member")).isEqualTo("EXTERNAL");
    }

    @Test
    void an_external_event_makes_it_leave_too() {
        field.event("a", 2).household("a", "pulled from elsewhere");

        scene.push();

        assertThat(scene.sent()).containsExactly("a");
    }

    @Test
    void a_local_event_on_one_that_was_synced_before_the_hub_came_does_not_hold_it_back() {
        String target = "later" + scene.target;
        TestStore old = new TestStore(store, "old" + scene.field.tenant());
        scene.hub.capture.remove();
        old.household("a");
        scene.hub.capture.install();
        try (BareHub hub = BareHub.on(store).target(target, old.tenant()).start()) {
            hub.push(target);
            assertThat(hub.memory(target).records()).containsOnlyKeys("a");

            old.event("a", 0).set("a", "household_name", "resolved by the server");
            hub.push(target);

            assertThat(hub.memory(target).records().get("a").path("name").asText())
                    .isEqualTo("resolved by the server");
        }
    }

    @Test
    void the_event_that_comes_before_its_entity_decides_too() {
        field.event("a", 0);
        scene.push();
        field.household("a", "its row comes later");
        scene.push();
        assertThat(scene.stands("a")).isEqualTo("excluded local");

        field.event("a", 1);
        scene.push();
        assertThat(scene.sent()).containsExactly("a");
    }

    @Test
    void an_entity_is_synced_until_every_target_that_wants_it_has_acknowledged_its_newest_state() {
        String second = "second-" + scene.target;
        try (BareHub hub = BareHub.on(store)
                .target(scene.target, field.tenant())
                .memory(scene.target, scene.memory)
                .target(second, field.tenant())
                .start()) {
            field.household("a");
            hub.push(scene.target);
            assertThat(level("a")).isEqualTo("SYNCED");

            hub.push(second);
            assertThat(level("a")).isEqualTo("EXTERNAL");

            field.set("a", "household_name", "newer");
            hub.captures.drain();
            assertThat(level("a")).isEqualTo("SYNCED");

            hub.push(scene.target);
            hub.push(second);
            assertThat(level("a")).isEqualTo("EXTERNAL");

            field.delete("a");
            hub.captures.drain();
            assertThat(field.rows("SELECT level FROM hub.entity_level WHERE tenant = '" + field.tenant() + "'"))
                    .isEmpty();
        }
    }

    @Test
    void a_target_that_does_not_want_a_kind_holds_no_level_back() {
        String second = "second-" + scene.target;
        String householdsOnly = """
                version: 1
                target: %s
                tenant: %s
                adapter: {type: memory}
                kinds:
                  household:
                    match: {data.entityName: household}
                    fields:
                      name: {path: data.household_name}
                """.formatted(second, field.tenant());
        try (BareHub hub = BareHub.on(store)
                .target(scene.target, field.tenant())
                .mapping(second, householdsOnly)
                .start()) {
            field.person("p", null);
            hub.push(scene.target);
            hub.push(second);

            assertThat(BareHub.stands(field, second, "p")).isEqualTo("excluded no-kind");
            assertThat(level("p")).isEqualTo("EXTERNAL");
        }
    }

    @Test
    void what_a_device_brings_after_a_month_offline_is_delivered() {
        Instant today = Instant.parse("2026-11-20T09:00:00Z");
        Instant lastMonth = Instant.parse("2026-10-20T09:00:00Z");
        field.event("h", 1, today)
                .household("h", "Keomany")
                .event("p", 1, today)
                .person("p", "Noy", "h");
        scene.push();

        field.event("h2", 1, lastMonth).household("h2", "Inthavong");
        field.event("q", 1, lastMonth).person("q", "Dao", "h2");
        field.event("p", 1, lastMonth).set("p", "phone_number", "+8562055555555");
        scene.push();

        assertThat(scene.memory.records()).containsOnlyKeys("h", "p", "h2", "q");
        assertThat(scene.memory.records().get("p").path("phone").asText()).isEqualTo("+8562055555555");
        assertThat(scene.sent()).containsExactlyInAnyOrder("h", "p", "h2", "q", "p");
    }

    @Test
    void one_changed_field_sends_one_record_and_a_row_touched_without_a_change_sends_none() {
        field.household("h").person("p", "h").person("q", "h");
        scene.push();
        scene.memory.received().clear();
        int batches = scene.memory.batches();

        field.set("p", "phone_number", "+8562077777777");
        field.run("UPDATE public.entities SET last_updated = now() WHERE tenant_id = '" + field.tenant() + "'");
        scene.push();

        assertThat(scene.sent()).containsExactly("p");
        assertThat(scene.memory.batches()).isEqualTo(batches + 1);
        assertThat(scene.lastRun().unchanged()).isEqualTo(2);
        assertThat(scene.stands("q")).isEqualTo(State.DELIVERED.column());
    }
}
