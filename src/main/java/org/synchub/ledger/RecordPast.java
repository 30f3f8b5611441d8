package org.synchub.ledger;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Conflicts and unsettled writes of one record, with their times: keys, names of fields and reasons, never what it holds. */
public class RecordPast {

    private final JdbcClient db;

    public RecordPast(JdbcClient db) {
        this.db = db;
    }

    /**
     * A conflict over the record, open or not.
     *
     * @param state open, left or settled
     * @param choice how it was settled; null while it was not
     */
    public record Met(
            long id,
            String target,
            String conflictKind,
            List<String> paths,
            String reason,
            String state,
            Instant firstSeen,
            @Nullable Instant settledAt,
            @Nullable String settledBy,
            @Nullable String choice) {}

    /** A write that has left for a target and whose answer is not settled. */
    public record UnderWay(String target, Instant sentAt) {}

    /** The conflicts over an entity at these targets, the newest first. */
    public List<Met> conflicts(Collection<String> targets, String guid, int most) {
        return db.sql("""
                        SELECT id, target, conflict_kind, paths, reason, state, first_seen, settled_at, settled_by, choice
                        FROM hub.conflict WHERE target = ANY (:targets::text[]) AND guid = :guid
                        ORDER BY id DESC LIMIT :most""")
                .param("targets", targets.toArray(String[]::new))
                .param("guid", guid)
                .param("most", most)
                .query((row, n) -> new Met(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        Arrays.asList((String[]) row.getArray(4).getArray()),
                        row.getString(5),
                        row.getString(6),
                        row.getTimestamp(7).toInstant(),
                        Timestamps.instant(row.getTimestamp(8)),
                        row.getString(9),
                        row.getString(10)))
                .list();
    }

    /** What of an entity is on its way to these targets. */
    public List<UnderWay> underWay(Collection<String> targets, String guid) {
        return db.sql("""
                        SELECT target, sent_at FROM hub.sent WHERE target = ANY (:targets::text[]) AND guid = :guid
                        ORDER BY target, sent_at""")
                .param("targets", targets.toArray(String[]::new))
                .param("guid", guid)
                .query((row, n) ->
                        new UnderWay(row.getString(1), row.getTimestamp(2).toInstant()))
                .list();
    }
}
