package org.synchub.simulator.openspp;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What was asked: the latest requests, counts for all of them, and how many writes met in one household. */
public final class RequestLog {

    private static final int KEPT = 10_000;

    /**
     * An answered request, without its values; who wants those looks at the call in a {@link FaultPlan}.
     *
     * @param number counts requests from 1
     * @param model the model, or empty for the service common
     * @param method the method
     * @param records how many records the call named
     * @param status the HTTP status sent, or 0 where the connection was cut
     * @param error {@code error.data.name} of the answer, or empty
     */
    public record Entry(long number, String model, String method, int records, int status, String error) {}

    private final Deque<Entry> latest = new ArrayDeque<>();
    private final Map<String, Long> counts = new HashMap<>();
    private final Map<Integer, Integer> writing = new HashMap<>();
    private final Map<Integer, Integer> mostWriting = new HashMap<>();
    private int underWay;
    private int mostUnderWay;

    RequestLog() {}

    synchronized void began(RpcCall call, int[] households) {
        counts.merge(call.model().isEmpty() ? call.method() : call.model() + "." + call.method(), 1L, Long::sum);
        mostUnderWay = Math.max(mostUnderWay, ++underWay);
        for (int household : households) {
            int now = writing.merge(household, 1, Integer::sum);
            mostWriting.merge(household, now, Math::max);
        }
    }

    synchronized void ended(RpcCall call, int[] households, int status, String error) {
        underWay--;
        for (int household : households) {
            writing.computeIfPresent(household, (id, now) -> now == 1 ? null : now - 1);
        }
        if (latest.size() == KEPT) {
            latest.removeFirst();
        }
        latest.addLast(new Entry(call.number(), call.model(), call.method(), call.records(), status, error));
    }

    /** The latest 10,000 answered requests, oldest first. */
    public synchronized List<Entry> entries() {
        return new ArrayList<>(latest);
    }

    /** Requests of one method since the start or the last {@link #clear}, answered or not. */
    public synchronized long count(String model, String method) {
        return counts.getOrDefault(model + "." + method, 0L);
    }

    /** Requests by {@code model.method}; those of the service common by their method alone. */
    public synchronized Map<String, Long> counts() {
        return new HashMap<>(counts);
    }

    /** How many requests are under way now. */
    public synchronized int underWay() {
        return underWay;
    }

    /** The most requests that were under way at once. */
    public synchronized int mostAtOnce() {
        return mostUnderWay;
    }

    /** The most requests that were writing one household or its members at once, for this household. */
    public synchronized int mostWritesAtOnce(int household) {
        return mostWriting.getOrDefault(household, 0);
    }

    /** The most requests that were writing one household or its members at once, for any household. */
    public synchronized int mostWritesAtOnce() {
        return mostWriting.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    /** Forgets everything except the requests under way. */
    public synchronized void clear() {
        latest.clear();
        counts.clear();
        mostWriting.clear();
        mostWriting.putAll(writing);
        mostUnderWay = underWay;
    }
}
