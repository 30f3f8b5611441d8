package org.synchub.admin.alerts;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Runs;

/** What is usual for a target: asked of its runs once an hour, since it is a question about all of four weeks. */
final class Usual {

    private static final Duration WEEKS = Duration.ofDays(28);

    /** Who is known for less time may do anything. */
    private static final Duration KNOWN = Duration.ofDays(14);

    private final Runs runs;
    private final InstantSource clock;
    private final Map<String, Asked> asked = new ConcurrentHashMap<>();

    Usual(Runs runs, InstantSource clock) {
        this.runs = runs;
        this.clock = clock;
    }

    private record Asked(Instant hour, Optional<Runs.Usual> usual) {}

    /** The time now, in UTC, to the hour. */
    ZonedDateTime hour() {
        return clock.instant().atZone(ZoneOffset.UTC).truncatedTo(ChronoUnit.HOURS);
    }

    /** What was usual before this hour; null while the target is not known for long enough. */
    Runs.@Nullable Usual of(String target) {
        Instant hour = hour().toInstant();
        Asked before = asked.compute(
                target,
                (name, last) -> last != null && last.hour().equals(hour)
                        ? last
                        : new Asked(hour, runs.usual(name, hour.minus(WEEKS), hour)));
        return before.usual()
                .filter(usual -> usual.since().isBefore(hour.minus(KNOWN)))
                .orElse(null);
    }
}
