package org.synchub.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What the database knows of each target, shared by all hubs: its tenant, the mapping that feeds it, how far its backfill
 * came, and whether it runs, backs off, stopped or is paused.
 */
public class Targets {

    /** The parked row that tells of a restore. */
    public static final String RESTORED_ROW = "*restored";

    private final JdbcClient db;

    public Targets(JdbcClient db) {
        this.db = db;
    }

    /** Whether a target may be spoken to. */
    public enum Condition {
        RUNNING,
        /** In trouble; probed again by itself at {@link Target#nextTryAt()}. */
        BACKING_OFF,
        /** A setting or a person must change something; probed sparingly. */
        STOPPED,
        /** Paused by a person. */
        PAUSED;

        String column() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** What was brought back from an older backup. */
    public enum Restored {
        /** Schema {@code hub}: links, bases and debts are older than what both sides hold. */
        HUB,
        /** DataCollect's tables. */
        STORE,
        /** Both, together. */
        DATABASE,
        /** The target itself. */
        TARGET;

        /**
         * Reads a word.
         *
         * @return null for no word
         * @throws IllegalArgumentException naming the words there are
         */
        public static @Nullable Restored of(@Nullable String word) {
            if (word == null || word.isBlank()) {
                return null;
            }
            for (Restored one : values()) {
                if (one.word().equals(word.strip())) {
                    return one;
                }
            }
            throw new IllegalArgumentException(
                    "'" + word + "' is not hub, store, database (both of them) or target: name what was restored");
        }

        /** The lower-case word for it. */
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * A row of {@code hub.target}.
     *
     * @param backfillAfter guid up to which the records that were already there are owed
     * @param backfilledAt when all were
     * @param failures troubles in a row
     * @param restored what went back to an older state; null for nothing. Until a person decides nothing is exchanged
     * @param restoredTo what was agreed on before is not concerned; null when that is not known
     * @param lowered null while the target is given all that is configured
     */
    public record Target(
            String name,
            String tenant,
            int mappingVersion,
            String mappingHash,
            @Nullable String backfillAfter,
            @Nullable Instant backfilledAt,
            Condition condition,
            @Nullable String reason,
            Instant since,
            @Nullable Instant nextTryAt,
            int failures,
            @Nullable Restored restored,
            @Nullable Instant restoredTo,
            @Nullable Lowered lowered) {}

    /**
     * What a target is given at a time while that is less than configured.
     *
     * @param since when it was lowered last
     */
    public record Lowered(int batchSize, int writers, String because, Instant since) {}

    /**
     * Makes a target known. Of one that is known already nothing is changed.
     *
     * @return the row as it was before, empty when the target is new
     */
    public Optional<Target> register(String name, String tenant, int mappingVersion, String mappingHash) {
        Optional<Target> before = find(name);
        if (before.isEmpty()) {
            db.sql("""
                            INSERT INTO hub.target (name, tenant, mapping_version, mapping_hash)
                            VALUES (:name, :tenant, :version, :hash) ON CONFLICT DO NOTHING""")
                    .param("name", name)
                    .param("tenant", tenant)
                    .param("version", mappingVersion)
                    .param("hash", mappingHash)
                    .update();
        }
        return before;
    }

    /** Notes that the records are written by another mapping from now on. */
    public void mappingChanged(String name, int mappingVersion, String mappingHash) {
        db.sql("UPDATE hub.target SET mapping_version = :version, mapping_hash = :hash WHERE name = :name")
                .param("name", name)
                .param("version", mappingVersion)
                .param("hash", mappingHash)
                .update();
    }

    /** Notes how far the backfill came; {@code done} when nothing is left. Joins the caller's transaction. */
    public void backfilled(String name, @Nullable String after, boolean done) {
        db.sql("""
                        UPDATE hub.target SET backfill_after = coalesce(:after, backfill_after),
                               backfilled_at = CASE WHEN :done THEN hub.now() ELSE backfilled_at END
                        WHERE name = :name""")
                .param("name", name)
                .param("after", after)
                .param("done", done)
                .update();
    }

    public Optional<Target> find(String name) {
        return db.sql("SELECT * FROM hub.target WHERE name = :name")
                .param("name", name)
                .query(Targets::read)
                .optional();
    }

    /** Names of the targets of a tenant that any hub on this database has ever had, in order. */
    public List<String> ofTenant(String tenant) {
        return db.sql("SELECT name FROM hub.target WHERE tenant = :tenant ORDER BY name")
                .param("tenant", tenant)
                .query(String.class)
                .list();
    }

    public List<Target> all() {
        return db.sql("SELECT * FROM hub.target ORDER BY name")
                .query(Targets::read)
                .list();
    }

    /**
     * Notes trouble: one more failure in a row, and when to try again.
     *
     * @param nextTry from now; null when only a person can let it go on
     */
    public void trouble(String name, Condition condition, String reason, @Nullable Duration nextTry) {
        db.sql("""
                        UPDATE hub.target SET
                            state_since = CASE WHEN state = :state THEN state_since ELSE hub.now() END,
                            state = :state, reason = :reason, failures = failures + 1,
                            next_try_at = hub.now() + make_interval(secs => :wait::float8)
                        WHERE name = :name AND state <> 'paused' AND restored IS NULL""")
                .param("name", name)
                .param("state", condition.column())
                .param("reason", Text.clean(reason))
                .param("wait", nextTry == null ? null : Timestamps.seconds(nextTry))
                .update();
    }

    /**
     * Notes that the target answers. Its failures in a row are forgotten only when it has also taken something, see
     * {@link #calm}: else a target that answers and then fails would never be left alone for long.
     *
     * @return whether it was in trouble before
     */
    public boolean well(String name) {
        return db.sql("""
                                UPDATE hub.target SET state = 'running', state_since = hub.now(), reason = NULL,
                                       next_try_at = NULL
                                WHERE name = :name AND state IN ('backing_off', 'stopped') AND restored IS NULL""").param("name", name).update() > 0;
    }

    /** How long a target has been running; empty while it is not. */
    public Optional<Duration> wellFor(String name) {
        return db.sql("SELECT (extract(epoch FROM hub.now() - state_since) * 1000)::bigint FROM hub.target"
                        + " WHERE name = :name AND state = 'running'")
                .param("name", name)
                .query(Long.class)
                .optional()
                .map(Duration::ofMillis);
    }

    /** Forgets the failures in a row: a run has gone through without trouble. */
    public void calm(String name) {
        db.sql("UPDATE hub.target SET failures = 0 WHERE name = :name AND failures > 0 AND state = 'running'")
                .param("name", name)
                .update();
    }

    /**
     * Notes that a target is given less than configured at a time.
     *
     * @param justNow whether it was lowered, rather than raised by a step
     */
    public void lowered(String name, int batchSize, int writers, String because, boolean justNow) {
        db.sql("""
                        UPDATE hub.target SET
                            load_since = CASE WHEN :now OR load_since IS NULL THEN hub.now() ELSE load_since END,
                            load_batch_size = :batch, load_writers = :writers, load_reason = :because
                        WHERE name = :name""")
                .param("name", name)
                .param("batch", batchSize)
                .param("writers", writers)
                .param("because", Text.clean(because))
                .param("now", justNow)
                .update();
    }

    /** Notes that a target is given all that is configured. */
    public void raised(String name) {
        db.sql("""
                        UPDATE hub.target SET load_batch_size = NULL, load_writers = NULL, load_reason = NULL,
                               load_since = NULL
                        WHERE name = :name""").param("name", name).update();
    }

    /**
     * Stops a target until a person decides, because something went back to an older state. Schema hub and the store both
     * count as the database.
     *
     * @param to what was agreed on before is not concerned; null when that is not known, or is known already
     */
    public void restored(String name, Restored what, String reason, @Nullable Instant to) {
        db.sql("""
                        UPDATE hub.target SET state = 'stopped', state_since = hub.now(), reason = :reason, next_try_at = NULL,
                               restored = CASE WHEN restored IN ('hub', 'store', 'database') AND restored <> :what
                                                    AND :what <> 'target' THEN 'database' ELSE :what END,
                               restored_to = CASE WHEN restored IS NULL THEN :to
                                                  WHEN restored = :what THEN least(restored_to, :to) END
                        WHERE name = :name""")
                .param("name", name)
                .param("what", what.word())
                .param("reason", Text.clean(reason))
                .param("to", to == null ? null : to.atOffset(ZoneOffset.UTC), Types.TIMESTAMP_WITH_TIMEZONE)
                .update();
    }

    /** Whether any target of a tenant waits for a person because of a restore. */
    public boolean anyRestored(String tenant) {
        return db.sql("SELECT EXISTS (SELECT FROM hub.target WHERE tenant = :tenant"
                        + " AND restored IN ('hub', 'store', 'database'))")
                .param("tenant", tenant)
                .query(Boolean.class)
                .single();
    }

    /** Pauses or resumes a target by a person's wish. Resumed, what was restored is taken as it is. */
    public void pause(String name, boolean pause, String reason) {
        db.sql("""
                        UPDATE hub.target SET state = CASE WHEN :pause THEN 'paused' ELSE 'running' END,
                               state_since = hub.now(), reason = CASE WHEN :pause THEN :reason END,
                               restored = CASE WHEN :pause THEN restored END,
                               restored_to = CASE WHEN :pause THEN restored_to END,
                               failures = 0, next_try_at = NULL
                        WHERE name = :name AND set_config('hub.client', :client, true) IS NOT NULL""")
                .param("client", Objects.requireNonNullElse(ClientMark.current(), ""))
                .param("name", name)
                .param("pause", pause)
                .param("reason", reason)
                .update();
        db.sql("DELETE FROM hub.parked WHERE target = :name AND external_id = :row AND NOT :pause")
                .param("name", name)
                .param("row", RESTORED_ROW)
                .param("pause", pause)
                .update();
    }

    /**
     * Whether a target in this condition may be tried now, by the database's clock.
     *
     * @param insist tries one that is in trouble before its wait is over; never one that was paused or whose server was
     *     swapped
     */
    public boolean mayTry(String name, boolean insist) {
        return db.sql("""
                        SELECT restored IS NULL AND (state = 'running'
                               OR state IN ('backing_off', 'stopped')
                                  AND coalesce(next_try_at <= hub.now() OR :insist, false))
                        FROM hub.target WHERE name = :name""")
                .param("name", name)
                .param("insist", insist)
                .query(Boolean.class)
                .optional()
                .orElse(false);
    }

    private static Target read(ResultSet row, int n) throws SQLException {
        return new Target(
                row.getString("name"),
                row.getString("tenant"),
                row.getInt("mapping_version"),
                row.getString("mapping_hash"),
                row.getString("backfill_after"),
                Timestamps.instant(row.getTimestamp("backfilled_at")),
                Condition.valueOf(row.getString("state").toUpperCase(java.util.Locale.ROOT)),
                row.getString("reason"),
                row.getTimestamp("state_since").toInstant(),
                Timestamps.instant(row.getTimestamp("next_try_at")),
                row.getInt("failures"),
                row.getString("restored") == null
                        ? null
                        : Restored.valueOf(row.getString("restored").toUpperCase(java.util.Locale.ROOT)),
                Timestamps.instant(row.getTimestamp("restored_to")),
                row.getString("load_reason") == null
                        ? null
                        : new Lowered(
                                row.getInt("load_batch_size"),
                                row.getInt("load_writers"),
                                row.getString("load_reason"),
                                row.getTimestamp("load_since").toInstant()));
    }
}
