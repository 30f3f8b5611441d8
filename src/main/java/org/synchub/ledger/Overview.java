package org.synchub.ledger;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads what operators look at: counts by kind and state, what is oldest, what needs attention and why. */
public class Overview {

    private static final int LOOKED_AT = 5_000;

    private final JdbcClient db;

    public Overview(JdbcClient db) {
        this.db = db;
    }

    /** One group of deliveries that need attention for the same reason. */
    public record Cause(
            String kind,
            State state,
            String code,
            String reason,
            @Nullable String at,
            long n,
            String exampleGuid) {}

    /** Counts by record kind (empty for records of no kind) and state, from maintained counters. */
    public Map<String, Map<State, Long>> counts(String target) {
        Map<String, Map<State, Long>> counts = new TreeMap<>();
        db.sql("SELECT kind, state, n FROM hub.delivery_counts WHERE target = :target")
                .param("target", target)
                .query(row -> {
                    counts.computeIfAbsent(row.getString(1), k -> new TreeMap<>())
                            .put(State.of(row.getString(2)), row.getLong(3));
                });
        return counts;
    }

    /**
     * How many entities of a tenant are LOCAL, SYNCED or EXTERNAL as {@code hub.entity_level} tells. Reads every entity
     * the hub knows, so it is for people who ask, not for polling.
     */
    public Map<String, Long> levels(String tenant) {
        Map<String, Long> levels = new TreeMap<>();
        db.sql("SELECT level, count(*) FROM hub.entity_level WHERE tenant = :tenant GROUP BY 1")
                .param("tenant", tenant)
                .query(row -> {
                    levels.put(row.getString(1), row.getLong(2));
                });
        return levels;
    }

    /** Since when the oldest delivery that is on its way is owed; null when nothing is. */
    public @Nullable Instant oldestOwed(String target) {
        Timestamp oldest = db.sql("SELECT hub.oldest_owed(:target, 1000)")
                .param("target", target)
                .query((row, n) -> row.getTimestamp(1))
                .list()
                .get(0);
        return oldest == null ? null : oldest.toInstant();
    }

    /** When the next delivery is due, or since when it has been; null when none is. */
    public @Nullable Instant nextDue(String target) {
        Timestamp next = db.sql("SELECT hub.next_due(:target)")
                .param("target", target)
                .query((row, n) -> row.getTimestamp(1))
                .list()
                .get(0);
        return next == null ? null : next.toInstant();
    }

    /**
     * How far something was read.
     *
     * @param position in the adapter's own words: times and keys, nothing that records hold
     */
    public record Cursor(String stream, String position, Instant movedAt) {}

    /** How far a target was read, by stream. */
    public List<Cursor> cursors(String target) {
        return db.sql("SELECT stream, position, moved_at FROM hub.cursor WHERE target = :target ORDER BY stream")
                .param("target", target)
                .query((row, n) -> new Cursor(
                        row.getString(1), row.getString(2), row.getTimestamp(3).toInstant()))
                .list();
    }

    /** How many conflicts are open, of both directions. */
    public long openConflicts(String target) {
        return db.sql("SELECT count(*) FROM hub.conflict WHERE target = :target AND state = 'open'")
                .param("target", target)
                .query(Long.class)
                .single();
    }

    /** How many records came in and could not be applied. */
    public long parked(String target) {
        return db.sql("SELECT count(*) FROM hub.parked WHERE target = :target AND NOT given_up")
                .param("target", target)
                .query(Long.class)
                .single();
    }

    /** How many entities of a tenant do not hold what their events say. */
    public long drifted(String tenant) {
        return DriftLedger.count(db, tenant);
    }

    /**
     * What needs attention or waits for something that may never come, grouped by cause, most first. Looks at
     * {@value #LOOKED_AT} deliveries at most, so that asking stays cheap; {@link Attention} counts all.
     */
    public List<Cause> causes(String target, int limit) {
        return db.sql("""
                        SELECT kind, state, coalesce(reason_code, ''), text, at, count(*) AS n, min(guid)
                        FROM (SELECT kind, state, reason_code, reason_at AS at, guid,
                                     CASE WHEN blocked_on IS NULL THEN coalesce(reason, '')
                                          ELSE replace(coalesce(reason, ''), ' ' || blocked_on, '') END AS text
                              FROM hub.delivery
                              WHERE target = :target
                                AND state NOT IN ('delivered', 'pending', 'in_flight', 'excluded')
                              LIMIT :looked) AS d
                        GROUP BY 1, 2, 3, 4, 5 ORDER BY n DESC, 1, 2, 3 LIMIT :limit""")
                .param("target", target)
                .param("limit", limit)
                .param("looked", LOOKED_AT)
                .query((row, n) -> new Cause(
                        row.getString(1),
                        State.of(row.getString(2)),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getLong(6),
                        row.getString(7)))
                .list();
    }
}
