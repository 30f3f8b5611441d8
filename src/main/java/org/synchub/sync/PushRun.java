package org.synchub.sync;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.synchub.target.EffectContract;
import org.synchub.target.TargetTrouble;

/** One push of one target while it runs: what its writers share. */
public final class PushRun {

    private final TargetRuntime target;
    private final EffectContract contract;
    private final long id;
    private final boolean ownRun;
    private final HttpTraffic.Reading before;
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private final AtomicReference<@Nullable TargetTrouble> trouble = new AtomicReference<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicLong settled = new AtomicLong();

    PushRun(TargetRuntime target, EffectContract contract, long id, boolean ownRun) {
        this.target = target;
        this.contract = contract;
        this.id = id;
        this.ownRun = ownRun;
        this.before = target.traffic().read();
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
        trouble.compareAndSet(null, met);
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
        return target.adapter().writers();
    }
}
