package org.synchub.sync;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.DeleteBrake;
import org.synchub.mapping.MaxDeletes;
import org.synchub.target.EffectContract;
import org.synchub.target.TargetTrouble;

/** One push of one target while it runs: what its writers share. */
public final class PushRun {

    /** How long a writer that found nothing, or may not take work now, waits for the others before it looks again. */
    static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private final TargetRuntime target;
    private final EffectContract contract;
    private final long id;
    private final boolean ownRun;
    private final boolean askedFor;
    private final @Nullable String only;
    private final String correlation;
    private final Traced traced;
    private final HttpTraffic.Reading before;
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private final AtomicReference<@Nullable TargetTrouble> trouble = new AtomicReference<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicLong settled = new AtomicLong();
    private final DeleteBrake deletes;
    private final Runnable keepLoad;
    private int atWork;
    private int inside;
    private int pauses;

    PushRun(
            TargetRuntime target,
            EffectContract contract,
            long id,
            boolean ownRun,
            boolean askedFor,
            @Nullable String only,
            String correlation,
            Traced traced,
            Runnable keepLoad) {
        this.only = only;
        this.correlation = correlation;
        this.traced = traced;
        this.keepLoad = keepLoad;
        this.target = target;
        this.contract = contract;
        this.id = id;
        this.ownRun = ownRun;
        this.askedFor = askedFor;
        this.before = target.traffic().read();
        MaxDeletes most = target.mapping().maxDeletes();
        this.deletes = new DeleteBrake(most.share(), most.number());
    }

    /** Does a step by the run's name, {@link Correlation}, as a part of what is traced. */
    void during(Traced part, Runnable step) {
        Correlation.during(correlation, () -> part.during(step));
    }

    /** The run's span. */
    Traced traced() {
        return traced;
    }

    /** The one entity that is pushed; null for all. */
    @Nullable
    String only() {
        return only;
    }

    /** Counts the run's deletions. */
    DeleteBrake deletes() {
        return deletes;
    }

    /**
     * Lets a writer take work, as many at once as the target is given now; the others wait.
     *
     * @return false when the run ends before its turn has come
     */
    synchronized boolean enter() {
        try {
            while (goesOn()
                    && target.load().isLowered()
                    && inside >= target.load().writers()) {
                TimeUnit.NANOSECONDS.timedWait(this, LOOK_AGAIN.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        if (!goesOn()) {
            return false;
        }
        inside++;
        return true;
    }

    /** A writer that was let in has found nothing. */
    synchronized void leave() {
        inside--;
        notifyAll();
    }

    /** Whether more writers are at work than the target is given now. */
    synchronized boolean isCrowded() {
        return target.load().isLowered() && inside > target.load().writers();
    }

    /** Writes down how much the target is given, where that has changed. */
    void keepLoad() {
        keepLoad.run();
    }

    /** A writer has claimed something. */
    synchronized void begins() {
        atWork++;
        notifyAll();
    }

    /** A writer has nothing in hand any more. */
    synchronized void pauses() {
        atWork--;
        pauses++;
        leave();
    }

    /**
     * Lets a writer that found nothing wait while another one is at work: it may free lanes, or more may come.
     *
     * @param ofAnyHub whether those of other hubs count too: they have to free what it waits for
     * @param first whether it has looked once only. Another one that was claiming meanwhile, at the begin of a run for
     *     instance, kept it from what it then may have left over
     * @return false when no other writer is at work: then there is nothing to wait for
     */
    synchronized boolean awaitOthers(Duration most, boolean ofAnyHub, boolean first) {
        boolean claiming = first && atWork == 0 && inside > 0;
        if (atWork == 0 && !ofAnyHub && !claiming) {
            return false;
        }
        int now = pauses;
        long until = System.nanoTime() + most.toNanos();
        try {
            while (pauses == now && !(claiming && (atWork > 0 || inside == 0)) && until - System.nanoTime() > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, until - System.nanoTime());
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    public TargetRuntime target() {
        return target;
    }

    EffectContract contract() {
        return contract;
    }

    public long id() {
        return id;
    }

    /** Whether the run's row was opened for this push, and is to be closed with it. */
    boolean ownsRun() {
        return ownRun;
    }

    /** Whether it came to nothing and nobody waits for it: others hold what is due just now. */
    boolean isIdle() {
        return ownRun && !askedFor && settled.get() == 0 && trouble.get() == null && failure.get() == null;
    }

    HttpTraffic.Reading traffic() {
        return target.traffic().read().since(before);
    }

    /** Lets the writers finish their batch and take no more. */
    public void cancel() {
        cancelled.set(true);
    }

    public boolean isCancelled() {
        return cancelled.get();
    }

    void meet(TargetTrouble met) {
        if (met.kind() == TargetTrouble.Kind.CALLED_OFF) {
            cancel();
        } else {
            trouble.compareAndSet(null, met);
        }
    }

    @Nullable
    TargetTrouble trouble() {
        return trouble.get();
    }

    void failed(Throwable cause) {
        failure.compareAndSet(null, cause);
    }

    @Nullable
    Throwable failure() {
        return failure.get();
    }

    /** Whether writers may take more work. */
    boolean goesOn() {
        return !cancelled.get() && trouble.get() == null && failure.get() == null;
    }

    void settled(int n) {
        settled.addAndGet(n);
    }

    /** Deliveries settled so far, in any state. */
    public long settledSoFar() {
        return settled.get();
    }

    /** How many writers the target takes; read by the route. */
    public int writers() {
        return target.writers();
    }
}
