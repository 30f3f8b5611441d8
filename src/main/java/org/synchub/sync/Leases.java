package org.synchub.sync;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synchub.ledger.Claim;
import org.synchub.ledger.DeleteBrake;
import org.synchub.ledger.Deliveries;
import org.synchub.store.StoreConnection;

/**
 * The leases that this process holds. Prolongs them while their writers work, and tells a writer whether it may still
 * send: after a stop of the whole process (SIGSTOP, a long pause) it may not, because another hub may have taken over.
 */
public class Leases implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Leases.class);

    /** What the present thread sends under. */
    private static final ThreadLocal<@Nullable Held> SENDING = new ThreadLocal<>();

    private final Deliveries deliveries;
    private final Duration lease;
    private final LongSupplier nanoTime;
    private final Map<UUID, Held> held = new ConcurrentHashMap<>();
    private final ScheduledExecutorService keeper = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "lease-keeper");
        thread.setDaemon(true);
        return thread;
    });

    public Leases(Deliveries deliveries, Duration lease) {
        this(deliveries, lease, System::nanoTime);
    }

    /** @param nanoTime the time of this process, which goes on while the process is stopped */
    Leases(Deliveries deliveries, Duration lease, LongSupplier nanoTime) {
        this.deliveries = deliveries;
        this.lease = lease;
        this.nanoTime = nanoTime;
        long period = Math.max(50, lease.toMillis() / 3);
        var unused = keeper.scheduleWithFixedDelay(this::prolong, period, period, TimeUnit.MILLISECONDS);
    }

    private static final class Held {
        private final Claim claim;
        private final LongSupplier nanoTime;
        private final Set<String> lanes = ConcurrentHashMap.newKeySet();
        private volatile long goodUntil;

        private Held(Claim claim, LongSupplier nanoTime, long goodUntil) {
            this.claim = claim;
            this.nanoTime = nanoTime;
            this.lanes.addAll(claim.lanes());
            this.goodUntil = goodUntil;
        }

        private boolean isGood() {
            return goodUntil - nanoTime.getAsLong() > 0;
        }
    }

    public Duration length() {
        return lease;
    }

    /** Claims, and keeps the lease alive until {@link #release}. */
    Claim claim(
            String target,
            int most,
            @Nullable Integer atOnce,
            Duration settleWait,
            DeleteBrake brake,
            @Nullable String only) {
        long asked = nanoTime.getAsLong();
        Claim claim = deliveries.claim(target, most, atOnce, lease, settleWait, brake, only);
        if (!claim.lanes().isEmpty()) {
            held.put(claim.token(), new Held(claim, nanoTime, asked + lease.toNanos()));
        }
        return claim;
    }

    /** Leases further lanes for a claim; see {@link Deliveries#leaseAlso}. */
    Set<String> leaseAlso(Claim claim, Set<String> lanes) {
        Set<String> got = deliveries.leaseAlso(claim, lanes);
        Held own = held.get(claim.token());
        if (own != null) {
            own.lanes.addAll(got);
        }
        return got;
    }

    /** Whether a request may still be sent under this claim. */
    boolean holds(Claim claim) {
        Held own = held.get(claim.token());
        return own != null && own.isGood();
    }

    /** A request was not sent because the lease had run out: another hub may have sent what is newer. */
    @SuppressWarnings("serial") // never leaves the process
    static final class RanOut extends RuntimeException {

        private RanOut() {
            super("The lease ran out while a batch was being sent");
        }
    }

    /**
     * Sends under a claim: each request that the present thread makes asks first whether the lease still holds, because
     * the process may have been stopped since the request before.
     *
     * @throws RanOut when it does not
     */
    <T> T under(Claim claim, Supplier<T> sending) {
        SENDING.set(held.get(claim.token()));
        try {
            return sending.get();
        } finally {
            SENDING.remove();
        }
    }

    /** Asked before each request; passes where the present thread sends under no claim. */
    static void checkBeforeRequest() {
        Held own = SENDING.get();
        if (own != null && !own.isGood()) {
            throw new RanOut();
        }
    }

    void release(Claim claim) {
        Held own = held.remove(claim.token());
        if (own != null) {
            deliveries.release(claim, Set.copyOf(own.lanes));
        }
    }

    /** Prolongs every lease of this process; run by the keeper. A lease that was lost is not believed to be held on. */
    void prolong() {
        held.forEach((token, own) -> {
            try {
                long asked = nanoTime.getAsLong();
                if (own.isGood() && deliveries.renew(own.claim, Set.copyOf(own.lanes), lease)) {
                    own.goodUntil = asked + lease.toNanos();
                }
            } catch (RuntimeException e) {
                if (!StoreConnection.isAway(e)) {
                    log.warn(
                            "{}: a lease could not be prolonged ({}); its writer stops when it runs out",
                            own.claim.target(),
                            e.getClass().getSimpleName());
                }
            }
        });
    }

    @Override
    public void close() {
        keeper.shutdownNow();
    }
}
