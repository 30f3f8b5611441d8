package org.synchub.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestStore;

/** What is forgotten of the runs, and what stays. */
class OldRunsTest {

    private static DataSource store;
    private static JdbcClient db;

    @BeforeAll
    static void schema() throws Exception {
        store = TestDatabase.dataCollect();
        TestStore.migrate(store);
        db = JdbcClient.create(store);
        TestDatabase.run(
                store,
                "INSERT INTO hub.target (name, tenant, mapping_version, mapping_hash) VALUES ('busy', 't', 1, 'h'), ('idle', 't', 1, 'h')");
    }

    @BeforeEach
    void none() throws Exception {
        TestDatabase.run(store, "TRUNCATE hub.run");
    }

    /** @param lag null for a run that delivered nothing */
    private static void ran(String target, int daysAgo, String status, String lag) throws SQLException {
        TestDatabase.run(
                store,
                "INSERT INTO hub.run (target, direction, cause, started_by, ended_at, status, lag_ms, requests) VALUES ('"
                        + target + "', 'push', 'schedule', 'hub', hub.now() - interval '" + daysAgo + " days', '"
                        + status
                        + "', " + lag + ", " + daysAgo + ")");
    }

    private static List<String> kept() throws SQLException {
        return TestDatabase.rows(store, "SELECT target || ' ' || requests FROM hub.run ORDER BY target, requests DESC");
    }

    @Test
    void what_ended_longer_ago_is_forgotten_and_what_the_status_tells_of_stays() throws Exception {
        ran("busy", 500, "success", "7");
        ran("busy", 401, "failed", null);
        ran("busy", 399, "failed", null);
        ran("busy", 1, "success", "7");
        ran("idle", 900, "success", "7");
        ran("idle", 800, "success", "7");
        ran("idle", 700, "success", null);
        ran("idle", 600, "failed", null);
        ran("idle", 500, "failed", null);

        assertThat(new OldRuns(db, Duration.ofDays(400)).forget()).isEqualTo(4);

        assertThat(kept()).containsExactly("busy 399", "busy 1", "idle 800", "idle 700", "idle 500");
        assertThat(new OldRuns(db, Duration.ofDays(400)).forget()).isZero();
        assertThat(new Runs(db).newestSuccess("idle")).isPresent();
        assertThat(new Runs(db).newestDelivery("idle")).isPresent();
    }

    @Test
    void a_run_that_goes_on_is_never_forgotten_and_zero_keeps_all() throws Exception {
        ran("busy", 500, "success", null);
        ran("busy", 450, "success", null);
        TestDatabase.run(
                store,
                "INSERT INTO hub.run (target, direction, cause, started_by, started_at) VALUES"
                        + " ('busy', 'push', 'schedule', 'hub', hub.now() - interval '999 days')");

        assertThat(new OldRuns(db, Duration.ZERO).forget()).isZero();
        assertThat(new OldRuns(db, Duration.ofDays(35)).forget()).isEqualTo(1);
        assertThat(kept()).containsExactly("busy 450", "busy 0");
    }

    @Test
    void a_time_that_alerts_could_not_do_with_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OldRuns(db, Duration.ofDays(34)))
                .withMessageContaining("synchub.runs.retention is 34d");
    }
}
