package org.synchub.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a pull writes on the hub's side: cursors, agreements, parked records and decisions. Joins the caller's transaction. */
public class PullLedger {

    /** Of how many pulls back a copy of an entity is recognised. */
    private static final int COPIES_KNOWN = 10;

    private final JdbcClient db;
    private final Vault vault;

    public PullLedger(JdbcClient db, Vault vault) {
        this.db = db;
        this.vault = vault;
    }

    /**
     * What both sides have come to agree on about a record.
     *
     * @param linkRevision the revision of the link from which it was decided; another one now means a push came between.
     *     0 when there was no link
     * @param base what the target holds; null keeps the base
     * @param deleted whether the record is gone from the target
     */
    public record Agreed(
            String guid,
            String kind,
            String externalId,
            @Nullable String version,
            @Nullable ObjectNode base,
            String mappingHash,
            String lane,
            long linkRevision,
            boolean deleted) {}

    /**
     * A record that could not be applied.
     *
     * @param version the target's; null when it tells none
     * @param exchange the record as it was read; null where it is not to be kept
     */
    public record Parked(
            String externalId,
            String kind,
            @Nullable String guid,
            @Nullable String version,
            String code,
            String reason,
            @Nullable KeptExchange exchange) {

        /** Of which nothing but the reason is kept. */
        public Parked(
                String externalId,
                String kind,
                @Nullable String guid,
                @Nullable String version,
                String code,
                String reason) {
            this(externalId, kind, guid, version, code, reason, null);
        }

        /** The same, with the record as it was read. */
        public Parked with(KeptExchange read) {
            return new Parked(externalId, kind, guid, version, code, reason, read);
        }
    }

    /**
     * What was decided about one place of a record. Values are null where a side has none.
     *
     * @param standing settled, proposed or open
     * @param internalSide as which version, and when, the store held its value
     * @param externalSide the same of the target, by its own clock
     * @param seenBy by what it was seen that the sides had moved: version, timestamp, content
     */
    public record Decision(
            String guid,
            String externalId,
            String conflictKind,
            String path,
            String rule,
            String reason,
            String standing,
            @Nullable JsonNode base,
            @Nullable JsonNode internal,
            @Nullable JsonNode external,
            @Nullable JsonNode result,
            Held internalSide,
            Held externalSide,
            String seenBy) {}

    /** A side's version of a record, and its time of it; null where it tells none. */
    public record Held(@Nullable String version, @Nullable Instant at) {}

    public Optional<String> cursor(String target, String stream) {
        return db.sql("SELECT position FROM hub.cursor WHERE target = :target AND stream = :stream")
                .param("target", target)
                .param("stream", stream)
                .query(String.class)
                .optional();
    }

    public void moveCursor(String target, String stream, String position) {
        db.sql("""
                        INSERT INTO hub.cursor (target, stream, position) VALUES (:target, :stream, :position)
                        ON CONFLICT (target, stream) DO UPDATE SET position = excluded.position, moved_at = hub.now()""")
                .param("target", target)
                .param("stream", stream)
                .param("position", position)
                .update();
    }

    /** Lets the next pull begin from the beginning. */
    public void forgetCursor(String target, String stream) {
        db.sql("DELETE FROM hub.cursor WHERE target = :target AND stream = :stream")
                .param("target", target)
                .param("stream", stream)
                .update();
    }

    /** Stream under which {@code hub.cursor} remembers that events were written whose Merkle root is still owed. */
    private static final String ROOT = "merkle-root";

    /** Notes that events were written; with them, so that the root is not forgotten when the hub stops before it. */
    public void oweMerkleRoot(String target) {
        moveCursor(target, ROOT, "owed");
    }

    /** Whether events were written since the Merkle root was last renewed. */
    public boolean owesMerkleRoot(String target) {
        return cursor(target, ROOT).isPresent();
    }

    public void merkleRootRenewed(String target) {
        forgetCursor(target, ROOT);
    }

    /**
     * Moves links to what the target holds, or makes them. At most one of each entity. Of those that the pull changes it
     * is noted what they had agreed with the target before, for copies that were made then and may still be written back;
     * of each the newest few are kept.
     *
     * @param pulled the entities that the pull changes
     * @return false when one of them has changed meanwhile: decide again, and roll back
     */
    public boolean agree(String target, Collection<Agreed> agreed, Set<String> pulled) {
        List<Agreed> inOrder = new ArrayList<>(agreed);
        inOrder.sort(Comparator.comparing(Agreed::guid));
        List<Agreed> known = inOrder.stream().filter(a -> a.linkRevision() != 0).toList();
        if (!makeLinks(
                        target,
                        inOrder.stream().filter(a -> a.linkRevision() == 0).toList(),
                        pulled)
                || !moveLinks(target, known, pulled)) {
            return false;
        }
        List<Agreed> again =
                known.stream().filter(a -> pulled.contains(a.guid())).toList();
        Links.forgetForms(db, target, again.stream().map(Agreed::guid).toList());
        // There are at most as many states of an entity as its link has revisions.
        forgetOldest(
                target,
                again.stream().filter(a -> a.linkRevision() >= COPIES_KNOWN).toList());
        return true;
    }

    private boolean makeLinks(String target, List<Agreed> links, Set<String> pulled) {
        return links.isEmpty() || withColumns(target, links, pulled, """
                                WITH at AS MATERIALIZED (SELECT hub.now() AS now), agreed AS (
                                    INSERT INTO hub.link (target, guid, kind, external_id, version, base, mapping_hash, lane,
                                                          linked_at, agreed_at)
                                    SELECT :target, guid, kind, external_id, version, base, mapping_hash, lane, at.now, at.now
                                    FROM
                                """ + AGREED + """
                                    , at ORDER BY guid ON CONFLICT DO NOTHING
                                    RETURNING guid, revision, NULL::bytea AS before, base),
                                """ + NOTED) == links.size();
    }

    private boolean moveLinks(String target, List<Agreed> links, Set<String> pulled) {
        return links.isEmpty() || withColumns(target, links, pulled, """
                                WITH at AS MATERIALIZED (SELECT hub.now() AS now), agreed AS (
                                    UPDATE hub.link AS l SET
                                        previous_version = l.version, previous_base = l.base,
                                        version = coalesce(a.version, l.version), base = coalesce(a.base, l.base),
                                        kind = a.kind, mapping_hash = a.mapping_hash, lane = a.lane,
                                        revision = l.revision + 1, agreed_at = at.now,
                                        deleted_at = CASE WHEN a.deleted THEN at.now END
                                    FROM
                                """ + AGREED + """
                                    , at
                                    WHERE l.target = :target AND l.guid = a.guid AND l.external_id = a.external_id
                                      AND l.revision = a.revision
                                    RETURNING l.guid, l.revision, l.previous_base AS before, l.base),
                                """ + NOTED) == links.size();
    }

    private static final String AGREED = """
            unnest(:guids::text[], :kinds::text[], :ids::text[], :versions::text[], :bases::bytea[], :hashes::text[],
                   :lanes::text[], :revisions::bigint[], :deleted::boolean[])
            AS a (guid, kind, external_id, version, base, mapping_hash, lane, revision, deleted)
            """;

    /**
     * The earlier states are looked up as they were before this statement. IS TRUE has PostgreSQL hash the guids that were
     * pulled instead of comparing each with each.
     */
    private static final String NOTED = """
            noted AS (
                INSERT INTO hub.pulled_state (target, guid, revision, after, base, result)
                SELECT :target, guid, revision,
                       coalesce((SELECT max(p.revision) FROM hub.pulled_state p
                                 WHERE p.target = :target AND p.guid = agreed.guid), 0),
                       before, base
                FROM agreed WHERE (guid IN (SELECT unnest(:pulled::text[]))) IS TRUE
                ON CONFLICT DO NOTHING)
            SELECT count(*) FROM agreed""";

    private int withColumns(String target, List<Agreed> links, Set<String> pulled, String sql) {
        return db.sql(sql)
                .param("target", target)
                .param("guids", links.stream().map(Agreed::guid).toArray(String[]::new))
                .param("kinds", links.stream().map(Agreed::kind).toArray(String[]::new))
                .param("ids", links.stream().map(Agreed::externalId).toArray(String[]::new))
                .param("versions", links.stream().map(Agreed::version).toArray(String[]::new))
                .param(
                        "bases",
                        links.parallelStream()
                                .map(a -> vault.seal(a.base(), target, a.guid()))
                                .toArray(byte[][]::new))
                .param("hashes", links.stream().map(Agreed::mappingHash).toArray(String[]::new))
                .param("lanes", links.stream().map(Agreed::lane).toArray(String[]::new))
                .param("revisions", links.stream().map(Agreed::linkRevision).toArray(Long[]::new))
                .param("deleted", links.stream().map(Agreed::deleted).toArray(Boolean[]::new))
                .param("pulled", pulled.toArray(String[]::new))
                .query(Integer.class)
                .single();
    }

    private void forgetOldest(String target, List<Agreed> longKnown) {
        if (!longKnown.isEmpty()) {
            db.sql("""
                            DELETE FROM hub.pulled_state p
                            WHERE target = :target AND guid = ANY (:guids::text[])
                              AND (SELECT count(*) FROM hub.pulled_state newer WHERE newer.target = p.target
                                   AND newer.guid = p.guid AND newer.revision > p.revision) >= :kept""")
                    .param("target", target)
                    .param("guids", longKnown.stream().map(Agreed::guid).toArray(String[]::new))
                    .param("kept", COPIES_KNOWN)
                    .update();
        }
    }

    /**
     * Keeps what could not be applied, once per record. What a person gave up stays so while its version is the same.
     *
     * @param parked at most one of each record
     * @return how many wait for somebody, by record kind
     */
    public Map<String, Integer> park(String target, Collection<Parked> parked) {
        if (parked.isEmpty()) {
            return Map.of();
        }
        List<Parked> inOrder = new ArrayList<>(parked);
        inOrder.sort(Comparator.comparing(Parked::externalId));
        Map<String, Integer> waiting = new HashMap<>();
        db.sql("""
                        WITH parked AS (
                            INSERT INTO hub.parked AS p
                                (target, external_id, kind, guid, version, reason_code, reason, first_seen, last_seen)
                            SELECT :target, external_id, kind, guid, version, code, reason, at.now, at.now
                            FROM unnest(:ids::text[], :kinds::text[], :guids::text[], :versions::text[], :codes::text[],
                                        :reasons::text[]) AS r (external_id, kind, guid, version, code, reason),
                                 (SELECT hub.now() AS now) AS at
                            ORDER BY external_id
                            ON CONFLICT (target, external_id) DO UPDATE SET
                                given_up = p.given_up AND p.version IS NOT DISTINCT FROM excluded.version,
                                version = excluded.version, reason_code = excluded.reason_code,
                                reason = excluded.reason, guid = excluded.guid, last_seen = excluded.last_seen,
                                seen = p.seen + 1
                            RETURNING kind, given_up)
                        SELECT kind, count(*) FROM parked WHERE NOT given_up GROUP BY kind""")
                .param("target", target)
                .param("ids", inOrder.stream().map(Parked::externalId).toArray(String[]::new))
                .param("kinds", inOrder.stream().map(Parked::kind).toArray(String[]::new))
                .param("guids", inOrder.stream().map(Parked::guid).toArray(String[]::new))
                .param("versions", inOrder.stream().map(Parked::version).toArray(String[]::new))
                .param("codes", inOrder.stream().map(Parked::code).toArray(String[]::new))
                .param("reasons", inOrder.stream().map(Parked::reason).toArray(String[]::new))
                .query(row -> {
                    waiting.put(row.getString(1), row.getInt(2));
                });
        Map<String, KeptExchange> read = new HashMap<>();
        for (Parked row : inOrder) {
            if (row.exchange() != null) {
                read.put(row.externalId(), row.exchange());
            }
        }
        Exchanges.keepPulled(db, vault, target, read);
        return waiting;
    }

    /** External ids of parked records with one of these reasons, those that waited longest first. */
    public List<String> parked(String target, List<String> codes, int most) {
        return db.sql("SELECT external_id FROM hub.parked WHERE target = :target AND NOT given_up"
                        + " AND reason_code = ANY (:codes::text[])"
                        + " ORDER BY last_seen, external_id LIMIT :most")
                .param("target", target)
                .param("codes", codes.toArray(String[]::new))
                .param("most", most)
                .query(String.class)
                .list();
    }

    /** Of these external ids, those that are parked for this reason. */
    public List<String> parkedAs(String target, String code, Collection<String> externalIds) {
        return externalIds.isEmpty()
                ? List.of()
                : db.sql("SELECT external_id FROM hub.parked WHERE target = :target AND reason_code = :code"
                                + " AND external_id = ANY (:ids::text[])")
                        .param("target", target)
                        .param("code", code)
                        .param("ids", externalIds.toArray(String[]::new))
                        .query(String.class)
                        .list();
    }

    /** A delivery that met a conflict nobody has been asked about; without an external id it has no link. */
    public record Unasked(String guid, @Nullable String externalId, String kind, String code, String reason) {}

    /** Deliveries in conflict about which nobody is being asked. */
    public List<Unasked> unasked(String target, int most) {
        return db.sql("""
                        SELECT d.guid, l.external_id, d.kind, coalesce(d.reason_code, 'conflict'), coalesce(d.reason, '')
                        FROM hub.delivery d
                        LEFT JOIN hub.link l ON l.target = d.target AND l.guid = d.guid
                        WHERE d.target = :target AND d.state = 'conflict'
                          AND NOT EXISTS (SELECT FROM hub.conflict c
                                          WHERE c.target = d.target AND c.guid = d.guid AND c.state = 'open')
                        ORDER BY d.guid LIMIT :most""")
                .param("target", target)
                .param("most", most)
                .query((row, n) -> new Unasked(
                        row.getString(1), row.getString(2), row.getString(3), row.getString(4), row.getString(5)))
                .list();
    }

    /** A parked record with the reason why it waits. */
    public record ParkedRow(Parked what, Instant firstSeen, int seen) {}

    /** What is parked, those first that wait longest. */
    public List<ParkedRow> parkedRows(String target, int most) {
        return db.sql("""
                        SELECT external_id, kind, guid, version, reason_code, reason, first_seen, seen FROM hub.parked
                        WHERE target = :target AND NOT given_up ORDER BY first_seen, external_id LIMIT :most""")
                .param("target", target)
                .param("most", most)
                .query((row, n) -> new ParkedRow(
                        new Parked(
                                row.getString(1),
                                row.getString(2),
                                row.getString(3),
                                row.getString(4),
                                row.getString(5),
                                row.getString(6)),
                        row.getTimestamp(7).toInstant(),
                        row.getInt(8)))
                .list();
    }

    /** Forgets that a record was parked: it has been applied since. */
    public void unpark(String target, List<String> externalIds) {
        if (!externalIds.isEmpty()) {
            db.sql("DELETE FROM hub.parked WHERE target = :target AND external_id = ANY (:ids::text[])")
                    .param("target", target)
                    .param("ids", externalIds.toArray(String[]::new))
                    .update();
        }
    }

    /** Gives parked records up until the target changes them; a decision without values tells of each. */
    public void discard(String target, List<String> externalIds, String reason, long run, String by) {
        db.sql("""
                        WITH gone AS (
                            UPDATE hub.parked SET given_up = true
                            WHERE target = :target AND external_id = ANY (:ids::text[]) AND NOT given_up
                            RETURNING external_id, guid, reason_code)
                        INSERT INTO hub.decision (target, guid, external_id, run, conflict_kind, path, rule, reason,
                                                  standing, decided_by)
                        SELECT :target, coalesce(guid, ''), external_id, :run, reason_code, '*', 'discard', :reason,
                               'settled', :by
                        FROM gone ORDER BY external_id""")
                .param("target", target)
                .param("ids", externalIds.toArray(String[]::new))
                .param("reason", reason)
                .param("run", run)
                .param("by", by)
                .update();
    }

    /** Leaves a row for each decision, so that nobody has to wonder later. */
    public void record(String target, long run, String by, List<Decision> decisions) {
        if (decisions.isEmpty()) {
            return;
        }
        db.sql("""
                        INSERT INTO hub.decision (target, guid, external_id, run, conflict_kind, path, rule, reason,
                                                  standing, decided_by, base, internal, external, result, at,
                                                  internal_version, internal_at, external_version, external_at, seen_by)
                        SELECT :target, guid, external_id, :run, kind, path, rule, reason, standing, :by,
                               base, internal, external, result, at.now, internal_version, internal_at, external_version,
                               external_at, seen_by
                        FROM unnest(:guids::text[], :ids::text[], :kinds::text[], :paths::text[], :rules::text[],
                                    :reasons::text[], :standings::text[], :bases::bytea[], :internals::bytea[],
                                    :externals::bytea[], :results::bytea[], :internalVersions::text[],
                                    :internalTimes::timestamptz[], :externalVersions::text[],
                                    :externalTimes::timestamptz[], :seenBys::text[]) WITH ORDINALITY
                             AS d (guid, external_id, kind, path, rule, reason, standing, base, internal, external,
                                   result, internal_version, internal_at, external_version, external_at, seen_by, n),
                             (SELECT hub.now() AS now) AS at
                        ORDER BY n""")
                .param("target", target)
                .param("run", run)
                .param("by", by)
                .param("guids", texts(decisions, Decision::guid))
                .param("ids", texts(decisions, Decision::externalId))
                .param("kinds", texts(decisions, Decision::conflictKind))
                .param("paths", texts(decisions, Decision::path))
                .param("rules", texts(decisions, Decision::rule))
                .param("reasons", texts(decisions, Decision::reason))
                .param("standings", texts(decisions, Decision::standing))
                .param("bases", values(target, decisions, Decision::base))
                .param("internals", values(target, decisions, Decision::internal))
                .param("externals", values(target, decisions, Decision::external))
                .param("results", values(target, decisions, Decision::result))
                .param(
                        "internalVersions",
                        texts(decisions, d -> d.internalSide().version()))
                .param("internalTimes", texts(decisions, d -> time(d.internalSide())))
                .param(
                        "externalVersions",
                        texts(decisions, d -> d.externalSide().version()))
                .param("externalTimes", texts(decisions, d -> time(d.externalSide())))
                .param("seenBys", texts(decisions, Decision::seenBy))
                .update();
    }

    private static @Nullable String time(Held side) {
        return side.at() == null ? null : side.at().toString();
    }

    private static String[] texts(List<Decision> decisions, Function<Decision, @Nullable String> column) {
        return decisions.stream().map(column).toArray(String[]::new);
    }

    private byte[][] values(String target, List<Decision> decisions, Function<Decision, @Nullable JsonNode> column) {
        return decisions.stream()
                .map(d -> {
                    JsonNode value = column.apply(d);
                    ObjectNode wrapped = value == null
                            ? null
                            : JsonNodeFactory.instance.objectNode().set("value", value);
                    return vault.seal(wrapped, target, d.externalId());
                })
                .toArray(byte[][]::new);
    }
}
