package org.synchub.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Conflicts that somebody has to settle, and those that somebody or a rule chose to leave. Joins the caller's transaction. */
public class ConflictQueue {

    /** Begins the place of an external id where a push met the conflict and the record has none: the guid follows. */
    public static final String OF_PUSH = "push:";

    private static final String COLUMNS = """
            id, target, external_id, guid, kind, conflict_kind, likeness, reason, paths, candidates, base, internal,
            external, proposed, departure, fingerprint, first_seen, last_seen, state""";

    private final JdbcClient db;
    private final Vault vault;

    public ConflictQueue(JdbcClient db, Vault vault) {
        this.db = db;
        this.vault = vault;
    }

    /**
     * A conflict as it was met.
     *
     * @param guid null when it is not known which entity is meant
     * @param kind name of the record kind
     * @param conflictKind such as {@code update-update}
     * @param likeness what it has in common with alike conflicts
     * @param paths the places that wait for a decision
     * @param candidates guids of the entities that may be meant, when there are several
     * @param proposed the record as a rule proposes it
     * @param departure how the target's record left, null while it is there
     * @param fingerprint of what base and both sides hold
     * @param leave whether each side is left as it is instead of asking
     */
    public record Unsettled(
            String externalId,
            @Nullable String guid,
            String kind,
            String conflictKind,
            String likeness,
            String reason,
            List<String> paths,
            List<String> candidates,
            @Nullable ObjectNode base,
            @Nullable ObjectNode internal,
            @Nullable ObjectNode external,
            @Nullable ObjectNode proposed,
            @Nullable String departure,
            String fingerprint,
            boolean leave) {

        /** Without the records, so that it may be logged. */
        @Override
        public String toString() {
            return "Unsettled[" + conflictKind + " of " + externalId + ", " + paths + "]";
        }
    }

    /** A conflict in the queue. */
    public record Case(long id, String target, Unsettled what, Instant firstSeen, Instant lastSeen, String state) {}

    /** Puts a conflict into the queue, or shows there what it has become. */
    public void put(String target, Unsettled u) {
        ClientMark.tell(db);
        db.sql("""
                        INSERT INTO hub.conflict AS c
                            (target, external_id, guid, kind, conflict_kind, likeness, reason, paths, candidates, base,
                             internal, external, proposed, departure, fingerprint, state)
                        VALUES (:target, :externalId, :guid, :kind, :conflictKind, :likeness, :reason, :paths::text[],
                                :candidates::text[], :base, :internal, :external, :proposed, :departure, :fingerprint,
                                :state)
                        ON CONFLICT (target, external_id) WHERE state IN ('open', 'left') DO UPDATE SET
                            guid = excluded.guid, kind = excluded.kind, conflict_kind = excluded.conflict_kind,
                            likeness = excluded.likeness, reason = excluded.reason, paths = excluded.paths,
                            candidates = excluded.candidates, base = excluded.base, internal = excluded.internal,
                            external = excluded.external, proposed = excluded.proposed, departure = excluded.departure,
                            fingerprint = excluded.fingerprint, state = excluded.state, last_seen = hub.now(),
                            seen = c.seen + 1""")
                .param("target", target)
                .param("externalId", u.externalId())
                .param("guid", u.guid())
                .param("kind", u.kind())
                .param("conflictKind", u.conflictKind())
                .param("likeness", u.likeness())
                .param("reason", u.reason())
                .param("paths", u.paths().toArray(String[]::new))
                .param("candidates", u.candidates().toArray(String[]::new))
                .param("base", vault.seal(u.base(), target, u.externalId()))
                .param("internal", vault.seal(u.internal(), target, u.externalId()))
                .param("external", vault.seal(u.external(), target, u.externalId()))
                .param("proposed", vault.seal(u.proposed(), target, u.externalId()))
                .param("departure", u.departure())
                .param("fingerprint", u.fingerprint())
                .param("state", u.leave() ? "left" : "open")
                .update();
    }

    /** What stands in the queue about a record: asked for, or left as it is. */
    public record Standing(String fingerprint, boolean left) {}

    /** What stands in the queue about these records, by external id. */
    public Map<String, Standing> standing(String target, Collection<String> externalIds) {
        Map<String, Standing> standing = new HashMap<>();
        if (!externalIds.isEmpty()) {
            db.sql(
                            "SELECT external_id, fingerprint, state = 'left' FROM hub.conflict"
                                    + " WHERE target = :target AND state IN ('open', 'left') AND external_id = ANY (:ids::text[])")
                    .param("target", target)
                    .param("ids", externalIds.toArray(String[]::new))
                    .query(row -> {
                        standing.put(row.getString(1), new Standing(row.getString(2), row.getBoolean(3)));
                    });
        }
        return standing;
    }

    /** Takes records out of the queue: they were settled. */
    public void close(String target, Collection<String> externalIds, String by, String choice) {
        if (!externalIds.isEmpty()) {
            ClientMark.tell(db);
            db.sql("""
                            UPDATE hub.conflict SET state = 'settled', settled_at = hub.now(), settled_by = :by, choice = :choice
                            WHERE target = :target AND state IN ('open', 'left') AND external_id = ANY (:ids::text[])""")
                    .param("target", target)
                    .param("ids", externalIds.toArray(String[]::new))
                    .param("by", by)
                    .param("choice", choice)
                    .update();
        }
    }

    /** Takes conflicts of pushes out of the queue whose delivery has come further by itself. */
    public void closeOvertakenPushes(String target) {
        db.sql("""
                        UPDATE hub.conflict c SET state = 'settled', settled_at = hub.now(), settled_by = 'hub', choice = 'overtaken'
                        WHERE c.target = :target AND c.state = 'open' AND c.external_id LIKE 'push:%'
                          AND NOT EXISTS (SELECT FROM hub.delivery d
                                          WHERE d.target = c.target AND d.guid = c.guid AND d.state = 'conflict')""").param("target", target).update();
    }

    /** The first open conflicts, the oldest first; of one target when one is named. */
    public List<Case> open(@Nullable String target, int most) {
        return open(target, 0, most);
    }

    /**
     * Those that follow.
     *
     * @param after number of the last one that was seen; 0 for none
     */
    public List<Case> open(@Nullable String target, long after, int most) {
        return db.sql("SELECT " + COLUMNS + " FROM hub.conflict WHERE state = 'open' AND id > :after"
                        + " AND (:target::text IS NULL OR target = :target) ORDER BY id LIMIT :most")
                .param("after", after)
                .param("target", target)
                .param("most", most)
                .query((row, n) -> read(row))
                .list();
    }

    /** The open conflicts that one answer could settle together with this one, the oldest first. */
    public List<Case> alike(Case like, int most) {
        return db.sql("SELECT " + COLUMNS
                        + " FROM hub.conflict WHERE state = 'open' AND target = :target AND kind = :kind"
                        + " AND conflict_kind = :conflictKind AND likeness = :likeness AND guid IS NOT NULL"
                        + " AND departure IS NOT DISTINCT FROM :departure AND starts_with(external_id, :push) = :ofPush"
                        + " ORDER BY id LIMIT :most")
                .param("target", like.target())
                .param("kind", like.what().kind())
                .param("conflictKind", like.what().conflictKind())
                .param("likeness", like.what().likeness())
                .param("departure", like.what().departure())
                .param("push", OF_PUSH)
                .param("ofPush", like.what().externalId().startsWith(OF_PUSH))
                .param("most", most)
                .query((row, n) -> read(row))
                .list();
    }

    public Optional<Case> find(long id) {
        return db.sql("SELECT " + COLUMNS + " FROM hub.conflict WHERE id = :id")
                .param("id", id)
                .query((row, n) -> read(row))
                .optional();
    }

    private @Nullable ObjectNode open(ResultSet row, String column) throws SQLException {
        return vault.open(row.getBytes(column), "conflict", row.getString("target"), row.getString("external_id"));
    }

    private Case read(ResultSet row) throws SQLException {
        return new Case(
                row.getLong("id"),
                row.getString("target"),
                new Unsettled(
                        row.getString("external_id"),
                        row.getString("guid"),
                        row.getString("kind"),
                        row.getString("conflict_kind"),
                        row.getString("likeness"),
                        row.getString("reason"),
                        texts(row.getArray("paths")),
                        texts(row.getArray("candidates")),
                        open(row, "base"),
                        open(row, "internal"),
                        open(row, "external"),
                        open(row, "proposed"),
                        row.getString("departure"),
                        row.getString("fingerprint"),
                        row.getString("state").equals("left")),
                row.getTimestamp("first_seen").toInstant(),
                row.getTimestamp("last_seen").toInstant(),
                row.getString("state"));
    }

    private static List<String> texts(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }
}
