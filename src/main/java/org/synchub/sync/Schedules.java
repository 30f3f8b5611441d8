package org.synchub.sync;

import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import org.jspecify.annotations.Nullable;
import org.quartz.CronExpression;

/** When the schedules of the routes come up next, by the clock and time zone of this hub. */
public final class Schedules {

    private static final Instant FAR = Instant.parse("2999-01-01T00:00:00Z");

    private final @Nullable CronExpression push;
    private final @Nullable CronExpression pull;
    private final InstantSource clock;

    /**
     * @param on whether anything happens by itself
     * @param push Quartz' expression for the safety push
     * @param pull the same for pulls
     * @throws IllegalArgumentException for an expression that Quartz cannot read
     */
    public Schedules(boolean on, String push, String pull, InstantSource clock) {
        this.push = on ? read("synchub.push.cron", push) : null;
        this.pull = on ? read("synchub.pull.cron", pull) : null;
        this.clock = clock;
    }

    /** When the next safety push is; null when nothing happens by itself. */
    public @Nullable Instant nextPush() {
        return next(push, clock.instant());
    }

    /** When it is looked next which targets are to be asked for changes, at that time or later; null when it never is. */
    public @Nullable Instant nextPull(Instant from) {
        Instant now = clock.instant();
        return next(pull, from.isAfter(now) ? from.minusMillis(1) : now);
    }

    private static @Nullable Instant next(@Nullable CronExpression schedule, Instant after) {
        if (schedule == null || after.isAfter(FAR)) {
            return null;
        }
        Date next = schedule.getNextValidTimeAfter(Date.from(after));
        return next == null ? null : next.toInstant();
    }

    private static CronExpression read(String setting, String expression) {
        try {
            return new CronExpression(expression);
        } catch (ParseException e) {
            throw new IllegalArgumentException(setting + " is no cron expression: " + e.getMessage(), e);
        }
    }
}
