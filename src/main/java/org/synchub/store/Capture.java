package org.synchub.store;

import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * How the hub learns of changes in DataCollect's tables: triggers that append to {@code hub.change}, or a sweep that
 * compares every row's version (xmin) with what was last seen. Neither holds a lock that a write of DataCollect waits
 * for.
 */
public class Capture {

    /** How long one try to change DataCollect's tables may make DataCollect's writes wait. */
    private static final String PATIENCE = "SET LOCAL lock_timeout = '100ms'";

    private static final int TRIES = 100;

    /** Lock not available, deadlock detected. */
    private static final Set<String> BUSY = Set.of("55P03", "40P01");

    private static final String BETWEEN_TRIES = "SELECT pg_sleep(0.1)";

    private static final List<String> INSTALL = List.of("""
            CREATE OR REPLACE TRIGGER synchub_capture AFTER INSERT OR UPDATE OR DELETE ON public.entities
                FOR EACH ROW EXECUTE FUNCTION hub.capture_entity()""", """
            CREATE OR REPLACE TRIGGER synchub_capture AFTER INSERT OR UPDATE OF "timestamp" ON public.events
                FOR EACH ROW EXECUTE FUNCTION hub.capture_event()""");

    private static final List<String> REMOVE = List.of(
            "DROP TRIGGER IF EXISTS synchub_capture ON public.entities",
            "DROP TRIGGER IF EXISTS synchub_capture ON public.events");

    private final JdbcClient db;
    private final TransactionTemplate transaction;

    public Capture(JdbcClient db, TransactionTemplate transaction) {
        this.db = db;
        this.transaction = transaction;
    }

    /**
     * Creates the triggers. Each is one statement that the server runs whole: a hub that is stopped in the middle cannot
     * hold DataCollect's tables.
     *
     * @throws IllegalStateException when a long transaction keeps a table busy for more than ten seconds; DataCollect's
     *     own writes are let through in between
     */
    public void install() {
        INSTALL.forEach(this::changeTable);
    }

    /** Drops the triggers; the sweep goes on alone. Throws as {@link #install}. */
    public void remove() {
        REMOVE.forEach(this::changeTable);
    }

    private void changeTable(String statement) {
        String patiently = "DO $synchub$ BEGIN " + PATIENCE + "; " + statement + "; END $synchub$";
        for (int attempt = 1; ; attempt++) {
            try {
                db.sql(patiently).update();
                return;
            } catch (DataAccessException e) {
                if (!(e.getMostSpecificCause() instanceof SQLException sql && BUSY.contains(sql.getSQLState()))) {
                    throw e;
                }
                if (attempt == TRIES) {
                    throw new IllegalStateException(
                            "A long transaction keeps DataCollect's tables busy, so the capture triggers cannot be changed"
                                    + " now. Nothing is lost: run `capture install` or `capture remove` again later",
                            e);
                }
                db.sql(BETWEEN_TRIES).query(row -> {});
            }
        }
    }

    /** Whether both triggers are there and enabled. */
    public boolean installed() {
        return db.sql("""
                                SELECT count(*) FROM pg_trigger
                                WHERE tgname = 'synchub_capture' AND tgenabled <> 'D'
                                  AND tgrelid IN (to_regclass('public.entities'), to_regclass('public.events'))""").query(Integer.class).single() == 2;
    }

    /** Names of DataCollect's tables that the hub needs and does not find. */
    public List<String> missingTables() {
        return db.sql("""
                        SELECT name FROM unnest(ARRAY['app_configs', 'audit_log', 'entities', 'events', 'merkle_root']) AS needed (name)
                        WHERE to_regclass('public.' || name) IS NULL""").query(String.class).list();
    }

    /** Whether DataCollect's own external sync is configured for a tenant: it would write to the same target. */
    public boolean externalSyncConfigured(String tenant) {
        return db.sql("""
                        SELECT EXISTS (SELECT FROM public.app_configs
                            WHERE id = :tenant AND external_sync IS NOT NULL AND external_sync <> 'null'::jsonb
                              AND external_sync <> '{}'::jsonb)""").param("tenant", tenant).query(Boolean.class).single();
    }

    /**
     * Appends to {@code hub.change} what differs from what was last seen: new and changed rows, deleted ones, and events
     * stored since. Reads every row's version once and no row's content.
     *
     * @return how many changes were appended
     */
    public int sweep(String tenant) {
        // Events first: what holds an entity back must be drained before, or with, the entity itself.
        return transaction.execute(status -> sweepEvents(tenant) + sweepEntities(tenant));
    }

    /**
     * Learns once, before anything of a tenant is owed, what levels each entity's events have. Later sweeps and the
     * triggers read new events only, so what is not learned here would never be known.
     */
    public void learnLevels(String tenant) {
        transaction.executeWithoutResult(status -> {
            boolean known = db.sql("SELECT EXISTS (SELECT FROM hub.sweep WHERE tenant = :tenant)")
                    .param("tenant", tenant)
                    .query(Boolean.class)
                    .single();
            if (!known) {
                String horizon = horizon();
                db.sql("""
                                INSERT INTO hub.entity AS e (tenant, guid, local_event, synced_event)
                                SELECT :tenant, entity_guid, bool_or(coalesce(sync_level, 0) <= 0), bool_or(sync_level > 0) IS TRUE
                                FROM public.events
                                WHERE tenant_id = :tenant AND length(entity_guid) <= 500
                                GROUP BY entity_guid ORDER BY entity_guid
                                ON CONFLICT (tenant, guid) DO UPDATE SET
                                    local_event = e.local_event OR excluded.local_event,
                                    synced_event = e.synced_event OR excluded.synced_event""").param("tenant", tenant).update();
                moveOn(tenant, horizon);
            }
        });
    }

    /** Row versions of transactions from here on may not have been seen by what is read next. */
    private String horizon() {
        return db.sql("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
                .query(String.class)
                .single();
    }

    private void moveOn(String tenant, String horizon) {
        db.sql("""
                        INSERT INTO hub.sweep (tenant, horizon, swept_at) VALUES (:tenant, :horizon::xid8, hub.now())
                        ON CONFLICT (tenant) DO UPDATE SET horizon = excluded.horizon, swept_at = excluded.swept_at""").param("tenant", tenant).param("horizon", horizon).update();
    }

    private int sweepEntities(String tenant) {
        return db.sql("""
                        INSERT INTO hub.change (tenant, guid, op)
                        SELECT :tenant, e.guid, 'U'
                        FROM public.entities e LEFT JOIN hub.entity h ON h.tenant = :tenant AND h.guid = e.guid
                        WHERE e.tenant_id = :tenant AND e.guid IS NOT NULL
                          AND (h.seen IS NULL OR h.deleted OR h.seen <> e.xmin)
                        UNION ALL
                        SELECT :tenant, h.guid, 'D'
                        FROM hub.entity h LEFT JOIN public.entities e ON e.tenant_id = :tenant AND e.guid = h.guid
                        WHERE h.tenant = :tenant AND NOT h.deleted AND h.seen IS NOT NULL AND e.guid IS NULL""").param("tenant", tenant).update();
    }

    /**
     * Only rows whose writer began after the last sweep's horizon are new: a row that was committed since cannot be
     * older. The horizon is taken before the events are read: what commits in between is read again, never missed. A
     * horizon that lies ahead is another server's (the database was restored): everything is new then. Events matter
     * here only where they add to what is known.
     */
    private int sweepEvents(String tenant) {
        String horizon = horizon();
        int found = db.sql("""
                        INSERT INTO hub.change (tenant, guid, op, level)
                        SELECT :tenant, n.guid, 'E', l.level
                        FROM (SELECT v.entity_guid AS guid,
                                     bool_or(coalesce(v.sync_level, 0) <= 0) AS local, bool_or(v.sync_level > 0) AS synced
                              FROM public.events v
                              WHERE v.tenant_id = :tenant AND length(v.entity_guid) <= 500
                                AND age(v.xmin) <= coalesce(
                                    (SELECT age(horizon::xid) FROM hub.sweep
                                     WHERE tenant = :tenant AND horizon <= pg_snapshot_xmax(pg_current_snapshot())),
                                    2147483647)
                              GROUP BY 1) AS n
                        LEFT JOIN hub.entity h ON h.tenant = :tenant AND h.guid = n.guid
                        CROSS JOIN LATERAL (VALUES (0, n.local AND h.local_event IS NOT TRUE),
                                                   (1, n.synced AND h.synced_event IS NOT TRUE)) AS l (level, tells)
                        WHERE l.tells""").param("tenant", tenant).update();
        noteEvents(tenant);
        moveOn(tenant, horizon);
        return found;
    }

    /** Which events came since the last sweep, so that their entities can be compared with them. */
    private void noteEvents(String tenant) {
        db.sql("""
                        INSERT INTO hub.change (tenant, guid, op, level, event)
                        SELECT :tenant, v.entity_guid, 'E', v.sync_level, v.guid
                        FROM public.events v, hub.sweep s
                        WHERE s.tenant = :tenant AND s.horizon <= pg_snapshot_xmax(pg_current_snapshot())
                          AND v.tenant_id = :tenant AND v.sync_level > 0 AND length(v.entity_guid) <= 500
                          AND age(v.xmin) <= age(s.horizon::xid)
                        ORDER BY v.ctid""").param("tenant", tenant).update();
    }
}
