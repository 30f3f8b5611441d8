package org.synchub.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What needs a person's attention: deliveries that were rejected or tried too often, and what came back and is parked.
 * Read through the view {@code hub.attention}; nothing leaves it by itself.
 */
public class Attention {

    private final JdbcClient db;

    public Attention(JdbcClient db) {
        this.db = db;
    }

    /** Which way a record was going. */
    public enum Direction {
        /** To the target; keys are entity guids. */
        PUSH,
        /** From the target; keys are the target's ids. */
        PULL;

        /** As the ledger stores it. */
        String column() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Records that wait for the same reason.
     *
     * @param id the same for as long as the reason is
     * @param reason of one of them; numbers and quoted words may differ in the others
     * @param at the mapping line to look at, as file:line
     * @param attempts the most that one of them has had
     */
    public record Cause(
            String id,
            String target,
            Direction direction,
            String kind,
            String code,
            String reason,
            @Nullable String at,
            long records,
            int attempts,
            Instant firstSeen,
            Instant lastSeen) {}

    /**
     * One record.
     *
     * @param key the entity's guid where it was going out, the target's id where it came in
     * @param guid null where the target's record has no entity yet
     */
    public record Item(
            String key, @Nullable String guid, String reason, int attempts, Instant firstSeen, Instant lastSeen) {}

    /**
     * One record with why it waits.
     *
     * @param cause id of its cause
     * @param at the mapping line to look at, as file:line
     */
    public record Waiting(
            String cause,
            String target,
            Direction direction,
            String kind,
            String code,
            @Nullable String at,
            Item record) {}

    /** What waits under a key, be it an entity's guid or a target's id, at any target. */
    public List<Waiting> waiting(String key) {
        return db.sql("""
                        SELECT cause, target, direction, kind, reason_code, reason_at,
                               key, guid, reason, attempts, first_seen, last_seen
                        FROM hub.attention WHERE key = :key OR guid = :key ORDER BY target, direction, key""")
                .param("key", key)
                .query((row, n) -> new Waiting(
                        row.getString(1),
                        row.getString(2),
                        direction(row.getString(3)),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        item(row, 7)))
                .list();
    }

    private static Item item(ResultSet row, int first) throws SQLException {
        return new Item(
                row.getString(first),
                row.getString(first + 1),
                row.getString(first + 2),
                row.getInt(first + 3),
                row.getTimestamp(first + 4).toInstant(),
                row.getTimestamp(first + 5).toInstant());
    }

    /** Causes, those of most records first; of one target when one is named. */
    public List<Cause> causes(@Nullable String target, int most) {
        return db.sql(CAUSES + " WHERE :target::text IS NULL OR target = :target GROUP BY 1, 2, 3, 4, 5, 7"
                        + " ORDER BY 8 DESC, 1 LIMIT :most")
                .param("target", target)
                .param("most", most)
                .query(Attention::cause)
                .list();
    }

    /** One cause; empty when nothing waits for it any more. */
    public Optional<Cause> cause(String id) {
        return db.sql(CAUSES + " WHERE cause = :id GROUP BY 1, 2, 3, 4, 5, 7")
                .param("id", id)
                .query(Attention::cause)
                .optional();
    }

    private static final String CAUSES = """
            SELECT cause, target, direction, kind, reason_code, min(reason), reason_at, count(*), max(attempts),
                   min(first_seen), max(last_seen)
            FROM hub.attention""";

    private static Direction direction(String column) {
        return Direction.valueOf(column.toUpperCase(Locale.ROOT));
    }

    private static Cause cause(ResultSet row, int n) throws SQLException {
        return new Cause(
                row.getString(1),
                row.getString(2),
                direction(row.getString(3)),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getLong(8),
                row.getInt(9),
                row.getTimestamp(10).toInstant(),
                row.getTimestamp(11).toInstant());
    }

    /**
     * The records of a cause in the order of their keys.
     *
     * @param after the last key of the page before; empty for the first
     */
    public List<Item> items(Cause cause, String after, int most) {
        return db.sql("""
                        SELECT key, guid, reason, attempts, first_seen, last_seen FROM hub.attention
                        WHERE target = :target AND direction = :direction AND cause = :cause AND key > :after
                        ORDER BY key LIMIT :most""")
                .param("target", cause.target())
                .param("direction", cause.direction().column())
                .param("cause", cause.id())
                .param("after", after)
                .param("most", most)
                .query((row, n) -> item(row, 1))
                .list();
    }

    /**
     * Owes rejected deliveries again, with all their attempts before them.
     *
     * @return how many; what is not rejected any more is left alone
     */
    public int retry(String target, Collection<String> guids) {
        return db.sql("""
                        UPDATE hub.delivery SET revision = revision + 1, state = 'pending', due_at = hub.now(),
                               attempts = 0, blocked_on = NULL, reason_code = NULL, reason = NULL, reason_at = NULL
                        WHERE target = :target AND guid IN (
                            SELECT guid FROM hub.delivery
                            WHERE target = :target AND state = 'rejected' AND guid = ANY (:guids::text[])
                            ORDER BY guid FOR UPDATE)""")
                .param("target", target)
                .param("guids", guids.toArray(String[]::new))
                .update();
    }

    /**
     * Gives rejected deliveries up, until their entity changes again.
     *
     * @param reason who gave them up and why, kept with each
     * @return how many; what is not rejected any more is left alone
     */
    public int discard(String target, Collection<String> guids, String reason) {
        return db.sql("""
                        UPDATE hub.delivery SET state = 'discarded', due_at = NULL, blocked_on = NULL,
                               reason_code = 'given-up', reason = :reason, settled_at = hub.now()
                        WHERE target = :target AND guid IN (
                            SELECT guid FROM hub.delivery
                            WHERE target = :target AND state = 'rejected' AND guid = ANY (:guids::text[])
                            ORDER BY guid FOR UPDATE)""")
                .param("target", target)
                .param("guids", guids.toArray(String[]::new))
                .param("reason", reason)
                .update();
    }
}
