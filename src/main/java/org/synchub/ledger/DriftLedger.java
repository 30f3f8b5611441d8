package org.synchub.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@code hub.drift}: entities that do not hold what their events say. Joins the caller's transaction. */
public class DriftLedger {

    private static final String COLUMNS = "tenant, guid, events, deleted, said, held, coalesce(version, 0), noticed_at";

    /** An entity is compared with no more than this many of its newest events. */
    private static final int MOST_EVENTS = 200;

    private final JdbcClient db;
    private final Vault vault;

    public DriftLedger(JdbcClient db, Vault vault) {
        this.db = db;
        this.vault = vault;
    }

    /**
     * One entity.
     *
     * @param events guids, in the order in which they were stored
     * @param deleted whether the last event deletes the entity
     * @param said what the events say of the fields in which they and the entity differ; null while only suspected
     * @param held what the entity holds in these fields
     * @param version of the entity when it was compared
     */
    public record Drift(
            String tenant,
            String guid,
            List<String> events,
            boolean deleted,
            @Nullable ObjectNode said,
            @Nullable ObjectNode held,
            long version,
            Instant noticedAt) {

        /** Without the values, so that it may be logged. */
        @Override
        public String toString() {
            return "Drift[" + tenant + "/" + guid + ", " + events.size() + " events]";
        }
    }

    /** Of these entities, those that are suspected or found already. */
    public Set<String> known(String tenant, Collection<String> guids) {
        return guids.isEmpty()
                ? Set.of()
                : Set.copyOf(db.sql("SELECT guid FROM hub.drift WHERE tenant = :tenant AND guid = ANY (:guids::text[])")
                        .param("tenant", tenant)
                        .param("guids", guids.toArray(String[]::new))
                        .query(String.class)
                        .list());
    }

    /** Notes that an entity is to be compared with these events, beside those noted before. */
    public void suspect(String tenant, String guid, List<String> events) {
        db.sql("""
                        INSERT INTO hub.drift AS d (tenant, guid, events) VALUES (:tenant, :guid, :events::text[])
                        ON CONFLICT (tenant, guid) DO UPDATE SET
                            events = (d.events || excluded.events)
                                [greatest(1, cardinality(d.events) + cardinality(excluded.events) - :most + 1):],
                            checked_at = NULL""")
                .param("tenant", tenant)
                .param("guid", guid)
                .param("events", events.toArray(String[]::new))
                .param("most", MOST_EVENTS)
                .update();
    }

    /** Those noticed long enough ago, those first that were not compared for longest; locked against other hubs. */
    public List<Drift> due(Duration since, int most) {
        return db.sql("SELECT " + COLUMNS
                        + " FROM hub.drift WHERE noticed_at <= hub.now() - make_interval(secs => :since)"
                        + " ORDER BY checked_at NULLS FIRST, tenant, guid LIMIT :most FOR UPDATE SKIP LOCKED")
                .param("since", Timestamps.seconds(since))
                .param("most", most)
                .query((row, n) -> read(row))
                .list();
    }

    /** Writes down how an entity differs from its events. */
    public void found(Drift drift) {
        db.sql("""
                        UPDATE hub.drift SET state = 'found', deleted = :deleted, said = :said, held = :held,
                               version = :version, checked_at = hub.now()
                        WHERE tenant = :tenant AND guid = :guid""")
                .param("tenant", drift.tenant())
                .param("guid", drift.guid())
                .param("deleted", drift.deleted())
                .param("said", vault.seal(drift.said(), drift.tenant(), drift.guid()))
                .param("held", vault.seal(drift.held(), drift.tenant(), drift.guid()))
                .param("version", drift.version())
                .update();
    }

    /**
     * Forgets an entity: it holds what its events say, or a person has seen it.
     *
     * @return whether it was there
     */
    public boolean forget(String tenant, String guid) {
        return db.sql("DELETE FROM hub.drift WHERE tenant = :tenant AND guid = :guid")
                        .param("tenant", tenant)
                        .param("guid", guid)
                        .update()
                == 1;
    }

    /** What was found, the oldest first; of one tenant when one is named. */
    public List<Drift> list(@Nullable String tenant, int most) {
        return db.sql(
                        "SELECT " + COLUMNS + " FROM hub.drift WHERE state = 'found'"
                                + " AND (:tenant::text IS NULL OR tenant = :tenant) ORDER BY noticed_at, tenant, guid LIMIT :most")
                .param("tenant", tenant)
                .param("most", most)
                .query((row, n) -> read(row))
                .list();
    }

    /** One that was found. */
    public Optional<Drift> find(String tenant, String guid) {
        return db.sql("SELECT " + COLUMNS
                        + " FROM hub.drift WHERE state = 'found' AND tenant = :tenant AND guid = :guid")
                .param("tenant", tenant)
                .param("guid", guid)
                .query((row, n) -> read(row))
                .optional();
    }

    public long count(String tenant) {
        return count(db, tenant);
    }

    static long count(JdbcClient db, String tenant) {
        return db.sql("SELECT count(*) FROM hub.drift WHERE state = 'found' AND tenant = :tenant")
                .param("tenant", tenant)
                .query(Long.class)
                .single();
    }

    /** By guid, what the events of these entities say where the entities differ. */
    public Map<String, ObjectNode> said(String tenant, Collection<String> guids) {
        Map<String, ObjectNode> said = new HashMap<>();
        if (!guids.isEmpty()) {
            db.sql("SELECT guid, said FROM hub.drift WHERE state = 'found' AND tenant = :tenant"
                            + " AND guid = ANY (:guids::text[])")
                    .param("tenant", tenant)
                    .param("guids", guids.toArray(String[]::new))
                    .query(row -> {
                        ObjectNode fields = open(row.getBytes(2), tenant, row.getString(1));
                        if (fields != null) {
                            said.put(row.getString(1), fields);
                        }
                    });
        }
        return said;
    }

    private @Nullable ObjectNode open(byte @Nullable [] values, String tenant, String guid) {
        return vault.open(values, "drift", tenant, guid);
    }

    private Drift read(ResultSet row) throws SQLException {
        Array events = row.getArray(3);
        return new Drift(
                row.getString(1),
                row.getString(2),
                List.of((String[]) events.getArray()),
                row.getBoolean(4),
                open(row.getBytes(5), row.getString(1), row.getString(2)),
                open(row.getBytes(6), row.getString(1), row.getString(2)),
                row.getLong(7),
                row.getTimestamp(8).toInstant());
    }
}
