package org.synchub.admin.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlertRulesTest {

    private static final AlertRules RULES =
            new AlertRules(3, 10, 10, 20, 100, Duration.ofHours(1), Duration.ofMinutes(10));

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
                "connection refused");

        if (rule == null) {
            assertThat(RULES.wrong(facts)).isEmpty();
        } else {
            assertThat(RULES.wrong(facts)).containsOnlyKeys(rule);
        }
    }

    @Test
    void zero_switches_every_rule_off() {
        AlertRules none = new AlertRules(0, 0, 0, 0, 0, Duration.ZERO, Duration.ZERO);

        assertThat(none.wrong(new AlertRules.Facts(
                        99, 999, 999, 999, 999, 999, Duration.ofDays(9), Duration.ofDays(9), null)))
                .isEmpty();
    }

    @Test
    void an_alert_says_how_much_and_why() {
        AlertRules.Facts facts =
                new AlertRules.Facts(4, 0, 200, 50, 0, 0, null, Duration.ofMinutes(30), "The target refuses the login");

        assertThat(RULES.wrong(facts))
                .containsEntry("failed-runs", "4 runs in a row have failed")
                .containsEntry(
                        "failure-rate", "25.0 % of 200 records of the last hour were rejected or could not be applied")
                .containsEntry("trouble", "In trouble for longer than 10 min: The target refuses the login");
    }
}
