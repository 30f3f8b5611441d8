package org.synchub.simulator.openspp;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** The fault plans in force; thread safe, and changed while requests run. */
public final class Faults {

    private final List<FaultPlan> plans = new CopyOnWriteArrayList<>();

    Faults() {}

    /** Puts a plan in force until {@link #remove} or {@link #clear}. */
    public void add(FaultPlan plan) {
        plans.add(plan);
    }

    public void remove(FaultPlan plan) {
        plans.remove(plan);
    }

    public void clear() {
        plans.clear();
    }

    /** Hits the next {@code times} requests that match, then is spent. */
    public FaultPlan next(int times, Predicate<RpcCall> which, Fault... faults) {
        AtomicInteger left = new AtomicInteger(times);
        List<Fault> all = List.of(faults);
        FaultPlan plan = call -> which.test(call) && left.getAndUpdate(n -> n > 0 ? n - 1 : 0) > 0 ? all : List.of();
        add(plan);
        return plan;
    }

    /** Hits every request that matches. */
    public FaultPlan always(Predicate<RpcCall> which, Fault... faults) {
        List<Fault> all = List.of(faults);
        FaultPlan plan = call -> which.test(call) ? all : List.of();
        add(plan);
        return plan;
    }

    List<Fault> faults(RpcCall call) {
        if (plans.isEmpty()) {
            return List.of();
        }
        List<Fault> found = new ArrayList<>();
        for (FaultPlan plan : plans) {
            found.addAll(plan.faults(call));
        }
        return found;
    }

    void applied(RpcCall call) {
        for (FaultPlan plan : plans) {
            plan.applied(call);
        }
    }
}
