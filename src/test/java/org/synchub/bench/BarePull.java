package org.synchub.bench;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The least that a pull could do: it writes the rows that the hub has just written for a tenant once more, for another
 * tenant, in the same tables and in batches of the same size, each in one transaction under the lock that keeps devices'
 * events in order. The rows are in memory, ready to be sent, when the clock starts. It asks no server, maps, compares and
 * decides nothing, looks for nothing, and leaves no Merkle root.
 */
final class BarePull {

    private static final int BATCH = 200;

    private static final String READ = """
            SELECT e.entity_guid, e.type, e.data::text, e."timestamp", e.user_id, n.modified::text,
                   l.kind, l.external_id, l.version, l.base, l.mapping_hash, l.lane
            FROM public.events e
            JOIN public.entities n ON n.tenant_id = e.tenant_id AND n.guid = e.entity_guid
            JOIN hub.link l ON l.target = ? AND l.guid = e.entity_guid
            WHERE e.tenant_id = ? AND e.type LIKE ?
            ORDER BY e."timestamp\"""";

    private static final String INSERT_EVENTS = """
            INSERT INTO public.events (guid, tenant_id, entity_guid, type, data, "timestamp", user_id, sync_level)
            SELECT r.guid, x.tenant, r.entity, r.type, r.data::jsonb, r.at, r.by, 2
            FROM (SELECT ?::text AS tenant) AS x,
                 unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::timestamptz[], ?::text[])
                 AS r (guid, entity, type, data, at, by)""";

    private static final String INSERT_ENTITIES = """
            INSERT INTO public.entities (id, guid, initial, modified, last_updated, tenant_id)
            SELECT r.guid, r.guid, r.doc::jsonb, r.doc::jsonb, now(), x.tenant
            FROM (SELECT ?::text AS tenant) AS x, unnest(?::text[], ?::text[]) AS r (guid, doc)""";

    private static final String UPDATE_ENTITIES = """
            UPDATE public.entities AS e SET initial = r.doc::jsonb, modified = r.doc::jsonb, last_updated = now()
            FROM (SELECT ?::text AS tenant) AS x, unnest(?::text[], ?::text[]) AS r (guid, doc)
            WHERE e.guid = r.guid AND e.tenant_id = x.tenant""";

    private static final String INSERT_AUDIT = """
            INSERT INTO public.audit_log
                   (tenant_id, action, guid, entity_guid, event_guid, changes, signature, user_id, "timestamp")
            SELECT x.tenant, r.type, gen_random_uuid()::text, r.entity, r.guid, r.data::jsonb, '', r.by, r.at
            FROM (SELECT ?::text AS tenant) AS x,
                 unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::timestamptz[], ?::text[])
                 AS r (guid, entity, type, data, at, by)""";

    private static final String INSERT_LINKS = """
            INSERT INTO hub.link (target, guid, kind, external_id, version, base, mapping_hash, lane)
            SELECT x.target, r.guid, r.kind, r.id, r.version, r.base, r.hash, r.lane
            FROM (SELECT ?::text AS target) AS x,
                 unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::bytea[], ?::text[], ?::text[])
                 AS r (guid, kind, id, version, base, hash, lane)""";

    private static final String UPDATE_LINKS = """
            UPDATE hub.link AS l SET previous_version = l.version, previous_base = l.base, version = r.version,
                   base = r.base, mapping_hash = r.hash, lane = r.lane, kind = r.kind, revision = l.revision + 1,
                   agreed_at = hub.now()
            FROM (SELECT ?::text AS target) AS x,
                 unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::bytea[], ?::text[], ?::text[])
                 AS r (guid, kind, id, version, base, hash, lane)
            WHERE l.target = x.target AND l.guid = r.guid""";

    private final Connection from;
    private final Connection to;
    private final String tenant;
    private final String copy;
    private final boolean born;
    private long nanos;
    private int records;

    /**
     * @param from in a transaction, to read without holding all rows in memory
     * @param to in a transaction
     * @param tenant whose rows were pulled; its target has the same name
     * @param copy the tenant and target of the copies
     * @param born whether the rows are new ones, or changes of those that were copied before
     */
    BarePull(Connection from, Connection to, String tenant, String copy, boolean born) {
        this.from = from;
        this.to = to;
        this.tenant = tenant;
        this.copy = copy;
        this.born = born;
    }

    /** One record's rows. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    private record Rows(
            String event,
            String entity,
            String type,
            String data,
            Timestamp at,
            String by,
            String doc,
            String kind,
            String externalId,
            @Nullable String version,
            byte @Nullable [] base,
            String hash,
            String lane) {}

    void run() throws SQLException {
        try (PreparedStatement read = from.prepareStatement(READ);
                PreparedStatement events = to.prepareStatement(INSERT_EVENTS);
                PreparedStatement entities = to.prepareStatement(born ? INSERT_ENTITIES : UPDATE_ENTITIES);
                PreparedStatement audit = to.prepareStatement(INSERT_AUDIT);
                PreparedStatement links = to.prepareStatement(born ? INSERT_LINKS : UPDATE_LINKS)) {
            read.setFetchSize(BATCH);
            read.setString(1, tenant);
            read.setString(2, tenant);
            read.setString(3, born ? "create-%" : "update-%");
            List<Rows> batch = new ArrayList<>();
            try (ResultSet row = read.executeQuery()) {
                while (row.next()) {
                    batch.add(new Rows(
                            UUID.randomUUID().toString(),
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            row.getTimestamp(4),
                            row.getString(5),
                            row.getString(6),
                            row.getString(7),
                            row.getString(8),
                            row.getString(9),
                            row.getBytes(10),
                            row.getString(11),
                            row.getString(12)));
                    if (batch.size() == BATCH) {
                        write(batch, events, entities, audit, links);
                        batch.clear();
                    }
                }
            }
            write(batch, events, entities, audit, links);
        }
    }

    double seconds() {
        return nanos / 1e9;
    }

    int records() {
        return records;
    }

    private void write(
            List<Rows> batch,
            PreparedStatement events,
            PreparedStatement entities,
            PreparedStatement audit,
            PreparedStatement links)
            throws SQLException {
        if (batch.isEmpty()) {
            return;
        }
        for (PreparedStatement each : List.of(events, audit)) {
            each.setString(1, copy);
            each.setArray(2, texts(batch, Rows::event));
            each.setArray(3, texts(batch, Rows::entity));
            each.setArray(4, texts(batch, Rows::type));
            each.setArray(5, texts(batch, Rows::data));
            each.setArray(
                    6,
                    to.createArrayOf("timestamptz", batch.stream().map(Rows::at).toArray()));
            each.setArray(7, texts(batch, Rows::by));
        }
        entities.setString(1, copy);
        entities.setArray(2, texts(batch, Rows::entity));
        entities.setArray(3, texts(batch, Rows::doc));
        links.setString(1, copy);
        links.setArray(2, texts(batch, Rows::entity));
        links.setArray(3, texts(batch, Rows::kind));
        links.setArray(4, texts(batch, Rows::externalId));
        links.setArray(5, texts(batch, Rows::version));
        links.setArray(
                6, to.createArrayOf("bytea", batch.stream().map(Rows::base).toArray(byte[][]::new)));
        links.setArray(7, texts(batch, Rows::hash));
        links.setArray(8, texts(batch, Rows::lane));

        long start = System.nanoTime();
        int touched = links.executeUpdate();
        try (Statement lock = to.createStatement()) {
            lock.execute("LOCK TABLE public.events IN SHARE ROW EXCLUSIVE MODE");
        }
        touched += entities.executeUpdate();
        touched += events.executeUpdate();
        touched += audit.executeUpdate();
        to.commit();
        nanos += System.nanoTime() - start;
        if (touched != 4 * batch.size()) {
            throw new IllegalStateException(
                    "The bare loop wrote " + touched + " rows for " + batch.size() + " records");
        }
        records += batch.size();
    }

    private Array texts(List<Rows> batch, Function<Rows, @Nullable Object> column) throws SQLException {
        return to.createArrayOf("text", batch.stream().map(column).toArray());
    }
}
