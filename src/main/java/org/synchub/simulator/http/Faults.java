package org.synchub.simulator.http;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;

/** The faults in force; thread safe, and changed while requests run. */
public final class Faults {

    private final List<Function<Request, List<Fault>>> plans = new CopyOnWriteArrayList<>();

    Faults() {}

    /** Hits the next {@code times} requests that match, then is spent. */
    public void next(int times, Predicate<Request> which, Fault... faults) {
        AtomicInteger left = new AtomicInteger(times);
        List<Fault> all = List.of(faults);
        plans.add(request -> which.test(request) && left.getAndUpdate(n -> n > 0 ? n - 1 : 0) > 0 ? all : List.of());
    }

    /** Hits every request that matches, until {@link #clear}. */
    public void always(Predicate<Request> which, Fault... faults) {
        List<Fault> all = List.of(faults);
        plans.add(request -> which.test(request) ? all : List.of());
    }

    /**
     * The client dies between two steps: the next request that matches is applied and answered, and of what this client
     * would have sent after it nothing gets through until {@link #clear}, which is its restart.
     */
    public void silenceAfter(Predicate<Request> lastStep) {
        AtomicLong last = new AtomicLong(Long.MAX_VALUE);
        List<Fault> cut = List.of(Fault.cut(Fault.Cut.BEFORE_APPLYING));
        plans.add(request -> {
            if (request.number() > last.get()) {
                return cut;
            }
            if (lastStep.test(request)) {
                last.compareAndSet(Long.MAX_VALUE, request.number());
            }
            return List.of();
        });
    }

    public void clear() {
        plans.clear();
    }

    List<Fault> of(Request request) {
        List<Fault> found = new ArrayList<>();
        for (Function<Request, List<Fault>> plan : plans) {
            found.addAll(plan.apply(request));
        }
        return found;
    }
}
