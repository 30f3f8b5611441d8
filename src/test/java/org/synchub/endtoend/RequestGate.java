package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.synchub.simulator.openspp.Fault;
import org.synchub.simulator.openspp.FaultPlan;
import org.synchub.simulator.openspp.RpcCall;

/** Holds one request of a hub at the registry, before or after the registry has done what it asks. */
final class RequestGate implements FaultPlan, AutoCloseable {

    /** Where the request stands, and what becomes of it when its hub is gone. */
    enum Moment {
        /** It has arrived, and the registry never gets to do it. */
        LOST,
        /** It has arrived, and the registry does it after the hub has died. */
        DONE_LATE,
        /** The registry has done it, and the hub never hears of it. */
        DONE_UNHEARD
    }

    private final Predicate<RpcCall> which;
    private final Moment moment;
    private final AtomicInteger skip;
    private final AtomicLong held = new AtomicLong();
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);

    /** @param nth which of the requests of this kind is held: 1 is the first */
    RequestGate(Predicate<RpcCall> which, Moment moment, int nth) {
        this.which = which;
        this.moment = moment;
        this.skip = new AtomicInteger(nth - 1);
    }

    @Override
    public List<Fault> faults(RpcCall call) {
        if (!which.test(call) || skip.getAndDecrement() != 0) {
            return List.of();
        }
        held.set(call.number());
        if (moment == Moment.DONE_UNHEARD) {
            return List.of();
        }
        stand();
        return moment == Moment.LOST ? List.of(Fault.cut(Fault.Cut.BEFORE_APPLYING)) : List.of();
    }

    @Override
    public void applied(RpcCall call) {
        if (moment == Moment.DONE_UNHEARD && call.number() == held.get()) {
            stand();
        }
    }

    private void stand() {
        arrived.countDown();
        try {
            if (!open.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("Nobody opened the gate");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until the hub's request stands here. */
    void awaitHub(HubProcess hub) {
        await().atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .failFast(() -> assertThat(hub.passed() && arrived.getCount() > 0)
                        .as("the hub went by without this request: %s", hub.said())
                        .isFalse())
                .until(() -> arrived.getCount() == 0);
    }

    /** Waits until the hub's request stands here, or the hub has made all its requests. */
    void awaitHubOrItsEnd(HubProcess hub) {
        await().atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> arrived.getCount() == 0 || hub.passed());
    }

    /** Lets the request go on. */
    @Override
    public void close() {
        open.countDown();
    }
}
