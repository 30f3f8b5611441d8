package org.synchub.ledger;

import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What happened lately, at whichever hub of this database: {@code hub.happening}. Its rows are written by triggers, in the
 * transaction of what they tell.
 */
public class EventLog {

    private static final int KEPT = 10_000;

    private final JdbcClient db;

    public EventLog(JdbcClient db) {
        this.db = db;
    }

    /** Where a reader is. Text form: {@code 7412-93}. */
    public record Position(long tx, long id) implements Comparable<Position> {

        private static final Pattern TEXT = Pattern.compile("([0-9]{1,18})-([0-9]{1,18})");

        /**
         * Reads the text form.
         *
         * @throws IllegalArgumentException for any other text
         */
        public static Position of(String text) {
            Matcher matcher = TEXT.matcher(text);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("Last-Event-ID is not the id of an event of this hub");
            }
            return new Position(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
        }

        @Override
        public int compareTo(Position other) {
            return tx == other.tx ? Long.compare(id, other.id) : Long.compare(tx, other.tx);
        }

        @Override
        public String toString() {
            return tx + "-" + id;
        }
    }

    /**
     * A row.
     *
     * @param kind {@code run}, {@code target}, {@code conflict} or {@code alert}
     * @param client the X-Client-ID of the request that caused it
     * @param data a JSON object of keys, states and counts
     */
    public record Event(
            Position position,
            Instant at,
            String kind,
            String target,
            @Nullable String client,
            String data) {}

    /** The position behind everything that is complete now. */
    public Position now() {
        return db.sql("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
                .query((row, n) -> new Position(row.getLong(1), 0))
                .single();
    }

    /** What follows a position, as far as it is complete: nothing that is committed later will come before it. */
    public List<Event> after(Position position, int most) {
        return db.sql("""
                        SELECT tx, id, at, kind, target, client, data FROM hub.happening
                        WHERE (tx, id) > (:tx, :id) AND tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
                        ORDER BY tx, id LIMIT :most""")
                .param("tx", position.tx())
                .param("id", position.id())
                .param("most", most)
                .query((row, n) -> new Event(
                        new Position(row.getLong(1), row.getLong(2)),
                        row.getTimestamp(3).toInstant(),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        row.getString(7)))
                .list();
    }

    /** Whether the event at a position is still kept; then so is all that followed it. */
    public boolean holds(Position position) {
        return db.sql("SELECT EXISTS (SELECT FROM hub.happening WHERE tx = :tx AND id = :id)")
                .param("tx", position.tx())
                .param("id", position.id())
                .query(Boolean.class)
                .single();
    }

    /** Forgets all but the newest {@value #KEPT}. */
    public void trim() {
        keep(KEPT);
    }

    void keep(int newest) {
        db.sql("""
                        DELETE FROM hub.happening
                        WHERE (tx, id) <= (SELECT tx, id FROM hub.happening ORDER BY tx DESC, id DESC OFFSET :newest LIMIT 1)""").param("newest", newest).update();
    }
}
