package org.synchub.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.synchub.target.Adapter;
import org.synchub.target.ChangePage;
import org.synchub.target.ClockReading;
import org.synchub.target.EffectContract;
import org.synchub.target.HintSource;
import org.synchub.target.Outcome;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;
import org.synchub.target.Write;

/** An adapter that waits before a batch, and after a page that brought something, for the turns that its records take. */
final class PacedAdapter implements Adapter {

    private final Adapter adapter;
    private final int most;
    private final IntConsumer turns;

    /**
     * Around another adapter.
     *
     * @param most records of a batch: what is allowed in a second
     */
    PacedAdapter(Adapter adapter, int most, IntConsumer turns) {
        this.adapter = adapter;
        this.most = most;
        this.turns = turns;
    }

    @Override
    public EffectContract prepare() {
        return adapter.prepare();
    }

    @Override
    public int batchSize() {
        return Math.min(adapter.batchSize(), most);
    }

    @Override
    public int writers() {
        return adapter.writers();
    }

    @Override
    public List<Outcome> send(List<Write> batch) {
        turns.accept(batch.size());
        return adapter.send(batch);
    }

    @Override
    public ChangePage changes(@Nullable String cursor, int limit) {
        ChangePage page = adapter.changes(cursor, limit);
        if (!page.changes().isEmpty()) {
            turns.accept(page.changes().size());
        }
        return page;
    }

    @Override
    public Map<String, RemoteState> present(Collection<String> externalIds) {
        return adapter.present(externalIds);
    }

    @Override
    public List<RemoteChange> read(Collection<String> externalIds) {
        return adapter.read(externalIds);
    }

    @Override
    public Set<String> words() {
        return adapter.words();
    }

    @Override
    public ObjectNode asAgreed(ObjectNode record, ObjectNode base) {
        return adapter.asAgreed(record, base);
    }

    @Override
    public boolean isOlder(String version, String than) {
        return adapter.isOlder(version, than);
    }

    @Override
    public OptionalLong numbersFrom() {
        return adapter.numbersFrom();
    }

    @Override
    public boolean saysTimes() {
        return adapter.saysTimes();
    }

    @Override
    public @Nullable ClockReading clock() {
        return adapter.clock();
    }

    @Override
    public @Nullable HintSource hints() {
        return adapter.hints();
    }

    @Override
    public void close() {
        adapter.close();
    }
}
