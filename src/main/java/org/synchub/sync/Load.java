package org.synchub.sync;

import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.synchub.target.Limits;

/**
 * How much one target is given at a time by this hub: records in a batch and writers at once, or in a pull changes in a
 * page. They are halved when the
 * target refuses, does not answer or becomes markedly slower than it usually is, and come back by a tenth of what is
 * configured after every few good batches, as TCP does with what it sends (RFC 5681, congestion avoidance). Never less
 * than one, never more than is configured. It only decides: it waits for nothing and writes nothing down.
 */
public final class Load {

    /** So many good batches in a row bring back one step. */
    static final int GOOD = 3;

    /** In so many steps everything comes back. */
    static final int STEPS = 10;

    /** A batch is markedly slow when it takes so many times as long as usual. */
    static final int MARKEDLY = 4;

    /** So many batches of about one size have to be seen before it is known what is usual of them. */
    static final int KNOWN = 5;

    private static final double WEIGHT = 1.0 / 8;

    /** What is slow becomes usual in the end, but not before smaller batches have been tried. */
    private static final double WEIGHT_WHEN_SLOW = 1.0 / 64;

    private final IntSupplier mostRecords;
    private final IntSupplier mostWriters;
    private final long slowAfter;
    private final boolean steady;
    private final LongSupplier nanos;
    private final NavigableMap<Integer, Usual> usual = new TreeMap<>();
    private @Nullable Level level;
    private boolean told = true;
    private boolean down;
    private int generation;
    private int good;

    /**
     * What is given while it is less than configured.
     *
     * @param because why it was lowered last; no secrets and nobody's values
     */
    public record Level(int batchSize, int writers, String because) {}

    /** A batch on its way. */
    record Sending(int records, long begun, int generation) {}

    /** Nanoseconds per record of batches of about one size, and how many of them were seen. */
    private record Usual(double perRecord, int seen) {

        Usual and(double next, double weight) {
            return new Usual(perRecord + weight * (next - perRecord), seen + 1);
        }
    }

    /**
     * Everything that is configured, to begin with.
     *
     * @param mostRecords in a batch, as configured
     * @param mostWriters at once, as configured
     * @param nanos a clock that stands still while the thread that asks waits for a turn within the target's limits
     */
    Load(IntSupplier mostRecords, IntSupplier mostWriters, Limits limits, LongSupplier nanos) {
        this.mostRecords = mostRecords;
        this.mostWriters = mostWriters;
        this.slowAfter = limits.slowAfter().toNanos();
        this.steady = limits.steady();
        this.nanos = nanos;
    }

    /** Records in a batch now. */
    public synchronized int batchSize() {
        int most = mostRecords.getAsInt();
        return level == null ? most : Math.min(level.batchSize(), most);
    }

    /** Writers at once now. */
    public synchronized int writers() {
        int most = mostWriters.getAsInt();
        return level == null ? most : Math.min(level.writers(), most);
    }

    /** Whether less is given than configured. */
    synchronized boolean isLowered() {
        return level != null;
    }

    /** Goes on from what another hub, or this one before it was restarted, has come to; null for everything. */
    synchronized void resume(@Nullable Level kept) {
        Level next = steady || kept == null || isAll(kept.batchSize(), kept.writers()) ? null : kept;
        if (next == null ? level != null : !next.equals(level)) {
            level = next;
            good = 0;
        }
        told = true;
    }

    /** To be called right before a batch is handed to the adapter. */
    synchronized Sending begins(int records) {
        return new Sending(records, nanos.getAsLong(), generation);
    }

    /**
     * The target has answered.
     *
     * @param plain whether it took every record: only such batches tell how fast it is
     */
    synchronized void answered(Sending sent, boolean plain) {
        if (plain) {
            double took = nanos.getAsLong() - sent.begun();
            double usually = usually(sent.records());
            boolean slow = took > slowAfter && usually > 0 && took > MARKEDLY * usually;
            usual.merge(
                    size(sent.records()),
                    new Usual(took / sent.records(), 1),
                    (known, next) -> known.and(next.perRecord(), slow ? WEIGHT_WHEN_SLOW : WEIGHT));
            if (slow) {
                slowed(
                        sent,
                        String.format(
                                Locale.ROOT,
                                "it took %.1f s for a batch of %d, usually %.1f s",
                                took / 1e9,
                                sent.records(),
                                usually / 1e9));
                return;
            }
        }
        if (++good >= GOOD) {
            good = 0;
            raise();
        }
    }

    /** What began before the last step down is no reason for another. */
    private void slowed(Sending sent, String because) {
        if (sent.generation() == generation) {
            refused(because);
        }
    }

    /** The target refuses or cannot be reached. */
    synchronized void refused(String because) {
        good = 0;
        int records = Math.max(1, batchSize() / 2);
        int writers = Math.max(1, writers() / 2);
        if (steady || (records == batchSize() && writers == writers())) {
            return;
        }
        generation++;
        level = new Level(records, writers, because);
        told = false;
        down = true;
    }

    private void raise() {
        Level low = level;
        if (low == null) {
            return;
        }
        int records = batchSize() + step(mostRecords.getAsInt());
        int writers = writers() + step(mostWriters.getAsInt());
        level = isAll(records, writers)
                ? null
                : new Level(
                        Math.min(records, mostRecords.getAsInt()),
                        Math.min(writers, mostWriters.getAsInt()),
                        low.because());
        told = false;
    }

    private boolean isAll(int records, int writers) {
        return records >= mostRecords.getAsInt() && writers >= mostWriters.getAsInt();
    }

    private static int step(int most) {
        return (most + STEPS - 1) / STEPS;
    }

    /** What has changed since this was asked last, to be written down; empty when nothing has. */
    synchronized Optional<Change> change() {
        if (told) {
            return Optional.empty();
        }
        told = true;
        Change change = new Change(level, down);
        down = false;
        return Optional.of(change);
    }

    /**
     * Another level than before.
     *
     * @param to null for everything that is configured
     * @param down whether there was a step down meanwhile
     */
    record Change(@Nullable Level to, boolean down) {}

    /**
     * Nanoseconds that a batch usually takes, 0 while that is not known. A smaller one than was ever seen takes no longer
     * than a larger one does; how much less is not known, because what a request costs by itself is not known.
     */
    private double usually(int records) {
        Usual own = usual.get(size(records));
        if (own != null && own.seen() >= KNOWN) {
            return own.perRecord() * records;
        }
        for (Map.Entry<Integer, Usual> larger :
                usual.tailMap(size(records), false).entrySet()) {
            if (larger.getValue().seen() >= KNOWN) {
                return larger.getValue().perRecord() * (1 << larger.getKey());
            }
        }
        return 0;
    }

    /** Batches of one size class differ by less than a factor of two. */
    private static int size(int records) {
        return 31 - Integer.numberOfLeadingZeros(records);
    }
}
