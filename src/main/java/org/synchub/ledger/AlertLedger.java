package org.synchub.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Incidents: one row each, from its beginning to its end, and whether somebody was told of either. */
public class AlertLedger {

    private final JdbcClient db;

    public AlertLedger(JdbcClient db) {
        this.db = db;
    }

    /**
     * An incident.
     *
     * @param rule what it is about
     * @param target or, in parentheses, what else it concerns, such as {@code (database)}
     * @param detail in words and numbers, as it was when it began; nothing of what records hold
     * @param closedAt when it was over; null while it lasts
     */
    public record Incident(
            long id,
            String rule,
            String target,
            String detail,
            Instant openedAt,
            @Nullable Instant closedAt) {}

    /**
     * Opens what is wrong with a target and not open yet, and closes what is not wrong any more.
     *
     * @param wrong in words, by rule
     * @param unsure rules of which it is too early to say that they are over
     */
    public void set(String target, Map<String, String> wrong, Set<String> unsure) {
        Set<String> stay = new TreeSet<>(wrong.keySet());
        stay.addAll(unsure);
        db.sql("""
                        UPDATE hub.alert SET closed_at = hub.now()
                        WHERE target = :target AND closed_at IS NULL AND rule <> ALL (:rules::text[])""")
                .param("target", target)
                .param("rules", stay.toArray(String[]::new))
                .update();
        wrong.forEach((rule, detail) -> open(rule, target, detail));
    }

    /**
     * The same for a rule that looks at other things than targets: opens what is wrong and not open yet, and closes what is
     * not wrong any more.
     *
     * @param wrong in words, by what it is about
     */
    public void set(String rule, Map<String, String> wrong) {
        db.sql("""
                        UPDATE hub.alert SET closed_at = hub.now()
                        WHERE rule = :rule AND closed_at IS NULL AND target <> ALL (:things::text[])""")
                .param("rule", rule)
                .param("things", wrong.keySet().toArray(String[]::new))
                .update();
        wrong.forEach((thing, detail) -> open(rule, thing, detail));
    }

    private void open(String rule, String target, String detail) {
        db.sql("""
                        INSERT INTO hub.alert (rule, target, detail) VALUES (:rule, :target, :detail)
                        ON CONFLICT (rule, target) WHERE closed_at IS NULL DO NOTHING""")
                .param("rule", rule)
                .param("target", target)
                .param("detail", Text.clean(detail))
                .update();
    }

    /** Bytes that the database takes on its disk. */
    public long databaseSize() {
        return db.sql("SELECT pg_database_size(current_database())")
                .query(Long.class)
                .single();
    }

    /** Incidents whose beginning nobody was told of yet, the oldest first. */
    public List<Incident> unheard() {
        return read("WHERE told_at IS NULL ORDER BY id");
    }

    /** Incidents whose beginning somebody was told of, and whose end nobody yet. */
    public List<Incident> unheardEnds() {
        return read("WHERE told_at IS NOT NULL AND closed_at IS NOT NULL AND clear_told_at IS NULL ORDER BY id");
    }

    /** Notes that somebody was told. */
    public void told(long id, boolean end) {
        db.sql("""
                        UPDATE hub.alert SET told_at = coalesce(told_at, hub.now()),
                               clear_told_at = CASE WHEN :end THEN hub.now() ELSE clear_told_at END
                        WHERE id = :id""").param("id", id).param("end", end).update();
    }

    /** How many incidents last now, by rule; none of a rule that is not there. */
    public Map<String, Long> lasting() {
        Map<String, Long> byRule = new TreeMap<>();
        db.sql("SELECT rule, count(*) FROM hub.alert WHERE closed_at IS NULL GROUP BY rule")
                .query((row, n) -> byRule.put(row.getString(1), row.getLong(2)))
                .list();
        return byRule;
    }

    /** The newest incidents, those that last first. */
    public List<Incident> newest(int most) {
        return read("ORDER BY closed_at IS NOT NULL, id DESC LIMIT " + most);
    }

    private List<Incident> read(String which) {
        return db.sql("SELECT id, rule, target, detail, opened_at, closed_at FROM hub.alert " + which)
                .query(AlertLedger::incident)
                .list();
    }

    private static Incident incident(ResultSet row, int n) throws SQLException {
        return new Incident(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getTimestamp(5).toInstant(),
                Timestamps.instant(row.getTimestamp(6)));
    }
}
