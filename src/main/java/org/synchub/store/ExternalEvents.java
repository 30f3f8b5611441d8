package org.synchub.store;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes what was pulled from a target into DataCollect's tables so that its server and its devices take it for their own:
 * an event of level EXTERNAL, the entity's new state, an audit row.
 *
 * <p>Devices ask for events after the newest timestamp that they have seen. So an event must be newer than every other of
 * its tenant at the moment of its commit, no two may share a millisecond, and none may have a fraction of one. Only a
 * lock on {@code public.events} can promise that; it is held from the first statement that needs it until the caller
 * commits, so the caller commits at once. Everything else is done before.
 *
 * <p>Source: {@code packages/datacollect/src/components/InternalSyncManager.ts}, {@code packages/backend/src/syncRoute.ts}
 * and {@code packages/datacollect/src/services/EventApplierService.ts} of idpass/idpass-data-collect v1.0.0.
 */
public final class ExternalEvents {

    private static final int EXTERNAL = 2;

    private final InstantSource clock;
    private final Duration lockTimeout;
    private final NewestKnown known = new NewestKnown();

    /**
     * Any number of threads may share it.
     *
     * @param clock for the applied time; events are never older than it
     * @param lockTimeout how long to wait for devices that are writing, at least a millisecond
     */
    public ExternalEvents(InstantSource clock, Duration lockTimeout) {
        if (lockTimeout.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "The lock timeout " + lockTimeout + " is below 1 ms, which PostgreSQL takes for no limit at all.");
        }
        this.clock = clock;
        this.lockTimeout = lockTimeout;
    }

    /**
     * Writes the changes into the caller's transaction, in their order. Commit right after it: until then no device can
     * send anything. Leaves {@code lock_timeout} and {@code hub.origin} (the target, for the capture of changes) set for
     * the rest of the transaction.
     *
     * <p>The user needs UPDATE on {@code events} beside INSERT, because PostgreSQL asks for it to lock the table.
     *
     * @param connection in a transaction of level READ COMMITTED; the caller has not locked rows of
     *     {@code public.entities} in it, else two hubs could wait for each other
     * @param target the name of the target from which the changes come
     * @param changes at most one per entity, because of several in one pull a device applies only one
     * @return one result per change, in the same order
     * @throws SQLException with state 55P03 when a lock was not free in time: nothing is lost, roll back and repeat
     */
    public List<WriteResult> write(Connection connection, String tenant, String target, List<PulledChange> changes)
            throws SQLException {
        refuseUnlessReadCommitted(connection);
        refuseTwins(changes);
        if (changes.isEmpty()) {
            return List.of();
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        List<Pending> pending =
                changes.parallelStream().map(change -> new Pending(change, now)).toList();
        prepare(connection, target);
        lockEvents(connection);
        decide(connection, tenant, pending);
        delete(connection, tenant, pending, now);
        saveEntities(connection, tenant, pending, now);
        insertEvents(connection, tenant, pending, now);
        return pending.stream().map(Pending::result).toList();
    }

    /** One change on its way: its JSON as text, made before the lock, and what was decided about it. */
    private static final class Pending {

        final PulledChange change;
        final String data;
        final @Nullable String doc;
        boolean alreadyWritten;
        boolean movedOn;
        boolean exists;

        @Nullable
        String xmin;

        List<String> cascaded = List.of();
        Instant timestamp = Instant.EPOCH;

        Pending(PulledChange change, Instant now) {
            this.change = change;
            this.data = change.data().toString();
            ObjectNode given = change.doc();
            this.doc = given == null
                    ? null
                    : JsonNodeFactory.instance
                            .objectNode()
                            .<ObjectNode>setAll(given)
                            .put("lastUpdated", IsoMillis.format(now))
                            .toString();
        }

        boolean isWritten() {
            return !alreadyWritten && !movedOn;
        }

        WriteResult result() {
            String entity = change.entityGuid();
            UUID event = change.eventGuid();
            if (alreadyWritten) {
                return new WriteResult.AlreadyWritten(entity, event);
            }
            return movedOn
                    ? new WriteResult.MovedOn(entity, event, xmin)
                    : new WriteResult.Written(entity, event, timestamp, xmin, cascaded);
        }
    }

    private void prepare(Connection connection, String target) throws SQLException {
        try (PreparedStatement settings = connection.prepareStatement(
                "SELECT set_config('lock_timeout', ?, true), set_config('hub.origin', ?, true)")) {
            settings.setString(1, lockTimeout.toMillis() + "ms");
            settings.setString(2, target);
            settings.execute();
        }
    }

    /** Keeps every other writer out and waits for those who are in, while readers go on. */
    private static void lockEvents(Connection connection) throws SQLException {
        try (Statement lock = connection.createStatement()) {
            lock.execute("LOCK TABLE public.events IN SHARE ROW EXCLUSIVE MODE");
        }
    }

    private static void decide(Connection connection, String tenant, List<Pending> pending) throws SQLException {
        Set<String> written = writtenEvents(connection, pending);
        Map<String, EntityRow> rows = EntityRows.lock(
                connection,
                tenant,
                pending.stream().map(p -> p.change.entityGuid()).toList());
        for (Pending p : pending) {
            EntityRow row = rows.get(p.change.entityGuid());
            p.alreadyWritten = written.contains(p.change.eventGuid().toString());
            p.exists = row != null;
            p.xmin = row == null ? null : row.xmin();
            p.movedOn = !p.change.expected().agreesWith(row);
        }
    }

    private static Set<String> writtenEvents(Connection connection, List<Pending> pending) throws SQLException {
        Set<String> written = new HashSet<>();
        try (PreparedStatement select =
                connection.prepareStatement("SELECT guid FROM public.events WHERE guid = ANY (?)")) {
            select.setArray(1, texts(connection, pending, p -> p.change.eventGuid()));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    written.add(row.getString(1));
                }
            }
        }
        return written;
    }

    /** Takes entities away with the members of groups, as the server does: each leaves one audit row, members first. */
    private static void delete(Connection connection, String tenant, List<Pending> pending, Instant now)
            throws SQLException {
        List<Pending> deletes = pending.stream()
                .filter(p -> p.isWritten() && p.change.isDelete() && p.exists)
                .toList();
        if (deletes.isEmpty()) {
            return;
        }
        Map<String, Pending> byGuid = new HashMap<>();
        pending.forEach(p -> byGuid.put(p.change.entityGuid(), p));
        Map<String, List<String>> members = EntityRows.members(
                connection,
                tenant,
                deletes.stream().map(p -> p.change.entityGuid()).toList());
        List<CascadedDelete> gone = new ArrayList<>();
        for (Pending p : deletes) {
            List<String> cascade = CascadedDelete.membersFirst(p.change.entityGuid(), members);
            cascade.forEach(guid -> gone.add(new CascadedDelete(guid, p.change)));
            p.cascaded = cascade.subList(0, cascade.size() - 1);
            p.xmin = null;
            for (String member : p.cascaded) {
                Pending alsoChanged = byGuid.get(member);
                // Made from a state that this very transaction ends.
                if (alsoChanged != null && !alsoChanged.change.isDelete() && !alsoChanged.alreadyWritten) {
                    alsoChanged.movedOn = true;
                    alsoChanged.xmin = null;
                }
            }
        }
        EntityRows.delete(connection, tenant, gone, now);
    }

    /** Guids and documents; OFFSET keeps PostgreSQL from reading a document's text once for each column it goes to. */
    private static final String PARSED =
            "(SELECT guid, doc::jsonb AS doc FROM unnest(?::text[], ?::text[]) AS given (guid, doc) OFFSET 0)";

    private static void saveEntities(Connection connection, String tenant, List<Pending> pending, Instant now)
            throws SQLException {
        List<Pending> upserts = pending.stream()
                .filter(p -> p.isWritten() && !p.change.isDelete())
                .toList();
        save(
                connection,
                "UPDATE public.entities AS e SET initial = r.doc, modified = r.doc, last_updated = ?::timestamp FROM "
                        + PARSED + " AS r WHERE e.guid = r.guid AND e.tenant_id = ? RETURNING e.guid, e.xmin::text",
                tenant,
                upserts.stream().filter(p -> p.exists).toList(),
                now);
        List<Pending> inserts = upserts.stream().filter(p -> !p.exists).toList();
        // The server may have created the entity since it was looked for. Then the doc was made from nothing, in error.
        save(
                connection,
                "INSERT INTO public.entities (id, guid, initial, modified, last_updated, tenant_id)"
                        + " SELECT r.guid, r.guid, r.doc, r.doc, x.at::timestamp, t.tenant FROM (SELECT ? AS at) AS x,"
                        + PARSED + " AS r, (SELECT ? AS tenant) AS t"
                        + " ON CONFLICT DO NOTHING RETURNING guid, xmin::text",
                tenant,
                inserts,
                now);
        for (Pending p : inserts) {
            p.movedOn = p.xmin == null;
        }
    }

    private static void save(Connection connection, String sql, String tenant, List<Pending> pending, Instant now)
            throws SQLException {
        if (pending.isEmpty()) {
            return;
        }
        Map<String, Pending> byGuid = new HashMap<>();
        pending.forEach(p -> byGuid.put(p.change.entityGuid(), p));
        try (PreparedStatement save = connection.prepareStatement(sql)) {
            save.setString(1, IsoMillis.format(now));
            save.setArray(2, texts(connection, pending, p -> p.change.entityGuid()));
            save.setArray(3, texts(connection, pending, p -> p.doc));
            save.setString(4, tenant);
            try (ResultSet row = save.executeQuery()) {
                while (row.next()) {
                    Pending saved = byGuid.get(row.getString(1));
                    if (saved != null) {
                        saved.xmin = row.getString(2);
                    }
                }
            }
        }
    }

    private void insertEvents(Connection connection, String tenant, List<Pending> pending, Instant now)
            throws SQLException {
        List<Pending> written = pending.stream().filter(Pending::isWritten).toList();
        if (written.isEmpty()) {
            return;
        }
        Instant afterNewest = known.newest(connection, tenant).plusMillis(1);
        Instant next = afterNewest.isAfter(now) ? afterNewest : now;
        for (Pending p : written) {
            p.timestamp = next;
            next = next.plusMillis(1);
        }
        String sql = """
                WITH change AS (
                  SELECT r.guid, r.entity, r.type, r.data::jsonb AS data, r.at, r.by, r.n, x.tenant, x.applied
                    FROM (SELECT ? AS tenant, ?::timestamptz AS applied) AS x,
                         unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[])
                         WITH ORDINALITY AS r (guid, entity, type, data, at, by, n)
                ), event AS (
                  INSERT INTO public.events (guid, tenant_id, entity_guid, type, data, "timestamp", user_id, sync_level)
                  SELECT guid, tenant, entity, type, data, at::timestamptz, by, %d FROM change ORDER BY n
                )
                INSERT INTO public.audit_log
                       (tenant_id, action, guid, entity_guid, event_guid, changes, signature, user_id, "timestamp")
                SELECT tenant, type, gen_random_uuid()::text, entity, guid, data, '', by, applied
                  FROM change WHERE type <> '%s' ORDER BY n""".formatted(EXTERNAL, PulledChange.DELETE);
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, tenant);
            insert.setString(2, IsoMillis.format(now));
            insert.setArray(3, texts(connection, written, p -> p.change.eventGuid()));
            insert.setArray(4, texts(connection, written, p -> p.change.entityGuid()));
            insert.setArray(5, texts(connection, written, p -> p.change.type()));
            insert.setArray(6, texts(connection, written, p -> p.data));
            insert.setArray(7, texts(connection, written, p -> IsoMillis.format(p.timestamp)));
            insert.setArray(8, texts(connection, written, p -> p.change.userId()));
            insert.executeUpdate();
        }
        known.wrote(connection, tenant, next.minusMillis(1));
    }

    private static Array texts(Connection connection, List<Pending> pending, Function<Pending, @Nullable Object> column)
            throws SQLException {
        return EntityRows.texts(connection, pending.stream().map(column).map(String::valueOf));
    }

    private static void refuseUnlessReadCommitted(Connection connection) throws SQLException {
        if (connection.getAutoCommit()) {
            throw new IllegalStateException(
                    "Pulled changes must be written in a transaction: switch autocommit off before calling.");
        }
        if (connection.getTransactionIsolation() != Connection.TRANSACTION_READ_COMMITTED) {
            throw new IllegalStateException("Pulled changes must be written at READ COMMITTED: at any higher level"
                    + " the transaction does not see the events that came in before it got the lock.");
        }
    }

    private static void refuseTwins(List<PulledChange> changes) {
        Set<String> entities = new HashSet<>();
        Set<UUID> events = new HashSet<>();
        for (PulledChange change : changes) {
            if (!entities.add(change.entityGuid()) || !events.add(change.eventGuid())) {
                throw new IllegalArgumentException("Entity " + change.entityGuid() + " or event " + change.eventGuid()
                        + " is twice in one list of pulled changes: devices would apply one of them only."
                        + " Merge them into one.");
            }
        }
    }
}
