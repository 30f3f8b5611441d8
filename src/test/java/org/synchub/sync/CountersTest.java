package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.synchub.ledger.Overview;
import org.synchub.ledger.Runs;
import org.synchub.ledger.State;
import org.synchub.target.Outcome;
import org.synchub.testing.TestStore;

/** What runs and the status count is what is there. */
class CountersTest {

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
        scene = Scene.on(store, yaml -> yaml.replace("    lane: data.parentGuid\n", ""));
        field = scene.field;
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    private void assertStatusIsACount() {
        Map<String, Map<State, Long>> counted = new TreeMap<>();
        field.rows("SELECT kind, state, count(*) FROM hub.delivery WHERE target = '" + scene.target + "' GROUP BY 1, 2")
                .forEach(row -> {
                    String[] parts = row.split("\\|", -1);
                    counted.computeIfAbsent(parts[0], kind -> new TreeMap<>())
                            .put(State.of(parts[1]), Long.valueOf(parts[2]));
                });
        assertThat(new Overview(JdbcClient.create(store)).counts(scene.target)).isEqualTo(counted);
    }

    private Outcome byName(String guid) {
        return switch (guid) {
            case "h1" -> new Outcome.Rejected("bad", "no", null);
            case "h2" -> new Outcome.Retry("busy", "locked", null);
            case "h3" -> new Outcome.Unknown("no answer");
            case "h4" -> new Outcome.Conflict("stale-push", "x", null, null, "changed");
            default -> null;
        };
    }

    @Test
    void a_run_counts_each_outcome_and_the_status_what_stands() {
        field.households("h", 20);
        field.person("waits", "h2").person("fails", "h1").person("alone", "nobody");
        field.event("local", 0).household("local", "held back");
        scene.memory.answer(w -> byName(w.guid()));

        scene.push();

        Runs.Run run = scene.lastRun();
        assertThat(List.of(run.created(), run.retried(), run.unknown(), run.conflicts(), run.blocked()))
                .containsExactly(16L, 1L, 1L, 1L, 1L);
        assertThat(run.rejected())
                .as("h1, what waits for it, and whose household is not there")
                .isEqualTo(3);
        assertThat(run.status()).isEqualTo("partial");
        assertStatusIsACount();

        scene.memory.answer(w -> null);
        scene.later(Duration.ofMinutes(10));
        field.set("h5", "household_name", "renamed").delete("h6");
        scene.push();
        assertThat(scene.lastRun().updated()).isEqualTo(1);
        assertThat(scene.lastRun().lagMs()).isNotNull().isNotNegative();
        assertThat(scene.lastRun().deleted()).isEqualTo(1);
        assertStatusIsACount();

        scene.hub.deliveries.foldCounts();
        assertStatusIsACount();
        assertThat(field.value("SELECT count(*) FROM hub.delivery_delta")).isEqualTo("0");
    }

    @Test
    void a_settlement_that_fails_counts_nothing() {
        field.households("h", 5);
        scene.push();
        field.run("ALTER TABLE hub.delivery ADD CONSTRAINT no_pain CHECK (NOT (guid = 'h3' AND state = 'delivered'"
                + " AND target = '" + scene.target + "' AND revision > 1)) NOT VALID");
        try {
            for (int i = 1; i <= 5; i++) {
                field.set("h" + i, "household_name", "renamed");
            }
            scene.push();
        } finally {
            field.run("ALTER TABLE hub.delivery DROP CONSTRAINT no_pain");
        }

        assertThat(scene.lastRun().updated()).isEqualTo(4);
        assertThat(scene.lastRun().rejected()).isEqualTo(1);
        assertThat(scene.stands("h3")).isEqualTo("rejected not-storable");
        assertStatusIsACount();
    }
}
