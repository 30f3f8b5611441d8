package org.synchub.sync;

import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.Overview;

/**
 * When each target is given what it is owed by itself, whichever hub does it: at once, or by its {@link Pushing} and by
 * how long the oldest of it has been owed. Nothing is kept beside the ledger, so a time that no hub was there for is made
 * up for. Who asks for a push does not wait.
 */
public final class PushTimes {

    private final Overview overview;
    private final Deliveries deliveries;
    private final Schedules schedules;
    private final InstantSource clock;

    public PushTimes(Overview overview, Deliveries deliveries, Schedules schedules, InstantSource clock) {
        this.overview = overview;
        this.deliveries = deliveries;
        this.schedules = schedules;
        this.clock = clock;
    }

    /** Whether what the target is owed may go out now. A resync that somebody asked for is not held up by the clock. */
    boolean isTime(TargetRuntime target) {
        Pushing pushing = Pushing.of(target.mapping().pushing());
        if (pushing == null) {
            return true;
        }
        Instant oldest = overview.oldestOwed(target.name());
        Instant due = oldest == null ? null : pushing.due(oldest);
        return (due != null && !due.isAfter(clock.instant())) || deliveries.isComparing(target.name());
    }

    /**
     * Until when what a target is owed is gathered.
     *
     * @param oldestOwed since when the oldest of it is owed; null when nothing is
     * @return null when it goes out at once, or nothing is owed
     */
    @Nullable
    Instant gathersUntil(TargetRuntime target, @Nullable Instant oldestOwed) {
        Pushing pushing = Pushing.of(target.mapping().pushing());
        return pushing == null || oldestOwed == null ? null : pushing.due(oldestOwed);
    }

    /**
     * When a target is pushed next by itself.
     *
     * @param gathersUntil as {@link #gathersUntil} says
     * @return null when nothing happens by itself, or nothing is owed that an interval could begin with
     */
    @Nullable
    Instant next(TargetRuntime target, @Nullable Instant gathersUntil) {
        Instant safetyPush = schedules.nextPush();
        Pushing pushing = Pushing.of(target.mapping().pushing());
        if (pushing == null || safetyPush == null) {
            return safetyPush;
        }
        Instant now = clock.instant();
        if (gathersUntil != null) {
            return gathersUntil.isAfter(now) ? gathersUntil : now;
        }
        return pushing.cron() == null ? null : pushing.due(now);
    }
}
