package org.synchub.ledger;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@code hub.change} (what capture appended) and {@code hub.entity} (what the hub has seen of each entity). */
public class Changes {

    private static final Logger log = LoggerFactory.getLogger(Changes.class);

    /** No entity's key is that long; an event may name anything. */
    private static final int LONGEST_GUID = 500;

    private final JdbcClient db;

    public Changes(JdbcClient db) {
        this.db = db;
    }

    /**
     * What happened to one entity since the last drain.
     *
     * @param touched its row was written or deleted; false when only an event was stored
     * @param localEvent an event of level LOCAL was stored
     * @param syncedEvent an event of a higher level was stored
     * @param events those of a higher level, in the order in which they were stored
     * @param origins who wrote: names of targets for what the hub itself pulled; contains null for everybody else
     */
    public record Change(
            String tenant,
            String guid,
            boolean touched,
            boolean localEvent,
            boolean syncedEvent,
            List<Event> events,
            Set<@Nullable String> origins) {

        /** Whether all that happened are pulls of the hub's: what it wrote together, row and event, says the same. */
        public boolean isOnlyPulled() {
            return !origins.contains(null) && events.stream().noneMatch(event -> event.origin() == null);
        }
    }

    /**
     * An event that was stored.
     *
     * @param origin the target from which the hub itself pulled it; null for everybody else's, and where nobody noted it
     */
    public record Event(String guid, @Nullable String origin) {}

    /**
     * A page of what capture appended.
     *
     * @param rows how many were taken; none when nothing waits
     * @param changes the same, folded by entity
     */
    public record Taken(int rows, List<Change> changes) {}

    /** What the hub knows of an entity's events. */
    public record Seen(boolean localEvent, boolean syncedEvent) {

        /** Only what is SYNCED leaves: an entity whose every event is LOCAL stays; one without events leaves. */
        public boolean mayLeave() {
            return syncedEvent || !localEvent;
        }
    }

    /**
     * Makes the caller's transaction the only one that turns changes into debts, on all hubs: an entity and the event
     * that holds it back may stand on different pages, and their order decides. Waits for the one before.
     */
    public void alone() {
        db.sql("SELECT pg_advisory_xact_lock(hashtext('synchub'), hashtext('drain'))")
                .query(row -> {});
    }

    /**
     * Takes the oldest appended changes, folded by entity and ordered by (tenant, guid). Joins the caller's transaction:
     * whoever rolls back leaves them to the next.
     */
    public Taken take(int most) {
        record Row(
                long id,
                String tenant,
                String guid,
                char op,
                @Nullable Integer level,
                @Nullable String origin,
                @Nullable String event) {}
        List<Row> rows = new ArrayList<>(db.sql("""
                        DELETE FROM hub.change WHERE id = ANY (ARRAY(
                            SELECT id FROM hub.change ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED))
                        RETURNING id, tenant, guid, op, level, origin, event""")
                .param("most", most)
                .query((row, n) -> new Row(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4).charAt(0),
                        row.getObject(5, Integer.class),
                        row.getString(6),
                        row.getString(7)))
                .list());
        rows.sort((a, b) -> Long.compare(a.id(), b.id()));
        Map<List<String>, Change> folded = new LinkedHashMap<>();
        for (Row row : rows) {
            if (row.guid().length() > LONGEST_GUID) {
                log.warn(
                        "An event of tenant {} names its entity by more than {} characters; it is ignored",
                        row.tenant(),
                        LONGEST_GUID);
                continue;
            }
            boolean event = row.op() == 'E';
            boolean synced = event && row.level() != null && row.level() > 0;
            // What the hub pulls is one row for the entity and its event.
            boolean touched = !event || row.origin() != null;
            Set<@Nullable String> origins = new LinkedHashSet<>();
            if (touched) {
                origins.add(row.origin());
            }
            List<Event> events =
                    synced && row.event() != null ? List.of(new Event(row.event(), row.origin())) : List.of();
            Change change =
                    new Change(row.tenant(), row.guid(), touched, event && !synced, event && synced, events, origins);
            folded.merge(List.of(row.tenant(), row.guid()), change, Changes::fold);
        }
        List<Change> ordered = new ArrayList<>(folded.values());
        ordered.sort(Comparator.comparing(Change::tenant).thenComparing(Change::guid));
        return new Taken(rows.size(), ordered);
    }

    private static Change fold(Change a, Change b) {
        Set<@Nullable String> origins = new LinkedHashSet<>(a.origins());
        origins.addAll(b.origins());
        List<Event> events = new ArrayList<>(a.events());
        events.addAll(b.events());
        return new Change(
                a.tenant(),
                a.guid(),
                a.touched() || b.touched(),
                a.localEvent() || b.localEvent(),
                a.syncedEvent() || b.syncedEvent(),
                events,
                origins);
    }

    /** Whether anything waits to be drained. */
    public boolean waiting() {
        return db.sql("SELECT EXISTS (SELECT FROM hub.change ORDER BY id LIMIT 1)")
                .query(Boolean.class)
                .single();
    }

    /**
     * A row version that was read and is about to be turned into debts.
     *
     * @param xmin the row's version in the store; null when it was not read
     * @param gone the entity's row was looked for and is not there
     */
    public record Version(String guid, @Nullable String xmin, boolean gone, boolean localEvent, boolean syncedEvent) {}

    /**
     * Notes what was seen of these entities and returns what is now known of their events. Joins the caller's
     * transaction; rows are locked in key order.
     */
    public Map<String, Seen> note(String tenant, Collection<Version> versions) {
        Map<String, Seen> seen = new HashMap<>();
        if (versions.isEmpty()) {
            return seen;
        }
        List<Version> ordered = new ArrayList<>(versions);
        ordered.sort((a, b) -> a.guid().compareTo(b.guid()));
        db.sql("""
                        INSERT INTO hub.entity AS e (tenant, guid, seen, local_event, synced_event, deleted)
                        SELECT :tenant, guid, seen::xid, local_event, synced_event, gone
                        FROM unnest(:guids::text[], :seen::text[], :gone::boolean[], :local::boolean[], :synced::boolean[])
                             AS v (guid, seen, gone, local_event, synced_event)
                        ORDER BY guid
                        ON CONFLICT (tenant, guid) DO UPDATE SET
                            seen = coalesce(excluded.seen, e.seen),
                            deleted = excluded.deleted OR e.deleted AND excluded.seen IS NULL,
                            local_event = e.local_event OR excluded.local_event,
                            synced_event = e.synced_event OR excluded.synced_event
                        RETURNING guid, local_event, synced_event""")
                .param("tenant", tenant)
                .param("guids", ordered.stream().map(Version::guid).toArray(String[]::new))
                .param("seen", ordered.stream().map(Version::xmin).toArray(String[]::new))
                .param("gone", ordered.stream().map(Version::gone).toArray(Boolean[]::new))
                .param("local", ordered.stream().map(Version::localEvent).toArray(Boolean[]::new))
                .param("synced", ordered.stream().map(Version::syncedEvent).toArray(Boolean[]::new))
                .query(row -> {
                    seen.put(row.getString(1), new Seen(row.getBoolean(2), row.getBoolean(3)));
                });
        return seen;
    }

    /** Of these row versions, the guids whose version has not been turned into debts yet. */
    public Set<String> unseen(String tenant, Collection<Version> versions) {
        if (versions.isEmpty()) {
            return Set.of();
        }
        return Set.copyOf(db.sql("""
                        SELECT v.guid FROM unnest(:guids::text[], :seen::text[]) AS v (guid, seen)
                        LEFT JOIN hub.entity e ON e.tenant = :tenant AND e.guid = v.guid
                        WHERE e.seen IS NULL OR e.deleted OR e.seen <> v.seen::xid""")
                .param("tenant", tenant)
                .param("guids", versions.stream().map(Version::guid).toArray(String[]::new))
                .param("seen", versions.stream().map(Version::xmin).toArray(String[]::new))
                .query(String.class)
                .list());
    }

    /**
     * Of these row versions, the guids of which something has come in that is not turned into debts yet, so that the
     * events behind what the row holds may not be known. What waits is read by its key: around it lie all rows that were
     * taken since the last vacuum.
     */
    public Set<String> ahead(String tenant, Collection<Version> versions) {
        if (versions.isEmpty()) {
            return Set.of();
        }
        return Set.copyOf(db.sql("""
                        SELECT v.guid FROM unnest(:guids::text[], :seen::text[]) AS v (guid, seen)
                        LEFT JOIN hub.entity e ON e.tenant = :tenant AND e.guid = v.guid
                        WHERE e.seen IS NULL OR e.deleted OR e.seen <> v.seen::xid
                        UNION
                        SELECT c.guid
                        FROM (SELECT id FROM hub.change ORDER BY id LIMIT 1) AS first,
                             LATERAL (SELECT tenant, guid FROM hub.change WHERE id >= first.id ORDER BY id OFFSET 0) AS c
                        WHERE c.tenant = :tenant AND c.guid IN (SELECT unnest(:guids::text[]))""")
                .param("tenant", tenant)
                .param("guids", versions.stream().map(Version::guid).toArray(String[]::new))
                .param("seen", versions.stream().map(Version::xmin).toArray(String[]::new))
                .query(String.class)
                .list());
    }

    /** What is known of these entities' events; those never heard of are absent. */
    public Map<String, Seen> seen(String tenant, Collection<String> guids) {
        Map<String, Seen> seen = new HashMap<>();
        db.sql("""
                        SELECT guid, local_event, synced_event FROM hub.entity
                        WHERE tenant = :tenant AND guid = ANY (:guids::text[])""")
                .param("tenant", tenant)
                .param("guids", guids.toArray(String[]::new))
                .query(row -> {
                    seen.put(row.getString(1), new Seen(row.getBoolean(2), row.getBoolean(3)));
                });
        return seen;
    }

    /** Of these entities, those that were not owed because every event of theirs was LOCAL. */
    public Set<String> keptBack(String tenant, Collection<String> guids) {
        if (guids.isEmpty()) {
            return Set.of();
        }
        return Set.copyOf(db.sql("""
                        SELECT guid FROM hub.entity
                        WHERE tenant = :tenant AND guid = ANY (:guids::text[]) AND local_event AND NOT synced_event""")
                .param("tenant", tenant)
                .param("guids", guids.toArray(String[]::new))
                .query(String.class)
                .list());
    }
}
