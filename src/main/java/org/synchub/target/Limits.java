package org.synchub.target;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Settings;

/**
 * How fast a target may be asked, by all hubs of a database together: {@code limits} below {@code adapter}, whatever the
 * adapter. An adapter only has to let the key pass.
 *
 * @param requestsPerSecond of every sort, logins too; null for no limit
 * @param recordsPerSecond sent or pulled; null for no limit
 */
public record Limits(
        @Nullable BigDecimal requestsPerSecond, @Nullable BigDecimal recordsPerSecond) {

    /** The setting's name below {@code adapter}. */
    public static final String KEY = "limits";

    public static final Limits NONE = new Limits(null, null);

    private static final String REQUESTS = "requestsPerSecond";
    private static final String RECORDS = "recordsPerSecond";
    private static final BigDecimal LEAST = new BigDecimal("0.001");
    private static final BigDecimal MOST = BigDecimal.valueOf(100_000);

    /**
     * Reads them.
     *
     * @throws org.synchub.mapping.MappingException when one is no such number, or is named otherwise
     */
    public static Limits of(Settings adapter) {
        Settings limits = adapter.child(KEY);
        limits.onlyKnown(REQUESTS, RECORDS);
        return new Limits(read(limits, REQUESTS), read(limits, RECORDS));
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
