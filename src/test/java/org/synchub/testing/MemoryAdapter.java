package org.synchub.testing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.synchub.target.Adapter;
import org.synchub.target.ChangePage;
import org.synchub.target.EffectContract;
import org.synchub.target.Outcome;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;
import org.synchub.target.Write;

/**
 * A target that keeps its records in memory, keyed by guid: what an adapter of a third party looks like at its smallest.
 * Tests put outcomes in its way.
 */
public final class MemoryAdapter implements Adapter {

    private final Map<String, ObjectNode> records = new ConcurrentHashMap<>();
    private final List<Write> received = new CopyOnWriteArrayList<>();
    private final AtomicInteger batches = new AtomicInteger();
    private volatile Function<Write, @Nullable Outcome> instead = write -> null;
    private final List<RemoteChange> born = new CopyOnWriteArrayList<>();
    private volatile Runnable beforeSend = () -> {};
    private volatile int batchSize = 100;

    @Override
    public EffectContract prepare() {
        return new EffectContract(true, false, false, false, false, "once", Duration.ofMillis(200));
    }

    @Override
    public int batchSize() {
        return batchSize;
    }

    @Override
    public int writers() {
        return 2;
    }

    @Override
    public List<Outcome> send(List<Write> batch) {
        batches.incrementAndGet();
        beforeSend.run();
        List<Outcome> outcomes = new ArrayList<>();
        for (Write write : batch) {
            received.add(write);
            Outcome other = instead.apply(write);
            outcomes.add(other == null ? apply(write) : other);
        }
        return outcomes;
    }

    private Outcome apply(Write write) {
        String id = "memory-" + write.guid();
        if (write.operation() == Write.Operation.DELETE) {
            records.remove(write.guid());
            return new Outcome.Accepted(Outcome.Effect.DELETED, id, null, write.record(), Set.of());
        }
        ObjectNode before = records.put(write.guid(), write.record().deepCopy());
        Outcome.Effect effect = before == null
                ? Outcome.Effect.CREATED
                : before.equals(write.record()) ? Outcome.Effect.UNCHANGED : Outcome.Effect.UPDATED;
        return new Outcome.Accepted(effect, id, null, write.record(), Set.of());
    }

    @Override
    public ChangePage changes(@Nullable String cursor, int limit) {
        return new ChangePage(List.of(), cursor == null ? "" : cursor, false);
    }

    @Override
    public Map<String, RemoteState> present(Collection<String> externalIds) {
        Map<String, RemoteState> states = new HashMap<>();
        externalIds.forEach(id -> states.put(
                id, records.containsKey(id.substring("memory-".length())) ? RemoteState.PRESENT : RemoteState.GONE));
        return states;
    }

    @Override
    public List<RemoteChange> read(Collection<String> externalIds) {
        return born.stream()
                .filter(change -> externalIds.contains(change.externalId()))
                .toList();
    }

    /** A record that somebody made at the target: it can be read by its id, and is in no feed. */
    public void born(RemoteChange change) {
        born.add(change);
    }

    /** What the target holds, by guid. */
    public Map<String, ObjectNode> records() {
        return records;
    }

    /** Every write it was given, in order. */
    public List<Write> received() {
        return received;
    }

    public int batches() {
        return batches.get();
    }

    /** Answers with the outcome that the function gives; null lets the write through. */
    public void answer(Function<Write, @Nullable Outcome> outcome) {
        instead = outcome;
    }

    /** Forgets everything, as if just made. */
    public void clear() {
        records.clear();
        received.clear();
        born.clear();
        batches.set(0);
        batchSize = 100;
        instead = write -> null;
        beforeSend = () -> {};
    }

    public void beforeSend(Runnable action) {
        beforeSend = action;
    }

    public void batchSize(int size) {
        batchSize = size;
    }
}
