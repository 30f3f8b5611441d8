package org.synchub.admin.monitoring;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** How targets are, asked of the database at most every few seconds, however many metrics want to know. */
final class Snapshots<T> {

    private static final Duration FRESH = Duration.ofSeconds(5);

    private final Function<String, T> ask;
    private final InstantSource clock;
    private final Map<String, Taken<T>> taken = new ConcurrentHashMap<>();

    Snapshots(Function<String, T> ask, InstantSource clock) {
        this.ask = ask;
        this.clock = clock;
    }

    private record Taken<T>(Instant at, T value) {}

    T of(String target) {
        Instant now = clock.instant();
        return taken.compute(
                        target,
                        (name, before) ->
                                before != null && now.isBefore(before.at().plus(FRESH))
                                        ? before
                                        : new Taken<>(now, ask.apply(name)))
                .value();
    }
}
