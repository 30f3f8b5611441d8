package org.synchub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.synchub.conflict.Strategy;
import org.synchub.ledger.DecisionStatistics.Count;
import org.synchub.ledger.RunStatistics.Range;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestStore;

/** What was decided, counted over rows that the test knows. */
class DecisionStatisticsTest {

    private static final Instant FROM = Instant.parse("2026-11-01T00:00:00Z");
    private static final Instant TO = Instant.parse("2026-12-01T00:00:00Z");

    private static DataSource store;
    private static JdbcClient db;

    @BeforeAll
    static void schema() throws Exception {
        store = TestDatabase.dataCollect();
        TestStore.migrate(store);
        db = JdbcClient.create(store);
    }

    @BeforeEach
    void none() throws Exception {
        TestDatabase.run(store, "TRUNCATE hub.decision");
    }

    private static void decided(String target, String at, String kind, String rule, String standing, String run)
            throws Exception {
        TestDatabase.run(
                store,
                "INSERT INTO hub.decision (target, guid, external_id, run, at, conflict_kind, path, rule, reason, standing,"
                        + " decided_by) VALUES ('" + target + "', 'g', 'e', " + run + ", '" + at + "', '" + kind
                        + "', 'name', '" + rule + "', 'r', '" + standing + "', 'hub')");
    }

    @Test
    void decisions_of_the_time_are_counted_by_kind_and_by_what_decided() throws Exception {
        String pull = TestDatabase.value(
                store,
                "INSERT INTO hub.run (target, direction, cause, started_by) VALUES ('a', 'pull', 'http', 'ann')"
                        + " RETURNING id");
        decided("a", "2026-11-01T00:00:00Z", "update-update", "operator: internal", "settled", pull);
        decided("a", "2026-11-30T23:59:59.999Z", "update-update", "operator: merged", "settled", "null");
        decided("b", "2026-11-10T00:00:00Z", "update-update", "last-write-wins", "settled", "null");
        decided("b", "2026-11-10T00:00:00Z", "update-delete", "last-write-wins", "open", pull);
        decided("a", "2026-10-31T23:59:59.999Z", "update-update", "operator: internal", "settled", pull);
        decided("a", "2026-12-01T00:00:00Z", "update-update", "operator: internal", "settled", pull);
        decided("c", "2026-11-10T00:00:00Z", "update-update", "operator: internal", "settled", pull);
        decided("a", "2026-11-10T00:00:00Z", "not-readable", "discard", "settled", pull);
        DecisionStatistics statistics = new DecisionStatistics(db);

        assertThat(statistics.counts(new Range(List.of("a", "b"), null, FROM, TO)))
                .containsExactly(
                        new Count("update-update", "person", 2),
                        new Count("update-delete", "open", 1),
                        new Count("update-update", "last-write-wins", 1));
        assertThat(statistics.counts(new Range(List.of("a", "b"), "pull", FROM, TO)))
                .containsExactly(new Count("update-delete", "open", 1), new Count("update-update", "person", 1));
        assertThat(statistics.counts(new Range(List.of("a", "b"), "push", FROM, TO)))
                .isEmpty();
    }

    @Test
    void only_what_was_decided_in_the_time_is_read() throws Exception {
        TestDatabase.run(
                store,
                "INSERT INTO hub.decision (target, guid, external_id, at, conflict_kind, path, rule, reason, standing,"
                        + " decided_by) SELECT 'a', 'g', 'e', at, 'update-update', 'name', 'internal-wins', 'r', 'settled', 'hub'"
                        + " FROM generate_series('2025-01-01Z'::timestamptz, '2026-12-31Z', interval '20 minutes') AS at");
        TestDatabase.run(store, "ANALYZE hub.decision");
        Range november = new Range(List.of("a"), null, FROM, TO);

        assertThat(new DecisionStatistics(db).counts(november))
                .containsExactly(new Count("update-update", "internal-wins", 30 * 72));
        assertThat(RunStatistics.bind(db.sql("EXPLAIN (ANALYZE, TIMING OFF) " + DecisionStatistics.COUNTS), november)
                        .query(String.class)
                        .list())
                .anyMatch(line -> line.contains("decision_at"))
                .noneMatch(line -> line.contains("Seq Scan on decision"));
    }

    @ParameterizedTest
    @EnumSource(value = Strategy.class, mode = EnumSource.Mode.EXCLUDE, names = "MANUAL")
    void every_strategy_that_settles_has_its_own_word(Strategy strategy) {
        String rule = strategy == Strategy.BEAN ? "bean:newestDocument" : strategy.word();

        assertThat(DecisionStatistics.resolution("settled", rule)).isEqualTo(strategy.word());
    }

    @ParameterizedTest
    @CsvSource({
        "settled,  operator: external,        person",
        "settled,  approved: internal-wins,   approved",
        "settled,  authority: internal,       authority",
        "settled,  onExternalDelete: ignore,  on-delete",
        "settled,  onDelete: ignore,          on-delete",
        "settled,  one-sided,                 one-sided",
        "open,     manual,                    open",
        "proposed, bean:newestDocument,       proposed",
        "settled,  a rule of another version, other"
    })
    void words_stay_few_whatever_a_rule_names(String standing, String rule, String word) {
        assertThat(DecisionStatistics.resolution(standing, rule)).isEqualTo(word);
    }
}
