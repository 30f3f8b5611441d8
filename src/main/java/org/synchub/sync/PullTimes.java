package org.synchub.sync;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Runs;
import org.synchub.ledger.Targets;

/**
 * When each target is asked for changes by itself, whichever hub does it: by its {@link Polling} and by its pulls so far,
 * of all hubs, those on demand included. Nothing is kept beside the runs.
 */
public final class PullTimes {

    /** A time of the schedule that comes so early is not passed by. */
    private static final Duration EARLY = Duration.ofSeconds(1);

    private final Runs runs;
    private final Targets ledgerTargets;
    private final Schedules schedules;
    private final Polling usual;
    private final InstantSource clock;

    /** @param usual of targets whose mapping does not say */
    public PullTimes(Runs runs, Targets ledgerTargets, Schedules schedules, Polling usual, InstantSource clock) {
        this.runs = runs;
        this.ledgerTargets = ledgerTargets;
        this.schedules = schedules;
        this.usual = usual;
        this.clock = clock;
    }

    /** Whether a target is to be asked now, at a time of the schedule. */
    boolean isDue(TargetRuntime target) {
        Instant now = clock.instant();
        return !due(target, now).isAfter(now.plus(EARLY));
    }

    /** When a target is asked next; null when nothing happens by itself. */
    @Nullable
    Instant next(TargetRuntime target) {
        return schedules.nextPull(due(target, clock.instant()).minus(EARLY));
    }

    private Instant due(TargetRuntime target, Instant now) {
        return Rhythm.due(
                Polling.of(target.mapping().polling(), usual),
                runs.looks(target.name(), Rhythm.REMEMBERED),
                ledgerTargets.wellFor(target.name()).orElse(null),
                now);
    }
}
