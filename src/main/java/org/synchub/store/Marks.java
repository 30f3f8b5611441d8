package org.synchub.store;

import java.sql.Timestamp;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Two counters that only ever move together: one in schema {@code hub}, one beside DataCollect's tables in {@code
 * public.synchub_mark}. When either schema is brought back from an older backup they differ, and who is behind went back.
 */
public class Marks {

    private static final Logger log = LoggerFactory.getLogger(Marks.class);

    private final JdbcClient db;
    private final TransactionTemplate transaction;

    public Marks(JdbcClient db, TransactionTemplate transaction) {
        this.db = db;
        this.transaction = transaction;
    }

    /**
     * Both marks after they were moved on.
     *
     * @param hub the mark in schema hub
     * @param store the store's; null when it is not there
     * @param kept whether the store had a mark
     * @param storeAt when the store's was moved on before; null when it is not there
     */
    public record Reading(
            long hub,
            @Nullable Long store,
            boolean kept,
            @Nullable Instant storeAt) {}

    /**
     * Begins to keep the store's mark. One that was there and is gone tells of a restore; {@link #level} puts it back.
     *
     * @param create whether to make one where none has been; otherwise none is missed either
     */
    public void begin(boolean create) {
        transaction.executeWithoutResult(status -> {
            db.sql("SELECT pg_advisory_xact_lock(hashtext('hub.mark'))").query(row -> {});
            boolean there = db.sql("SELECT to_regclass('public.synchub_mark') IS NOT NULL")
                    .query(Boolean.class)
                    .single();
            if (there) {
                db.sql("UPDATE hub.mark SET in_store = true WHERE NOT in_store").update();
                return;
            }
            boolean kept =
                    db.sql("SELECT in_store FROM hub.mark").query(Boolean.class).single();
            if (kept != create) {
                boolean made = create && create();
                db.sql("UPDATE hub.mark SET in_store = :made")
                        .param("made", made)
                        .update();
            }
        });
    }

    private boolean create() {
        boolean allowed = db.sql("SELECT has_schema_privilege('public', 'CREATE')")
                .query(Boolean.class)
                .single();
        if (!allowed) {
            log.warn(
                    "The hub may not create tables in schema public, so it cannot notice when schema hub or DataCollect's"
                            + " tables are brought back from an older backup. GRANT CREATE ON SCHEMA public to its role and"
                            + " restart it, or run `reconcile` after every restore");
            return false;
        }
        db.sql(
                        "CREATE TABLE IF NOT EXISTS public.synchub_mark (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),"
                                + " mark bigint NOT NULL, at timestamptz NOT NULL)")
                .update();
        db.sql("INSERT INTO public.synchub_mark (mark, at) SELECT mark, hub.now() FROM hub.mark ON CONFLICT DO NOTHING")
                .update();
        return true;
    }

    /** Moves both marks on, and reads them. */
    public Reading advance() {
        return db.sql("SELECT of_hub, of_store, kept, store_at FROM hub.advance_mark()")
                .query((row, n) -> new Reading(
                        row.getLong(1), row.getObject(2, Long.class), row.getBoolean(3), instant(row.getTimestamp(4))))
                .single();
    }

    private static @Nullable Instant instant(@Nullable Timestamp time) {
        return time == null ? null : time.toInstant();
    }

    /** Makes the marks equal again, not below this one; joins the transaction that notes why they differed. */
    public void level(long atLeast) {
        create();
        db.sql("""
                        WITH highest AS (
                            SELECT greatest(h.mark, s.mark, :least) AS mark FROM hub.mark h, public.synchub_mark s),
                        of_hub AS (UPDATE hub.mark h SET mark = highest.mark FROM highest)
                        UPDATE public.synchub_mark s SET mark = highest.mark FROM highest""").param("least", atLeast).update();
    }
}
