package org.synchub.sync;

import java.text.ParseException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.quartz.CronExpression;
import org.synchub.mapping.Settings;

/**
 * How often a target is asked for changes by itself: {@code polling} in its mapping, or the hub's settings {@code
 * synchub.pull.every}, {@code fastest} and {@code slowest}.
 *
 * @param every to begin with
 * @param fastest the interval while each time brings something
 * @param slowest the interval while none does
 * @param cron Quartz' expression, by which it is then asked whatever was found; null for the intervals
 */
public record Polling(
        Duration every,
        Duration fastest,
        Duration slowest,
        @Nullable String cron) {

    /** Of a hub that is not told otherwise. */
    static final Polling USUAL =
            new Polling(Duration.ofMinutes(5), Duration.ofMinutes(1), Duration.ofMinutes(15), null);

    private static final String EVERY = "every";
    private static final String FASTEST = "fastest";
    private static final String SLOWEST = "slowest";
    private static final String CRON = "cron";

    /** @throws IllegalArgumentException for intervals that are none or in no order, or a cron expression that is none */
    public Polling {
        if (fastest.toMillis() < 1000 || fastest.compareTo(every) > 0 || every.compareTo(slowest) > 0) {
            throw new IllegalArgumentException("'fastest' must be at least 1s, 'every' no less than that, and 'slowest'"
                    + " no less than 'every'; they are " + word(fastest) + ", " + word(every) + " and "
                    + word(slowest));
        }
        if (cron != null) {
            expression(cron);
        }
    }

    /**
     * As the mapping says, and the rest as the hub does, as far as that fits with what the mapping says.
     *
     * @param usual the hub's own
     * @throws org.synchub.mapping.MappingException when it cannot be meant
     */
    static Polling of(@Nullable Settings polling, Polling usual) {
        if (polling == null) {
            return usual;
        }
        polling.onlyKnown(EVERY, FASTEST, SLOWEST, CRON);
        if (polling.has(CRON) && polling.keys().size() > 1) {
            throw polling.failure(CRON, "'cron' stands alone", "remove it, or the intervals");
        }
        Duration every = usual.every();
        every = longer(every, polling.duration(FASTEST, every));
        every = shorter(every, polling.duration(SLOWEST, every));
        every = polling.duration(EVERY, every);
        try {
            return new Polling(
                    every,
                    polling.duration(FASTEST, shorter(every, usual.fastest())),
                    polling.duration(SLOWEST, longer(every, usual.slowest())),
                    polling.has(CRON) ? polling.text(CRON) : null);
        } catch (IllegalArgumentException e) {
            String key = polling.keys().iterator().next();
            throw polling.failure(key, String.valueOf(e.getMessage()), "such as {every: 5m, fastest: 1m, slowest: 1h}");
        }
    }

    /**
     * By the hub's settings.
     *
     * @throws IllegalArgumentException when they cannot be meant
     */
    public static Polling ofHub(Duration every, Duration fastest, Duration slowest) {
        try {
            return new Polling(every, fastest, slowest, null);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("synchub.pull: " + e.getMessage(), e);
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static String word(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    /** A cron expression that has been read before. */
    static CronExpression expression(String cron) {
        try {
            return new CronExpression(cron);
        } catch (ParseException e) {
            throw new IllegalArgumentException("'" + cron + "' is no cron expression: " + e.getMessage(), e);
        }
    }
}
