package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synchub.testing.TestStore;

/** The capture where no triggers are: what the sweep finds, what it does not find again, and that nothing escapes it. */
class SweepTest {

    private static HikariDataSource store;
    private static HikariDataSource triggered;
    private Scene scene;
    private TestStore field;

    @BeforeAll
    static void createDatabases() throws SQLException {
        store = TestStore.withHub();
        triggered = TestStore.withHub();
    }

    @AfterAll
    static void closeDatabases() {
        store.close();
        triggered.close();
    }

    @BeforeEach
    void start() {
        scene = Scene.polling(store);
        field = scene.field;
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    private int sweep() {
        return scene.hub.captures.sweep();
    }

    private List<String> sweptAndSent() {
        sweep();
        scene.memory.received().clear();
        scene.hub.pushOnly(scene.target, Cause.COMMAND);
        return scene.sent();
    }

    @Test
    void new_changed_and_deleted_rows_are_found_once() {
        field.household("a").household("b").household("c");
        assertThat(sweptAndSent()).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(sweep()).isZero();

        field.set("b", "household_name", "changed").household("d").delete("c");
        assertThat(sweptAndSent()).containsExactlyInAnyOrder("b", "c", "d");
        assertThat(scene.memory.records()).containsOnlyKeys("a", "b", "d");
        assertThat(sweep()).isZero();
    }

    @Test
    void a_row_deleted_and_written_again_between_two_sweeps_is_one_change() {
        field.household("a");
        sweptAndSent();

        field.delete("a").household("a", "another name");

        assertThat(sweptAndSent()).containsExactly("a");
        assertThat(scene.memory.records().get("a").path("name").asText()).isEqualTo("another name");
        assertThat(sweep()).isZero();
    }

    @Test
    void a_transaction_that_was_open_during_a_sweep_is_found_by_the_next() throws SQLException {
        field.household("before");
        try (Connection device = store.getConnection();
                Statement statement = device.createStatement()) {
            device.setAutoCommit(false);
            statement.execute("INSERT INTO public.entities (id, guid, modified, tenant_id) VALUES ('late', 'late',"
                    + " '{\"data\": {\"entityName\": \"household\", \"household_name\": \"late\"}}', '"
                    + field.tenant() + "')");
            statement.execute("INSERT INTO public.events (guid, tenant_id, entity_guid, sync_level) VALUES"
                    + " (gen_random_uuid(), '" + field.tenant() + "', 'late', 0)");
            assertThat(sweptAndSent()).containsExactly("before");
            field.household("younger");
            assertThat(sweptAndSent()).containsExactly("younger");
            device.commit();
        }

        assertThat(sweptAndSent()).isEmpty();
        assertThat(scene.stands("late")).isEqualTo("excluded local");
        field.event("late", 1);
        assertThat(sweptAndSent()).containsExactly("late");
        assertThat(sweep()).isZero();
    }

    @Test
    void what_holds_an_entity_back_is_known_before_it_is_owed_however_many_come_at_once() {
        scene.push();
        field.households("held-", 4_500);
        field.run("INSERT INTO public.events (guid, tenant_id, entity_guid, sync_level)"
                + " SELECT gen_random_uuid(), tenant_id, guid, 0 FROM public.entities WHERE tenant_id = '"
                + field.tenant() + "'");

        assertThat(sweptAndSent()).isEmpty();
        assertThat(field.value("SELECT count(*) FROM hub.delivery WHERE target = '" + scene.target
                        + "' AND state = 'excluded' AND reason_code = 'local'"))
                .isEqualTo("4500");
    }

    @Test
    void a_horizon_of_another_server_lets_every_event_be_read_again() {
        field.household("a", "known").event("a", 0);
        assertThat(sweptAndSent()).isEmpty();
        field.run("UPDATE hub.sweep SET horizon = '999999999'::xid8 WHERE tenant = '" + field.tenant() + "'");

        field.event("a", 1);

        assertThat(sweptAndSent()).containsExactly("a");
    }

    @Test
    void an_event_that_names_no_possible_entity_does_not_stop_the_capture() {
        scene.push();
        field.event("x".repeat(20_000), 1).household("good");

        assertThat(sweptAndSent()).containsExactly("good");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void it_owes_what_the_triggers_owe_after_the_same_history(long seed) {
        try (Scene byTrigger = Scene.on(triggered)) {
            Random one = new Random(seed);
            Random other = new Random(seed);
            for (int round = 0; round < 25; round++) {
                scribble(byTrigger.field, one);
                scribble(field, other);
                byTrigger.push();
                sweep();
                scene.hub.pushOnly(scene.target, Cause.COMMAND);

                assertThat(standing(scene)).as("round %d", round).isEqualTo(standing(byTrigger));
                assertThat(scene.memory.records()).isEqualTo(byTrigger.memory.records());
            }
            assertThat(levels(scene)).isEqualTo(levels(byTrigger));
        }
    }

    private static List<String> standing(Scene scene) {
        // What came and went between two sweeps was never seen by them.
        return scene.field.rows(
                "SELECT guid, kind, lane, operation, state, reason_code FROM hub.delivery WHERE target = '"
                        + scene.target + "' AND reason_code IS DISTINCT FROM 'deleted' ORDER BY guid");
    }

    private static List<String> levels(Scene scene) {
        return scene.field.rows(
                "SELECT guid, level FROM hub.entity_level WHERE tenant = '" + scene.field.tenant() + "' ORDER BY guid");
    }

    /** A few random writes: entities with and without events, levels in any order, deletions, moves. */
    private static void scribble(TestStore field, Random random) {
        for (int i = 0; i < 12; i++) {
            String household = "h" + random.nextInt(6);
            String person = "p" + random.nextInt(20);
            int level = random.nextInt(3);
            switch (random.nextInt(8)) {
                case 0 -> field.household(household, "name " + random.nextInt(5));
                case 1, 2 -> field.person(person, "name " + random.nextInt(5), household);
                case 3 -> field.event(person, level);
                case 4 -> field.event(household, level);
                case 5 -> field.event(person, 0).person(person, "name", household);
                case 6 -> field.delete(random.nextInt(3) == 0 ? household : person);
                default ->
                    field.person(person, random.nextInt(4) == 0 ? null : "name", household)
                            .event(person, 1);
            }
        }
    }
}
