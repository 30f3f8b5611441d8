package org.synchub.target.openspp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Mapping;
import org.synchub.target.Adapter;
import org.synchub.target.ChangePage;
import org.synchub.target.ClockReading;
import org.synchub.target.EffectContract;
import org.synchub.target.Outcome;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;
import org.synchub.target.Write;
import org.synchub.target.openspp.odoo.OdooClient;
import org.synchub.target.openspp.odoo.OdooTransport;
import org.synchub.target.openspp.record.NameParts;
import org.synchub.target.openspp.record.RemoteRecord;

/** Keeps an OpenSPP registry in agreement with the store. What it does and asks for stands in docs/targets/openspp.md. */
final class OpenSppAdapter implements Adapter {

    private final Mapping mapping;
    private final OpenSppSettings settings;
    private final OdooClient client;
    private final Clock clock;
    /** Of JSON-RPC and of Odoo's calls and answers. */
    private static final Set<String> WORDS =
            Set.of("2.0", "call", "object", "execute_kw", "en_US", "200", "Odoo Server Error");

    private volatile @Nullable Session session;

    OpenSppAdapter(Mapping mapping, OpenSppSettings settings, OdooTransport transport, Clock clock) {
        this.mapping = mapping;
        this.settings = settings;
        this.client = new OdooClient(transport);
        this.clock = clock;
    }

    @Override
    public EffectContract prepare() {
        Preparation preparation = new Preparation(mapping, settings, client, clock);
        Session learned = preparation.prepare();
        session = learned;
        return Guarantee.of(learned.prepared().once(), settings);
    }

    @Override
    public int batchSize() {
        return settings.batchSize();
    }

    @Override
    public int writers() {
        return settings.writers();
    }

    @Override
    public List<Outcome> send(List<Write> batch) {
        return batch.isEmpty() ? List.of() : new BatchSender(session(), batch).send();
    }

    @Override
    public ChangePage changes(@Nullable String cursor, int limit) {
        return new ChangeFeed(session(), mapping.tenant(), settings.longestWrite()).page(cursor, limit);
    }

    @Override
    public Map<String, RemoteState> present(Collection<String> externalIds) {
        return new ChangeFeed(session(), mapping.tenant(), settings.longestWrite()).present(externalIds);
    }

    @Override
    public List<RemoteChange> read(Collection<String> externalIds) {
        return new ChangeFeed(session(), mapping.tenant(), settings.longestWrite()).read(externalIds);
    }

    @Override
    public Set<String> words() {
        return WORDS;
    }

    @Override
    public ObjectNode asAgreed(ObjectNode record, ObjectNode base) {
        return NameParts.asAgreed(record, base);
    }

    /** By the write_date of the row that changed last. */
    @Override
    public boolean isOlder(String version, String than) {
        return RemoteRecord.timeOf(version).compareTo(RemoteRecord.timeOf(than)) < 0;
    }

    @Override
    public @Nullable ClockReading clock() {
        return client.clock();
    }

    private Session session() {
        Session current = session;
        if (current == null) {
            throw new IllegalStateException(
                    "prepare() must have succeeded before target '" + mapping.target() + "' is used");
        }
        return current;
    }
}
