package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.ledger.Deliveries;
import org.synchub.target.Outcome;
import org.synchub.target.Write;
import org.synchub.testing.TestStore;

/** What the database will not store stops the one record that it is about, and no other. */
class PoisonedSettlementTest {

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
        field.households("h", 40);
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    private static Outcome accepted(Write write, String externalId) {
        return new Outcome.Accepted(Outcome.Effect.CREATED, externalId, null, write.record(), Set.of());
    }

    private String count(String state) {
        return field.value(
                "SELECT count(*) FROM hub.delivery WHERE target = '" + scene.target + "' AND state = '" + state + "'");
    }

    @Test
    void a_character_that_postgresql_refuses_is_taken_out_of_the_targets_words() {
        scene.memory.answer(
                w -> w.guid().equals("h7") ? new Outcome.Rejected("bad\u0000", "no\u0000t so", null) : null);

        scene.push();

        assertThat(scene.stands("h7")).startsWith("rejected bad");
        assertThat(scene.of("h7", "reason"))
                .doesNotContain("\u0000")
                .startsWith("no")
                .endsWith("t so");
        assertThat(count("delivered")).isEqualTo("39");
    }

    @Test
    void an_id_that_cannot_be_stored_needs_attention_alone() {
        scene.memory.answer(w -> w.guid().equals("h7") ? accepted(w, "id\u0000") : null);

        scene.push();

        assertThat(scene.stands("h7")).isEqualTo("rejected not-storable");
        assertThat(scene.of("h7", "uncertain_since")).as("it may be there").isNotEqualTo("null");
        assertThat(count("delivered")).isEqualTo("39");
        assertThat(scene.lastRun().created()).isEqualTo(39);
        assertThat(scene.lastRun().rejected()).isEqualTo(1);
    }

    @Test
    void an_id_that_is_too_long_for_its_index_needs_attention_alone() {
        StringBuilder random = new StringBuilder();
        java.util.Random digits = new java.util.Random(5);
        for (int i = 0; i < 6_000; i++) {
            random.append((char) ('!' + digits.nextInt(90)));
        }
        scene.memory.answer(w -> w.guid().equals("h7") ? accepted(w, random.toString()) : null);

        scene.push();

        assertThat(scene.stands("h7")).isEqualTo("rejected not-storable");
        assertThat(count("delivered")).isEqualTo("39");
    }

    @Test
    void an_id_that_another_record_holds_is_a_conflict_of_the_second_alone() {
        scene.memory.answer(w -> w.guid().equals("h7") || w.guid().equals("h9") ? accepted(w, "the same") : null);

        scene.push();

        assertThat(field.rows("SELECT state, reason_code FROM hub.delivery WHERE target = '" + scene.target
                        + "' AND guid IN ('h7', 'h9') ORDER BY state"))
                .containsExactly("conflict|already-linked", "delivered|null");
        assertThat(count("delivered")).isEqualTo("39");
    }

    @Test
    void several_culprits_are_all_found() {
        Set<String> bad = Set.of("h1", "h2", "h20", "h39", "h40");
        scene.memory.answer(w -> bad.contains(w.guid()) ? accepted(w, w.guid() + "\u0000") : null);

        scene.push();

        assertThat(count("rejected")).isEqualTo("5");
        assertThat(count("delivered")).isEqualTo("35");
        scene.memory.answer(w -> null);
        scene.hub.deliveries.oweAgain(scene.target, new Deliveries.Reach(Set.of(), Set.of(), true, null));
        scene.push();
        assertThat(count("delivered")).isEqualTo("40");
        assertThat(field.value("SELECT count(*) FROM hub.sent WHERE target = '" + scene.target + "'"))
                .isEqualTo("0");
    }
}
