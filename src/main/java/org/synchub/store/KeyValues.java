package org.synchub.store;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * {@code hub.key_value}: which entities hold which texts at the places of keys, for the pulls that ask so often that
 * reading a tenant's entities each time would not do. Hashes only; whoever finds an entity compares for himself.
 */
public class KeyValues {

    private final JdbcClient db;

    public KeyValues(JdbcClient db) {
        this.db = db;
    }

    /**
     * A place of keys.
     *
     * @param jsonPath in PostgreSQL's notation
     * @param length how many characters of a text count
     */
    public record Place(String jsonPath, int length) {}

    /**
     * How many rows of entities have been written, by whomever.
     *
     * @param counter what counts them; another one begins anew
     */
    public record Written(String counter, long rows) {}

    /** What has been written as of now, also by transactions that are not committed yet; null when nothing counts it. */
    public @Nullable Written written() {
        return db.sql("""
                        SELECT concat_ws(' ', t.oid, t.xmin, pg_postmaster_start_time()),
                               coalesce(pg_sequence_last_value('hub.entities_written'), 0)
                        FROM pg_trigger t
                        WHERE t.tgrelid = 'public.entities'::regclass AND t.tgname = 'synchub_capture'
                          AND t.tgenabled IN ('O', 'A') AND current_setting('session_replication_role') <> 'replica'""")
                .query((row, n) -> new Written(row.getString(1), row.getLong(2)))
                .optional()
                .orElse(null);
    }

    /** Whether a transaction that may have written entities is not committed yet. */
    public boolean isBeingWritten() {
        return db.sql("SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'public.entities'::regclass AND granted"
                        + " AND mode = 'RowExclusiveLock' AND pid IS DISTINCT FROM pg_backend_pid()"
                        + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))")
                .query(Boolean.class)
                .single();
    }

    /** Below it every transaction has ended: rows that a later look has not seen yet are not below it. */
    public String horizon() {
        return db.sql("SELECT pg_snapshot_xmin(pg_current_snapshot())::xid::text")
                .query(String.class)
                .single();
    }

    /** Adds what a tenant's entities hold at a place. */
    public void addAll(long run, String tenant, Place place) {
        add(run, tenant, place, "true").update();
    }

    /** Adds what entities hold whose rows were written since a horizon. */
    public void addSince(long run, String tenant, Place place, String horizon) {
        add(run, tenant, place, "age(e.xmin) <= age(:horizon::text::xid)")
                .param("horizon", horizon)
                .update();
    }

    /** Adds what these entities hold. */
    public void add(long run, String tenant, Place place, Collection<String> guids) {
        add(run, tenant, place, "e.guid = ANY (:guids::text[])")
                .param("guids", guids.toArray(String[]::new))
                .update();
    }

    private JdbcClient.StatementSpec add(long run, String tenant, Place place, String which) {
        return db.sql("""
                        INSERT INTO hub.key_value (run, value, guid)
                        SELECT :run, hashtextextended(:place || left(found.value #>> '{}', :length), 0), e.guid
                        FROM public.entities e, jsonb_path_query(e.modified, :place::jsonpath) AS found (value)
                        WHERE e.tenant_id = :tenant AND e.guid IS NOT NULL AND found.value #>> '{}' IS NOT NULL AND
                        """ + which)
                .param("run", run)
                .param("tenant", tenant)
                .param("place", place.jsonPath())
                .param("length", place.length());
    }

    /** Entities that may hold one of these texts at a place: among them are all that do. */
    public List<String> guids(long run, Place place, Collection<String> texts) {
        return db.sql("SELECT hub.key_guids(:run, :place, :texts::text[])")
                .param("run", run)
                .param("place", place.jsonPath())
                .param("texts", texts.toArray(String[]::new))
                .query(String.class)
                .list();
    }

    /** Forgets what was noted for a run, and for others that have ended without saying so. */
    public void forget(long run) {
        db.sql("DELETE FROM hub.key_value k WHERE k.run = :run"
                        + " OR NOT EXISTS (SELECT FROM hub.run r WHERE r.id = k.run AND r.status = 'running')")
                .param("run", run)
                .update();
    }
}
