package org.synchub.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Finds records by their keys and tells what is known of one: keys, states and reasons, never what it holds. */
public class RecordSearch {

    private static final String ROWS = """
            SELECT d.target, d.guid, d.kind, d.state, d.operation, l.external_id, l.version, l.linked_at,
                   l.agreed_at, l.deleted_at, d.attempts, d.reason_code, d.reason, d.reason_at, d.blocked_on, d.owed_since,
                   d.due_at, d.first_failed_at, d.settled_at
            FROM hub.delivery d LEFT JOIN hub.link l ON l.target = d.target AND l.guid = d.guid""";

    private final JdbcClient db;

    public RecordSearch(JdbcClient db) {
        this.db = db;
    }

    /**
     * One entity as one target is owed it.
     *
     * @param externalId the target's id; null while it has none
     * @param version the target's, as of the last agreement
     * @param agreedAt when both sides last held the same
     * @param removedAt when the record was taken away at the target on purpose
     * @param at the mapping line to look at, as file:line
     */
    public record Row(
            String target,
            String guid,
            String kind,
            State state,
            boolean delete,
            @Nullable String externalId,
            @Nullable String version,
            @Nullable Instant linkedAt,
            @Nullable Instant agreedAt,
            @Nullable Instant removedAt,
            int attempts,
            @Nullable String reasonCode,
            @Nullable String reason,
            @Nullable String at,
            @Nullable String blockedOn,
            Instant owedSince,
            @Nullable Instant dueAt,
            @Nullable Instant firstFailedAt,
            @Nullable Instant settledAt) {}

    /**
     * One decision between two sides, without what they held.
     *
     * @param standing whether it was applied, or waits
     * @param internalVersion as which version the store held its value; null in rows from before these were kept, as is
     *     what follows
     * @param internalAt the store's time of it
     * @param externalVersion as which version the target held its value; null where it tells none
     * @param externalAt the target's time of it, by its own clock
     * @param seenBy by what it was seen that the sides had moved: version, timestamp, content
     */
    public record Decision(
            long id,
            String target,
            Instant at,
            String conflictKind,
            String path,
            String rule,
            String reason,
            String standing,
            String decidedBy,
            @Nullable String internalVersion,
            @Nullable Instant internalAt,
            @Nullable String externalVersion,
            @Nullable Instant externalAt,
            @Nullable String seenBy) {}

    /** The records of an entity at these targets. */
    public List<Row> byGuid(Collection<String> targets, String guid) {
        return db.sql(ROWS + " WHERE d.target = ANY (:targets::text[]) AND d.guid = :guid ORDER BY d.target")
                .param("targets", targets.toArray(String[]::new))
                .param("guid", guid)
                .query(RecordSearch::row)
                .list();
    }

    /** The records that go by an id at these targets. */
    public List<Row> byExternalId(Collection<String> targets, String externalId) {
        return db.sql(ROWS + " WHERE l.target = ANY (:targets::text[]) AND l.external_id = :id ORDER BY d.target")
                .param("targets", targets.toArray(String[]::new))
                .param("id", externalId)
                .query(RecordSearch::row)
                .list();
    }

    /**
     * A page of a target's records in the order of their guids.
     *
     * @param state only those in it; null for all
     * @param kind only those of it; null for all
     * @param after guid of the last one of the page before; empty for the first
     */
    public List<Row> page(String target, @Nullable State state, @Nullable String kind, String after, int most) {
        // What rests in one of the busy states is most of the table; the others have an index of their own.
        boolean rare = state != null
                && state != State.DELIVERED
                && state != State.EXCLUDED
                && state != State.PENDING
                && state != State.IN_FLIGHT;
        return db.sql(ROWS + " WHERE d.target = :target AND d.guid > :after"
                        + (state == null ? "" : " AND d.state = :state")
                        + (rare ? " AND d.state NOT IN ('delivered', 'pending', 'in_flight', 'excluded')" : "")
                        + (kind == null ? "" : " AND d.kind = :kind")
                        + " ORDER BY d.guid LIMIT :most")
                .param("target", target)
                .param("after", after)
                .param("state", state == null ? null : state.column())
                .param("kind", kind)
                .param("most", most)
                .query(RecordSearch::row)
                .list();
    }

    /** What was decided about an entity between the hub and these targets, the newest first. */
    public List<Decision> decisions(Collection<String> targets, String guid, int most) {
        return db.sql("""
                        SELECT id, target, at, conflict_kind, path, rule, reason, standing, decided_by, internal_version,
                               internal_at, external_version, external_at, seen_by FROM hub.decision
                        WHERE target = ANY (:targets::text[]) AND guid = :guid ORDER BY id DESC LIMIT :most""")
                .param("targets", targets.toArray(String[]::new))
                .param("guid", guid)
                .param("most", most)
                .query((row, n) -> new Decision(
                        row.getLong(1),
                        row.getString(2),
                        row.getTimestamp(3).toInstant(),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        row.getString(7),
                        row.getString(8),
                        row.getString(9),
                        row.getString(10),
                        Timestamps.instant(row.getTimestamp(11)),
                        row.getString(12),
                        Timestamps.instant(row.getTimestamp(13)),
                        row.getString(14)))
                .list();
    }

    /** LOCAL, SYNCED or EXTERNAL; empty when the hub knows no such entity. */
    public Optional<String> level(String tenant, String guid) {
        return db.sql("SELECT level FROM hub.entity_level WHERE tenant = :tenant AND guid = :guid")
                .param("tenant", tenant)
                .param("guid", guid)
                .query(String.class)
                .optional();
    }

    private static Row row(ResultSet row, int n) throws SQLException {
        return new Row(
                row.getString("target"),
                row.getString("guid"),
                row.getString("kind"),
                State.of(row.getString("state")),
                row.getString("operation").equals("D"),
                row.getString("external_id"),
                row.getString("version"),
                Timestamps.instant(row.getTimestamp("linked_at")),
                Timestamps.instant(row.getTimestamp("agreed_at")),
                Timestamps.instant(row.getTimestamp("deleted_at")),
                row.getInt("attempts"),
                row.getString("reason_code"),
                row.getString("reason"),
                row.getString("reason_at"),
                row.getString("blocked_on"),
                row.getTimestamp("owed_since").toInstant(),
                Timestamps.instant(row.getTimestamp("due_at")),
                Timestamps.instant(row.getTimestamp("first_failed_at")),
                Timestamps.instant(row.getTimestamp("settled_at")));
    }
}
