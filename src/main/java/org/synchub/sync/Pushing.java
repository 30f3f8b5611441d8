package org.synchub.sync;

import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Settings;

/**
 * When a target is given what it is owed: {@code pushing} in its mapping. Without it, at once. Pure.
 *
 * @param every so long what changes is gathered, from the first change on; null where the clock says when
 * @param cron Quartz' expression: what changed goes out at its next time; null where {@code every} says when
 */
record Pushing(@Nullable Duration every, @Nullable String cron) {

    private static final String EVERY = "every";
    private static final String CRON = "cron";

    /**
     * As the mapping says.
     *
     * @return null: at once
     * @throws org.synchub.mapping.MappingException when it cannot be meant
     */
    static @Nullable Pushing of(@Nullable Settings pushing) {
        if (pushing == null) {
            return null;
        }
        pushing.onlyKnown(EVERY, CRON);
        if (pushing.has(EVERY) == pushing.has(CRON)) {
            throw pushing.failure(
                    CRON, "'pushing' needs one of 'every' and 'cron'", "such as {every: 15m}, or remove 'pushing'");
        }
        if (pushing.has(EVERY)) {
            Duration every = pushing.duration(EVERY);
            if (every.toMillis() < 1000) {
                throw pushing.failure(EVERY, "'every' must be at least 1s", "such as {every: 15m}");
            }
            return new Pushing(every, null);
        }
        String cron = pushing.text(CRON);
        try {
            Polling.expression(cron);
        } catch (IllegalArgumentException e) {
            throw pushing.failure(CRON, String.valueOf(e.getMessage()), "such as {cron: \"0 0 22 * * ?\"}");
        }
        return new Pushing(null, cron);
    }

    /**
     * When something goes out.
     *
     * @param owedSince when it became owed
     * @return null for an expression whose last time is over
     */
    @Nullable
    Instant due(Instant owedSince) {
        if (every != null) {
            return owedSince.plus(every);
        }
        Date next = cron == null ? null : Polling.expression(cron).getNextValidTimeAfter(Date.from(owedSince));
        return next == null ? null : next.toInstant();
    }
}
