package org.synchub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.synchub.ledger.RunStatistics.Range;
import org.synchub.ledger.RunStatistics.Sums;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestStore;

/** Sums over rows of the sync log that the test knows. */
class RunStatisticsTest {

    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    private static final Instant TWO = NOON.plus(Duration.ofHours(2));

    private static DataSource store;
    private static JdbcClient db;
    private static RunStatistics statistics;

    @BeforeAll
    static void schema() throws Exception {
        store = TestDatabase.dataCollect();
        TestStore.migrate(store);
        db = JdbcClient.create(store);
        statistics = new RunStatistics(db);
    }

    @BeforeEach
    void none() throws Exception {
        TestDatabase.run(store, "TRUNCATE hub.run");
    }

    /** @param counts of all thirteen columns of records, then requests, bytes out, bytes in and lag */
    private static void ran(String target, String direction, String ended, int seconds, String status, String counts)
            throws SQLException {
        TestDatabase.run(
                store,
                "INSERT INTO hub.run (target, direction, cause, started_by, started_at, ended_at, status, created, updated,"
                        + " adopted, deleted, unchanged, rejected, retried, blocked, conflicts, unknown, pulled, echoes, parked,"
                        + " requests, bytes_out, bytes_in, lag_ms) VALUES ('" + target + "', '" + direction
                        + "', 'schedule', 'hub', '" + ended + "'::timestamptz - interval '" + seconds + " seconds', '"
                        + ended + "', '" + status + "', " + counts + ")");
    }

    private static List<Sums> byHour(List<String> targets, String direction) {
        return statistics.sums(new Range(targets, direction, NOON, TWO), List.of(NOON, NOON.plus(Duration.ofHours(1))));
    }

    @Test
    void each_run_counts_where_it_ended_and_every_column_where_it_belongs() throws Exception {
        ran(
                "a",
                "push",
                "2026-11-01T12:00:00Z",
                10,
                "success",
                "1, 2, 3, 4, 5, 0, 0, 9, 0, 9, 0, 9, 0, 7, 100, 20, 900");
        ran(
                "a",
                "pull",
                "2026-11-01T12:59:59.999999Z",
                20,
                "partial",
                "0, 0, 0, 0, 0, 6, 7, 0, 8, 0, 30, 0, 11, 1, 1, 2, null");
        ran("b", "push", "2026-11-01T13:00:00Z", 40, "failed", "1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 3, 4, 5, 400");
        ran(
                "b",
                "resync",
                "2026-11-01T13:30:00Z",
                2,
                "cancelled",
                "0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 500");
        ran(
                "a",
                "push",
                "2026-11-01T11:59:59.999999Z",
                999,
                "failed",
                "9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9999");
        ran("a", "push", "2026-11-01T14:00:00Z", 999, "failed", "9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9999");
        ran("c", "push", "2026-11-01T12:30:00Z", 999, "failed", "9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9999");
        TestDatabase.run(
                store,
                "INSERT INTO hub.run (target, direction, cause, started_by, started_at) VALUES"
                        + " ('a', 'push', 'schedule', 'hub', '2026-11-01T12:10:00Z')");

        List<Sums> hours = byHour(List.of("a", "b"), null);

        Sums first = new Sums(2, 1, 1, 0, 0, 45, 6, 11, 8, 7, 8, 101, 22, 30_000, 20_000, 900L);
        Sums second = new Sums(2, 0, 0, 1, 1, 2, 0, 0, 0, 2, 4, 4, 5, 42_000, 40_000, 500L);
        assertThat(hours).containsExactly(first, second);
        assertThat(first.and(second))
                .isEqualTo(second.and(first))
                .isEqualTo(new Sums(4, 1, 1, 1, 1, 47, 6, 11, 8, 9, 12, 105, 27, 72_000, 40_000, 900L));
        assertThat(byHour(List.of("b"), "resync"))
                .containsExactly(Sums.NONE, new Sums(1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 2_000, 2_000, 500L));
        assertThat(Sums.NONE.and(second)).isEqualTo(second);
        assertThat(statistics.slowest(new Range(List.of("a", "b"), null, NOON, TWO), 3))
                .extracting(run -> run.target() + " " + run.direction())
                .containsExactly("b push", "a pull", "a push");
    }

    @Test
    void a_month_of_twenty_targets_reads_the_runs_of_that_month_by_the_index_and_passes_by_the_rest() throws Exception {
        // A run per target and hour for ten months, in the order in which they come: 144,000 rows.
        TestDatabase.run(
                store,
                "INSERT INTO hub.run (target, direction, cause, started_by, started_at, ended_at, status, created)"
                        + " SELECT 't' || n, 'push', 'schedule', 'hub', at, at + interval '3 seconds', 'success', 5"
                        + " FROM generate_series('2026-01-01Z'::timestamptz, '2026-10-27T23:00:00Z', interval '1 hour') AS at,"
                        + " generate_series(1, 20) AS n ORDER BY at");
        TestDatabase.run(store, "ANALYZE hub.run");
        List<String> targets = new ArrayList<>();
        for (int n = 1; n <= 20; n++) {
            targets.add("t" + n);
        }
        Instant from = Instant.parse("2026-06-01T00:00:00Z");
        List<Instant> days = new ArrayList<>();
        for (int day = 0; day < 30; day++) {
            days.add(from.plus(Duration.ofDays(day)));
        }
        Range june = new Range(targets, null, from, from.plus(Duration.ofDays(30)));

        assertThat(statistics.sums(june, days))
                .hasSize(30)
                .allSatisfy(day -> assertThat(day.runs()).isEqualTo(480))
                .allSatisfy(day -> assertThat(day.moved()).isEqualTo(2_400));
        for (String sql : List.of(RunStatistics.SUMS, RunStatistics.SLOWEST)) {
            List<String> plan = RunStatistics.bind(db.sql("EXPLAIN (ANALYZE, TIMING OFF) " + sql), june)
                    .param("starts", RunStatistics.micros(days))
                    .param("most", 5)
                    .query(String.class)
                    .list();
            String text = String.join("\n", plan);
            assertThat(text).contains("run_ended").doesNotContain("Seq Scan");
            assertThat(Pattern.compile("rows=(\\d+) loops=1\\)")
                            .matcher(text)
                            .results()
                            .map(MatchResult::group)
                            .map(rows -> Long.parseLong(rows.replaceAll("\\D*(\\d+) loops=1\\)", "$1"))))
                    .as(text)
                    .isNotEmpty()
                    .allSatisfy(rows -> assertThat(rows).isLessThanOrEqualTo(14_400));
            assertThat(text).doesNotContain("Rows Removed");
        }
    }
}
