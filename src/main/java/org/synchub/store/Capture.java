package org.synchub.store;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * How the hub learns of changes in DataCollect's tables: triggers that append to {@code hub.change}, or a sweep that
 * compares every row's version (xmin) with what was last seen. Neither holds a lock that a write of DataCollect waits
 * for.
 */
public class Capture {

    private static final String INSTALL = """
            DO $$
            BEGIN
                SET LOCAL lock_timeout = '2s';
                CREATE OR REPLACE TRIGGER synchub_capture AFTER INSERT OR UPDATE OR DELETE ON public.entities
                    FOR EACH ROW EXECUTE FUNCTION hub.capture_entity();
                CREATE OR REPLACE TRIGGER synchub_capture AFTER INSERT ON public.events
                    FOR EACH ROW EXECUTE FUNCTION hub.capture_event();
            END $$""";

    private static final String REMOVE = """
            DO $$
            BEGIN
                SET LOCAL lock_timeout = '2s';
                DROP TRIGGER IF EXISTS synchub_capture ON public.entities;
                DROP TRIGGER IF EXISTS synchub_capture ON public.events;
            END $$""";

    private final JdbcClient db;
    private final TransactionTemplate transaction;

    public Capture(JdbcClient db, TransactionTemplate transaction) {
        this.db = db;
        this.transaction = transaction;
    }

    /**
     * Creates the triggers. One statement that the server runs whole: a hub that is stopped in the middle cannot hold
     * DataCollect's tables.
     */
    public void install() {
        db.sql(INSTALL).update();
    }

    /** Drops the triggers; the sweep goes on alone. */
    public void remove() {
        db.sql(REMOVE).update();
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
        return transaction.execute(status -> sweepEntities(tenant) + sweepEventsAndMoveOn(tenant));
    }

    /**
     * Learns once, before anything of a tenant is owed, which entities have LOCAL events only. Later sweeps and the
     * triggers read new events only.
     */
    public void learnLevels(String tenant) {
        transaction.executeWithoutResult(status -> {
            boolean known = db.sql("SELECT EXISTS (SELECT FROM hub.sweep WHERE tenant = :tenant)")
                    .param("tenant", tenant)
                    .query(Boolean.class)
                    .single();
            if (!known) {
                sweepEventsAndMoveOn(tenant);
            }
        });
    }

    /** The horizon is taken before the events are read: what commits in between is read again, never missed. */
    private int sweepEventsAndMoveOn(String tenant) {
        String horizon = db.sql("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
                .query(String.class)
                .single();
        int events = sweepEvents(tenant);
        db.sql("""
                        INSERT INTO hub.sweep (tenant, horizon, swept_at) VALUES (:tenant, :horizon::xid8, hub.now())
                        ON CONFLICT (tenant) DO UPDATE SET horizon = excluded.horizon, swept_at = excluded.swept_at""").param("tenant", tenant).param("horizon", horizon).update();
        return events;
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
     * older. Events matter here only where they decide whether an entity may leave.
     */
    private int sweepEvents(String tenant) {
        return db.sql("""
                        INSERT INTO hub.change (tenant, guid, op, level)
                        SELECT :tenant, n.guid, 'E', l.level
                        FROM (SELECT v.entity_guid AS guid,
                                     bool_or(coalesce(v.sync_level, 0) <= 0) AS local, bool_or(v.sync_level > 0) AS synced
                              FROM public.events v
                              WHERE v.tenant_id = :tenant AND v.entity_guid IS NOT NULL
                                AND age(v.xmin) <= coalesce(
                                    (SELECT age(horizon::xid) FROM hub.sweep WHERE tenant = :tenant), 2147483647)
                              GROUP BY 1) AS n
                        LEFT JOIN hub.entity h ON h.tenant = :tenant AND h.guid = n.guid
                        CROSS JOIN LATERAL (VALUES (0, n.local), (1, n.synced)) AS l (level, stored)
                        WHERE l.stored AND (n.local OR h.local_event AND NOT h.synced_event)""").param("tenant", tenant).update();
    }
}
