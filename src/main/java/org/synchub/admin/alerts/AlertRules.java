package org.synchub.admin.alerts;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;
import org.synchub.ledger.Runs;

/**
 * What is wrong enough to tell somebody, for each target and for the hub itself. Zero switches a rule off.
 *
 * @param failedRuns so many runs in a row have failed
 * @param errorsInRun a run of the last minutes rejected or could not apply more records
 * @param failureRate per cent of the records of the last hour's runs that were rejected or could not be applied
 * @param conflictRate per cent of them that were in conflict
 * @param attention more records need attention
 * @param oldestOwed a record has been on its way for longer
 * @param trouble the target has been backing off or stopped for longer: its circuit is open, its login refused
 * @param inconsistent more entities do not hold what their events say
 * @param unusualVolume so many times the records of the busiest hour of the last four weeks went through in this one
 * @param unusualHour more records went through at an hour of the day at which none did in the last four weeks
 * @param databaseSize the database takes more on its disk
 * @param freeDisk less is left on the disk of the hub's own folder
 * @param expiring a token in use, or a certificate of the hub's, ends sooner
 */
@ConfigurationProperties("synchub.alerts")
public record AlertRules(
        int failedRuns,
        int errorsInRun,
        int failureRate,
        int conflictRate,
        int attention,
        Duration oldestOwed,
        Duration trouble,
        int inconsistent,
        int unusualVolume,
        int unusualHour,
        DataSize databaseSize,
        DataSize freeDisk,
        Duration expiring) {

    static final String TROUBLE = "trouble";

    /** Fewer records than these in an hour make no rate. */
    private static final long ENOUGH = 20;

    /** Fewer records than these in an hour are never unusually many. */
    private static final long MANY = 1_000;

    /**
     * How a target is.
     *
     * @param failedInARow runs that have failed since one went through
     * @param errors the most records that a run of the last minutes rejected or could not apply
     * @param records that the runs of the last hour had to do with
     * @param failed of these, rejected or not applied
     * @param conflicts of these, in conflict
     * @param needAttention records that a person has to look at
     * @param owedFor how long the oldest record has been on its way; null when none is
     * @param troubledFor how long the target has been in trouble; null when it is not
     * @param reason of the trouble
     * @param drifted entities that do not hold what their events say
     * @param thisHour records that went through since the hour struck
     * @param hour that it struck in UTC, 0 to 23
     * @param usual what was usual in the weeks before; null when they were too few to tell
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
            @Nullable String reason,
            long drifted,
            long thisHour,
            int hour,
            Runs.@Nullable Usual usual) {}

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
        if (inconsistent > 0 && so.drifted() > inconsistent) {
            wrong.put("inconsistency", so.drifted() + " entities do not hold what their events say");
        }
        unusual(so, so.usual(), wrong);
        return wrong;
    }

    private void unusual(Facts so, Runs.@Nullable Usual usual, Map<String, String> wrong) {
        if (usual == null) {
            return;
        }
        if (unusualVolume > 0 && so.thisHour() >= MANY && so.thisHour() > unusualVolume * usual.busiest()) {
            wrong.put(
                    "unusual-volume",
                    so.thisHour() + " records went through since " + so.hour() + ":00 UTC; in the busiest hour of four"
                            + " weeks there were " + usual.busiest());
        }
        if (unusualHour > 0 && so.thisHour() > unusualHour && !usual.hours().contains(so.hour())) {
            wrong.put(
                    "unusual-hour",
                    so.thisHour() + " records went through since " + so.hour()
                            + ":00 UTC; at that hour none did in four" + " weeks");
        }
    }

    /** What is wrong with the room there is, by what it is about, in words. */
    Map<String, String> storage(long database, long free) {
        Map<String, String> wrong = new TreeMap<>();
        if (databaseSize.toBytes() > 0 && database > databaseSize.toBytes()) {
            wrong.put("(database)", "The database takes " + megabytes(database) + " on its disk");
        }
        if (free < freeDisk.toBytes()) {
            wrong.put("(disk)", "The disk of the hub's folder has " + megabytes(free) + " left");
        }
        return wrong;
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%,d MB", bytes / 1_000_000);
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
