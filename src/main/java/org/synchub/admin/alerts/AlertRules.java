package org.synchub.admin.alerts;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What is wrong enough to tell somebody, for each target. Zero switches a rule off.
 *
 * @param failedRuns so many runs in a row have failed
 * @param errorsInRun the newest run rejected or could not apply more records
 * @param failureRate per cent of the records of the last hour's runs that were rejected or could not be applied
 * @param conflictRate per cent of them that were in conflict
 * @param attention more records need attention
 * @param oldestOwed a record has been on its way for longer
 * @param trouble the target has been backing off or stopped for longer: its circuit is open, its login refused
 */
@ConfigurationProperties("synchub.alerts")
public record AlertRules(
        int failedRuns,
        int errorsInRun,
        int failureRate,
        int conflictRate,
        int attention,
        Duration oldestOwed,
        Duration trouble) {

    static final String TROUBLE = "trouble";

    /** Fewer records than these in an hour make no rate. */
    private static final long ENOUGH = 20;

    /**
     * How a target is.
     *
     * @param failedInARow runs that have failed since one went through
     * @param errors records that the newest run rejected or could not apply
     * @param records that the runs of the last hour had to do with
     * @param failed of these, rejected or not applied
     * @param conflicts of these, in conflict
     * @param needAttention records that a person has to look at
     * @param owedFor how long the oldest record has been on its way; null when none is
     * @param troubledFor how long the target has been in trouble; null when it is not
     * @param reason of the trouble
     */
    public record Facts(
            int failedInARow,
            long errors,
            long records,
            long failed,
            long conflicts,
            long needAttention,
            @Nullable Duration owedFor,
            @Nullable Duration troubledFor,
            @Nullable String reason) {}

    /** What is wrong, by rule, in words. */
    public Map<String, String> wrong(Facts so) {
        Map<String, String> wrong = new TreeMap<>();
        if (failedRuns > 0 && so.failedInARow() >= failedRuns) {
            wrong.put("failed-runs", so.failedInARow() + " runs in a row have failed");
        }
        if (errorsInRun > 0 && so.errors() > errorsInRun) {
            wrong.put("errors-in-run", so.errors() + " records were rejected or could not be applied in one run");
        }
        if (exceeds(failureRate, so.failed(), so.records())) {
            wrong.put("failure-rate", share(so.failed(), so.records()) + " were rejected or could not be applied");
        }
        if (exceeds(conflictRate, so.conflicts(), so.records())) {
            wrong.put("conflict-rate", share(so.conflicts(), so.records()) + " were in conflict");
        }
        if (attention > 0 && so.needAttention() > attention) {
            wrong.put("attention", so.needAttention() + " records need attention");
        }
        if (exceeds(oldestOwed, so.owedFor())) {
            wrong.put("oldest-owed", "A record has been on its way for longer than " + words(oldestOwed));
        }
        if (exceeds(trouble, so.troubledFor())) {
            wrong.put(
                    TROUBLE,
                    "In trouble for longer than " + words(trouble) + (so.reason() == null ? "" : ": " + so.reason()));
        }
        return wrong;
    }

    private static boolean exceeds(int percent, long part, long whole) {
        return percent > 0 && whole >= ENOUGH && part * 100 > whole * percent;
    }

    private static boolean exceeds(Duration most, @Nullable Duration so) {
        return !most.isZero() && so != null && so.compareTo(most) > 0;
    }

    private static String share(long part, long whole) {
        return String.format(Locale.ROOT, "%.1f %% of %d records of the last hour", 100.0 * part / whole, whole);
    }

    private static String words(Duration duration) {
        return duration.toMinutes() > 0 ? duration.toMinutes() + " min" : duration.toSeconds() + " s";
    }
}
