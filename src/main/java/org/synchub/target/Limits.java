package org.synchub.target;

import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Settings;

/**
 * How fast a target may be asked, by all hubs of a database together: {@code limits} below {@code adapter}, whatever the
 * adapter. An adapter only has to let the key pass.
 *
 * @param concurrency batches that are sent at the same time; null for no limit but each hub's writers
 * @param requestsPerSecond of every sort, logins too; null for no limit
 * @param recordsPerSecond sent or pulled; null for no limit
 * @param slowAfter a batch that is answered within this time is never taken for slow
 * @param steady whether batches and writers stay as configured when the target slows or refuses
 */
public record Limits(
        @Nullable Integer concurrency,
        @Nullable BigDecimal requestsPerSecond,
        @Nullable BigDecimal recordsPerSecond,
        Duration slowAfter,
        boolean steady) {

    /** The setting's name below {@code adapter}. */
    public static final String KEY = "limits";

    private static final String CONCURRENCY = "concurrency";
    private static final String REQUESTS = "requestsPerSecond";
    private static final String RECORDS = "recordsPerSecond";
    private static final String SLOW_AFTER = "slowAfter";
    private static final String STEADY = "steady";
    private static final Duration USUALLY_ENOUGH = Duration.ofSeconds(2);
    private static final int MOST_AT_ONCE = 1000;
    private static final BigDecimal LEAST = new BigDecimal("0.001");
    private static final BigDecimal MOST = BigDecimal.valueOf(100_000);

    /**
     * Reads them.
     *
     * @throws org.synchub.mapping.MappingException when one is no such number, or is named otherwise
     */
    public static Limits of(Settings adapter) {
        Settings limits = adapter.child(KEY);
        limits.onlyKnown(CONCURRENCY, REQUESTS, RECORDS, SLOW_AFTER, STEADY);
        return new Limits(
                limits.has(CONCURRENCY) ? limits.integer(CONCURRENCY, 1, 1, MOST_AT_ONCE) : null,
                read(limits, REQUESTS),
                read(limits, RECORDS),
                limits.duration(SLOW_AFTER, USUALLY_ENOUGH),
                limits.bool(STEADY, false));
    }

    private static @Nullable BigDecimal read(Settings limits, String key) {
        if (!limits.has(key)) {
            return null;
        }
        BigDecimal value = limits.decimal(key);
        if (value.compareTo(LEAST) < 0 || value.compareTo(MOST) > 0) {
            throw limits.failure(
                    key,
                    "setting '" + key + "' must be from " + LEAST + " to " + MOST + " in a second",
                    "such as 5, or 0.5 for one in two seconds; leave it out for no limit");
        }
        return value;
    }
}
