package org.synchub.simulator.http;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** So many requests per window and route; the window begins with its first request. Not thread safe. */
public final class Throttle {

    /** {@code left} is negative where the request is one too many; {@code reset} is how long the window lasts yet. */
    public record State(int limit, int left, Duration reset) {

        public boolean refused() {
            return left < 0;
        }

        /** Whole seconds, at least 1. */
        public long retryAfter() {
            return Math.max(1, (reset.toMillis() + 999) / 1000);
        }
    }

    private static final class Window {
        private Instant end = Instant.MIN;
        private int used;
    }

    private final Clock clock;
    private final int limit;
    private final Duration length;
    private final Map<String, Window> windows = new HashMap<>();

    public Throttle(Clock clock, int limit, Duration length) {
        this.clock = clock;
        this.limit = limit;
        this.length = length;
    }

    /** Counts one request of this route. */
    public State count(String route) {
        Instant now = clock.instant();
        Window window = windows.computeIfAbsent(route, name -> new Window());
        if (!now.isBefore(window.end)) {
            window.end = now.plus(length);
            window.used = 0;
        }
        window.used++;
        return new State(limit, limit - window.used, Duration.between(now, window.end));
    }
}
