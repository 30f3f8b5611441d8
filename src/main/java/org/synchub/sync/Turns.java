package org.synchub.sync;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets the threads of this hub do something as often in a second as a target allows all hubs together. Turns are taken
 * from the time line that the hubs share, a tenth of a second's worth at a time; a turn is never used before its time, and
 * for {@link #KEPT} after the last of its stretch. So all hubs together stay within the limit but for what each may have
 * kept: a tenth of a second's worth, or one turn.
 */
final class Turns {

    /** Where stretches come from: {@link org.synchub.ledger.Allowances#take}. */
    @FunctionalInterface
    interface TimeLine {
        Duration take(Duration length);
    }

    /** This process's time, which a test moves. */
    interface Time {

        Time SYSTEM = new Time() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public void pause(long nanos) {
                LockSupport.parkNanos(nanos);
            }
        };

        long nanos();

        void pause(long nanos);
    }

    /** How long a turn that was taken and not needed may still be used. */
    private static final Duration KEPT = Duration.ofSeconds(1);

    /** How often a thread that waits asks whether it still should. */
    private static final Duration LOOK = Duration.ofMillis(50);

    /** How long each thread has waited for turns so far, in nanoseconds. */
    private static final ThreadLocal<Long> WAITED = ThreadLocal.withInitial(() -> 0L);

    private final TimeLine line;
    private final double perSecond;
    private final int ahead;
    private final Time time;
    private final ReentrantLock first = new ReentrantLock(true);
    private int left;
    private long next;
    private long goodUntil;

    /**
     * Turns of one sort at one target.
     *
     * @param ahead whether turns are taken for later ones too: not where one call takes many
     */
    Turns(TimeLine line, double perSecond, boolean ahead, Time time) {
        this.line = line;
        this.perSecond = perSecond;
        this.ahead = ahead ? Math.max(1, (int) (perSecond / 10)) : 1;
        this.time = time;
    }

    /**
     * Waits for as many turns in a row. One thread waits for its time, the others for it.
     *
     * @param stillWanted asked while it waits; throws when it should not
     */
    void take(int turns, Runnable stillWanted) {
        long begun = time.nanos();
        try {
            takeInTurn(turns, stillWanted);
        } finally {
            WAITED.set(WAITED.get() + time.nanos() - begun);
        }
    }

    /** The time of this process as the calling thread has spent it on anything but waiting for turns. */
    static long nanosAtWork() {
        return Time.SYSTEM.nanos() - WAITED.get();
    }

    private void takeInTurn(int turns, Runnable stillWanted) {
        queue(stillWanted);
        try {
            if (left < turns || time.nanos() - goodUntil > 0) {
                int taken = Math.max(turns, ahead);
                Duration wait = line.take(length(taken));
                next = time.nanos() + wait.toNanos();
                goodUntil = next + length(taken).plus(KEPT).toNanos();
                left = taken;
            }
            for (long wait = next - time.nanos(); wait > 0; wait = next - time.nanos()) {
                stillWanted.run();
                time.pause(Math.min(wait, LOOK.toNanos()));
            }
            left -= turns;
            next += length(turns).toNanos();
        } finally {
            first.unlock();
        }
    }

    private void queue(Runnable stillWanted) {
        try {
            while (!first.tryLock(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                stillWanted.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stillWanted.run();
            throw new IllegalStateException("Interrupted while waiting for a turn at the target", e);
        }
    }

    private Duration length(int turns) {
        return Duration.ofNanos((long) (turns * 1e9 / perSecond));
    }
}
