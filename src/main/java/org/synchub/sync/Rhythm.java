package org.synchub.sync;

import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Runs.Look;

/**
 * When a target is asked for changes next, by what the last times brought. Each time that brings something halves the
 * interval, each that brings nothing makes it half as long again, within the bounds of its {@link Polling}. Pure.
 */
final class Rhythm {

    /** So many of the last times count: enough to come from any bound to the other. */
    static final int REMEMBERED = 20;

    private Rhythm() {}

    /**
     * The time from which on it is due.
     *
     * @param looks the last times, newest first, at most {@link #REMEMBERED}
     * @param wellFor how long the target has been well; null while it is not
     */
    static Instant due(Polling polling, List<Look> looks, @Nullable Duration wellFor, Instant now) {
        if (looks.isEmpty()) {
            return now;
        }
        Look last = looks.get(0);
        Instant at = now.minus(last.ago());
        String cron = polling.cron();
        if (cron != null) {
            Date next = Polling.expression(cron).getNextValidTimeAfter(Date.from(at));
            return next == null ? Instant.MAX : next.toInstant();
        }
        if (wellFor != null && wellFor.compareTo(last.ago()) < 0) {
            // It has come back since.
            return now;
        }
        return at.plus(last.failed() ? polling.fastest() : interval(polling, looks));
    }

    private static Duration interval(Polling polling, List<Look> looks) {
        Duration interval = polling.every();
        for (int i = looks.size() - 1; i >= 0; i--) {
            Look look = looks.get(i);
            if (look.failed()) {
                continue;
            }
            interval = look.found()
                    ? interval.dividedBy(2)
                    : interval.multipliedBy(3).dividedBy(2);
            interval = interval.compareTo(polling.fastest()) < 0 ? polling.fastest() : interval;
            interval = interval.compareTo(polling.slowest()) > 0 ? polling.slowest() : interval;
        }
        return interval;
    }
}
