package org.synchub.admin.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;
import org.synchub.ledger.Runs;

class AlertRulesTest {

    private static final AlertRules RULES = new AlertRules(
            3,
            10,
            10,
            20,
            100,
            Duration.ofHours(1),
            Duration.ofMinutes(10),
            5,
            4,
            100,
            DataSize.ofGigabytes(10),
            DataSize.ofGigabytes(1),
            Duration.ofDays(7));

    private static final AlertRules NONE = new AlertRules(
            0,
            0,
            0,
            0,
            0,
            Duration.ZERO,
            Duration.ZERO,
            0,
            0,
            0,
            DataSize.ofBytes(0),
            DataSize.ofBytes(0),
            Duration.ZERO);

    /** Two thousand in its busiest hour, and never between eight in the evening and seven in the morning. */
    private static final Runs.Usual USUAL =
            new Runs.Usual(Instant.EPOCH, 2_000, IntStream.range(7, 20).boxed().collect(Collectors.toSet()));

    private static AlertRules.Facts so(long drifted, long thisHour, int hour, Runs.@Nullable Usual usual) {
        return new AlertRules.Facts(0, 0, 0, 0, 0, 0, null, null, null, drifted, thisHour, hour, usual);
    }

    @ParameterizedTest
    @CsvSource({
        // drifted, records this hour, hour, what is wrong
        "5,     0, 12,",
        "6,     0, 12, inconsistency",
        "0,  8000, 12,",
        "0,  8001, 12, unusual-volume",
        "0,   100,  3,",
        "0,   101,  3, unusual-hour"
    })
    void what_is_unusual_is_told_beyond_the_threshold_and_not_at_it(
            long drifted, long thisHour, int hour, @Nullable String rule) {
        Map<String, String> wrong = RULES.wrong(so(drifted, thisHour, hour, USUAL));

        if (rule == null) {
            assertThat(wrong).isEmpty();
        } else {
            assertThat(wrong).containsOnlyKeys(rule);
        }
    }

    @Test
    void nothing_is_unusual_for_a_target_that_is_not_known_for_long_and_a_few_records_are_never_many() {
        assertThat(RULES.wrong(so(0, 1_000_000, 3, null))).isEmpty();
        Runs.Usual hardlyAny = new Runs.Usual(Instant.EPOCH, 1, Set.of(12));
        assertThat(RULES.wrong(so(0, 999, 12, hardlyAny))).isEmpty();
        assertThat(RULES.wrong(so(0, 1_000, 12, hardlyAny)))
                .containsEntry(
                        "unusual-volume",
                        "1000 records went through since 12:00 UTC; in the busiest hour of four weeks there were 1");
        assertThat(NONE.wrong(so(999, 1_000_000, 3, hardlyAny))).isEmpty();
    }

    @Test
    void room_that_runs_out_is_told_for_the_database_and_for_the_disk() {
        long gigabyte = DataSize.ofGigabytes(1).toBytes();

        assertThat(RULES.storage(10 * gigabyte, gigabyte)).isEmpty();
        assertThat(RULES.storage(10 * gigabyte + 1, gigabyte)).containsOnlyKeys("(database)");
        assertThat(RULES.storage(0, gigabyte - 1))
                .containsEntry("(disk)", "The disk of the hub's folder has 1,073 MB left");
        assertThat(NONE.storage(100 * gigabyte, 0)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        // failed in a row, errors, records, failed, conflicts, attention, owed min, trouble min, what is wrong
        "2, 10, 100, 10, 20, 100, 60, 10,",
        "3,  0,   0,  0,  0,   0,   ,   , failed-runs",
        "0, 11,   0,  0,  0,   0,   ,   , errors-in-run",
        "0,  0, 100, 11,  0,   0,   ,   , failure-rate",
        "0,  0,  19, 19, 19,   0,   ,   ,",
        "0,  0,  20,  0,  5,   0,   ,   , conflict-rate",
        "0,  0,   0,  0,  0, 101,   ,   , attention",
        "0,  0,   0,  0,  0,   0, 61,   , oldest-owed",
        "0,  0,   0,  0,  0,   0,   , 11, trouble"
    })
    void each_rule_speaks_up_beyond_its_threshold_and_not_at_it(
            int failedInARow,
            long errors,
            long records,
            long failed,
            long conflicts,
            long attention,
            @Nullable Long owed,
            @Nullable Long trouble,
            @Nullable String rule) {
        AlertRules.Facts facts = new AlertRules.Facts(
                failedInARow,
                errors,
                records,
                failed,
                conflicts,
                attention,
                owed == null ? null : Duration.ofMinutes(owed),
                trouble == null ? null : Duration.ofMinutes(trouble),
                "connection refused",
                0,
                0,
                0,
                null);

        if (rule == null) {
            assertThat(RULES.wrong(facts)).isEmpty();
        } else {
            assertThat(RULES.wrong(facts)).containsOnlyKeys(rule);
        }
    }

    @Test
    void zero_switches_every_rule_off() {
        assertThat(NONE.wrong(new AlertRules.Facts(
                        99, 999, 999, 999, 999, 999, Duration.ofDays(9), Duration.ofDays(9), null, 0, 0, 0, null)))
                .isEmpty();
    }

    @Test
    void an_alert_says_how_much_and_why() {
        AlertRules.Facts facts = new AlertRules.Facts(
                4, 0, 200, 50, 0, 0, null, Duration.ofMinutes(30), "The target refuses the login", 0, 0, 0, null);

        assertThat(RULES.wrong(facts))
                .containsEntry("failed-runs", "4 runs in a row have failed")
                .containsEntry(
                        "failure-rate", "25.0 % of 200 records of the last hour were rejected or could not be applied")
                .containsEntry("trouble", "In trouble for longer than 10 min: The target refuses the login");
    }
}
