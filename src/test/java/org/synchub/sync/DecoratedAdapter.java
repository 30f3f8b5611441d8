package org.synchub.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.target.Adapter;
import org.synchub.target.ChangePage;
import org.synchub.target.ClockReading;
import org.synchub.target.EffectContract;
import org.synchub.target.Outcome;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;
import org.synchub.target.Write;

/** Everything as the adapter does it, but for what a planted bug does otherwise. */
abstract class DecoratedAdapter implements Adapter {

    final Adapter real;

    DecoratedAdapter(Adapter real) {
        this.real = real;
    }

    @Override
    public EffectContract prepare() {
        return real.prepare();
    }

    @Override
    public int batchSize() {
        return real.batchSize();
    }

    @Override
    public int writers() {
        return real.writers();
    }

    @Override
    public List<Outcome> send(List<Write> batch) {
        return real.send(batch);
    }

    @Override
    public ChangePage changes(@Nullable String cursor, int limit) {
        return real.changes(cursor, limit);
    }

    @Override
    public Map<String, RemoteState> present(Collection<String> externalIds) {
        return real.present(externalIds);
    }

    @Override
    public List<RemoteChange> read(Collection<String> externalIds) {
        return real.read(externalIds);
    }

    @Override
    public ObjectNode asAgreed(ObjectNode record, ObjectNode base) {
        return real.asAgreed(record, base);
    }

    @Override
    public @Nullable ClockReading clock() {
        return real.clock();
    }

    @Override
    public void close() {
        real.close();
    }
}
