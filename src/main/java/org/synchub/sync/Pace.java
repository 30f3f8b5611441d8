package org.synchub.sync;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.synchub.ledger.Allowances;
import org.synchub.store.StoreConnection;
import org.synchub.target.Adapter;
import org.synchub.target.Limits;
import org.synchub.target.TargetTrouble;

/**
 * Keeps one target's {@link Limits}. Who asks for a turn waits for it, holding no transaction and no lock of the
 * database; leases are prolonged meanwhile. A wait ends early, with nothing sent, when the hub stops or the lease is lost.
 */
final class Pace {

    private final String target;
    private final Allowances.Line line;
    private final BooleanSupplier stopping;
    private final @Nullable Turns requests;
    private final @Nullable Turns records;
    private volatile boolean stopped;

    /**
     * The pace of one target.
     *
     * @param stopping whether the hub stops
     */
    Pace(String target, Limits limits, Allowances.Line line, BooleanSupplier stopping) {
        this.target = target;
        this.line = line;
        this.stopping = stopping;
        this.requests = turns(Allowances.Unit.REQUEST, limits.requestsPerSecond());
        this.records = turns(Allowances.Unit.RECORD, limits.recordsPerSecond());
    }

    private @Nullable Turns turns(Allowances.Unit unit, @Nullable BigDecimal perSecond) {
        return perSecond == null
                ? null
                : new Turns(
                        length -> take(unit, length),
                        perSecond.doubleValue(),
                        unit == Allowances.Unit.REQUEST,
                        Turns.Time.SYSTEM);
    }

    private Duration take(Allowances.Unit unit, Duration length) {
        try {
            return line.take(target, unit, length);
        } catch (DataAccessException e) {
            if (StoreConnection.isAway(e)) {
                throw calledOff("the database, which keeps its limits, is away");
            }
            throw e;
        }
    }

    private void requireWanted() {
        Leases.checkBeforeRequest();
        if (stopped || stopping.getAsBoolean() || Thread.currentThread().isInterrupted()) {
            throw calledOff("the hub is stopping");
        }
    }

    private TargetTrouble calledOff(String why) {
        return new TargetTrouble(
                TargetTrouble.Kind.CALLED_OFF, target + ": nothing was sent while waiting for a turn: " + why);
    }

    /** Nobody waits from now on. */
    void stop() {
        stopped = true;
    }

    /**
     * Before each request. Costs nothing where there is no limit.
     *
     * @throws Leases.RanOut when the lease under which the thread sends was lost meanwhile
     * @throws TargetTrouble called off, when the hub stops
     */
    void request() {
        if (requests != null) {
            requests.take(1, this::requireWanted);
        }
    }

    /** The adapter as it is where there is no limit of records, and else one that keeps it. */
    Adapter paced(Adapter adapter, Limits limits) {
        BigDecimal perSecond = limits.recordsPerSecond();
        Turns turns = records;
        return perSecond == null || turns == null
                ? adapter
                : new PacedAdapter(adapter, Math.max(1, perSecond.intValue()), n -> turns.take(n, this::requireWanted));
    }
}
