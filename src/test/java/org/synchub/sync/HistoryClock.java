package org.synchub.sync;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock of a history: stands still until it is moved, or runs as the machine's. */
final class HistoryClock extends Clock {

    private final boolean runs;
    private Instant now;

    HistoryClock(Instant start) {
        this(start, false);
    }

    private HistoryClock(Instant start, boolean runs) {
        this.now = start;
        this.runs = runs;
    }

    static HistoryClock running() {
        return new HistoryClock(Instant.EPOCH, true);
    }

    /** Shows the same, and is moved by itself. */
    HistoryClock another() {
        return new HistoryClock(now, runs);
    }

    void tick(Duration time) {
        now = now.plus(time);
    }

    @Override
    public Instant instant() {
        return runs ? Instant.now() : now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
