package org.synchub.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads {@code hub.link}. Links are written by settling and by pulls. */
public class Links {

    /** More than are given between two backups. */
    private static final int NUMBERS_FORGOTTEN = 1_000_000;

    private final JdbcClient db;
    private final Vault vault;

    public Links(JdbcClient db, Vault vault) {
        this.db = db;
        this.vault = vault;
    }

    /** The links of these entities at a target, by guid. Entities without one are absent. */
    public Map<String, StoredLink> byGuid(String target, Collection<String> guids) {
        return query("guid", target, guids, StoredLink::guid, Map.of());
    }

    /** The links of these external ids at a target, by external id. Ids without one are absent. */
    public Map<String, StoredLink> byExternalId(String target, Collection<String> externalIds) {
        return byExternalId(target, externalIds, Map.of());
    }

    /**
     * As {@link #byExternalId(String, Collection)}, without reading bases again that have not moved on.
     *
     * @param known links that were read before, by external id
     */
    public Map<String, StoredLink> byExternalId(
            String target, Collection<String> externalIds, Map<String, StoredLink> known) {
        return query("external_id", target, externalIds, StoredLink::externalId, known);
    }

    /** What was agreed on of these entities before what is agreed on now, by guid; those without are absent. */
    public Map<String, ObjectNode> previousBases(String target, Collection<String> guids) {
        Map<String, ObjectNode> bases = new HashMap<>();
        db.sql("""
                        SELECT guid, previous_base FROM hub.link
                        WHERE target = :target AND guid = ANY (:guids::text[]) AND previous_base IS NOT NULL""")
                .param("target", target)
                .param("guids", guids.toArray(String[]::new))
                .query(row -> {
                    bases.put(row.getString(1), vault.open(row.getBytes(2), "link", target, row.getString(1)));
                });
        return bases;
    }

    /**
     * One page of a target's links in the order of their guids, without those whose record was taken away.
     *
     * @param after guid of the last link of the page before, empty for the first
     */
    public List<StoredLink> page(String target, String after, int size) {
        return db.sql("""
                        SELECT guid, kind, external_id, version, mapping_hash, lane, revision
                        FROM hub.link WHERE target = :target AND guid > :after AND deleted_at IS NULL
                        ORDER BY guid LIMIT :size""")
                .param("target", target)
                .param("after", after)
                .param("size", size)
                .query(Links::withoutBase)
                .list();
    }

    private static StoredLink withoutBase(ResultSet row, int n) throws SQLException {
        return new StoredLink(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                null,
                row.getString(5),
                row.getString(6),
                row.getLong(7),
                false);
    }

    /** Guids of a target's links in order, whether or not their record was taken away. */
    public List<String> guids(String target, String after, int size) {
        return db.sql("SELECT guid FROM hub.link WHERE target = :target AND guid > :after ORDER BY guid LIMIT :size")
                .param("target", target)
                .param("after", after)
                .param("size", size)
                .query(String.class)
                .list();
    }

    /**
     * Forgets links of records that are not there any more, so that they are made anew. Joins the caller's transaction, which
     * has owed them before.
     */
    public void forget(String target, Collection<String> guids) {
        db.sql("DELETE FROM hub.link WHERE target = :target AND guid IN (SELECT guid FROM hub.link"
                        + " WHERE target = :target AND guid = ANY (:guids::text[]) ORDER BY guid FOR UPDATE)")
                .param("target", target)
                .param("guids", guids.toArray(String[]::new))
                .update();
    }

    /**
     * Lets the revisions of all links, and the numbers that the target takes as ids, go on beyond whatever a restore has
     * forgotten: what is made from them must not be given twice. Revisions jump to the seconds since 1970.
     */
    public void jump(String target) {
        db.sql("UPDATE hub.mark SET first_revision = greatest(first_revision, extract(epoch FROM hub.now())::bigint)")
                .update();
        db.sql("UPDATE hub.link SET revision = greatest(revision + 1, hub.first_revision()) WHERE target = :target")
                .param("target", target)
                .update();
        db.sql("UPDATE hub.number_series SET next = next + :numbers WHERE target = :target")
                .param("target", target)
                .param("numbers", NUMBERS_FORGOTTEN)
                .update();
    }

    /** The links that were agreed on last, the newest first, without bases and without those whose record was taken away. */
    public List<StoredLink> newest(String target, int most) {
        return db.sql("""
                        SELECT guid, kind, external_id, version, mapping_hash, lane, revision
                        FROM hub.link WHERE target = :target AND deleted_at IS NULL
                        ORDER BY agreed_at DESC, guid LIMIT :most""")
                .param("target", target)
                .param("most", most)
                .query(Links::withoutBase)
                .list();
    }

    /**
     * Finds entities that do not contain all that was pulled: somebody has written back a copy that was made before.
     *
     * @param stamps by guid, the revision of the pulled state that the entity contains; 0 when it is not stamped
     */
    public Map<String, Copy> copies(String target, Map<String, Long> stamps) {
        Map<String, Copy> copies = new HashMap<>();
        List<String> guids = lacking(target, stamps);
        if (guids.isEmpty()) {
            return copies;
        }
        db.sql("""
                        SELECT p.guid, p.after <= least(s.stamp, o.revision),
                               NOT s.mixed AND coalesce(o.revision >= s.stamp OR o.stamped, true), p.base, p.result
                        FROM (SELECT n.guid, coalesce(m.mixed, n.stamp) AS stamp, m.mixed IS NOT NULL AS mixed
                              FROM unnest(:guids::text[], :stamps::bigint[]) AS n (guid, stamp)
                              LEFT JOIN hub.pulled_state m ON m.target = :target AND m.guid = n.guid AND m.revision = n.stamp
                                  AND EXISTS (SELECT FROM hub.pulled_state newer WHERE newer.target = :target
                                              AND newer.guid = n.guid AND newer.revision > n.stamp)) AS s
                        LEFT JOIN hub.old_form o ON o.target = :target AND o.guid = s.guid
                        JOIN hub.pulled_state p ON p.target = :target AND p.guid = s.guid
                            AND p.revision > least(s.stamp, o.revision)
                        ORDER BY p.guid, p.revision""")
                .param("target", target)
                .param("guids", guids.toArray(String[]::new))
                .param("stamps", guids.stream().map(stamps::get).toArray(Long[]::new))
                .query(row -> {
                    String guid = row.getString(1);
                    ObjectNode before = vault.open(row.getBytes(4), "pulled_state", target, guid);
                    Copy known = copies.get(guid);
                    List<Copy.Missed> missed = new ArrayList<>(known == null ? List.of() : known.missed());
                    missed.add(new Copy.Missed(before, vault.open(row.getBytes(5), "pulled_state", target, guid)));
                    ObjectNode then = known != null ? known.then() : row.getBoolean(2) ? before : null;
                    copies.put(guid, new Copy(then, row.getBoolean(3), missed));
                });
        return copies;
    }

    /** Those that something was pulled for since what they are stamped with, or that an old form came in for. */
    private List<String> lacking(String target, Map<String, Long> stamps) {
        List<String> guids = List.copyOf(stamps.keySet());
        return guids.isEmpty()
                ? guids
                : db.sql("""
                                SELECT n.guid FROM unnest(:guids::text[], :stamps::bigint[]) AS n (guid, stamp)
                                WHERE EXISTS (SELECT FROM hub.pulled_state p
                                              WHERE p.target = :target AND p.guid = n.guid AND p.revision > n.stamp)
                                   OR EXISTS (SELECT FROM hub.old_form o WHERE o.target = :target AND o.guid = n.guid)""")
                        .param("target", target)
                        .param("guids", guids.toArray(String[]::new))
                        .param("stamps", guids.stream().map(stamps::get).toArray(Long[]::new))
                        .query(String.class)
                        .list();
    }

    /** Of these entities, those that a pull from the target has changed. */
    public Set<String> pulled(String target, Collection<String> guids) {
        return guids.isEmpty()
                ? Set.of()
                : Set.copyOf(db.sql("SELECT DISTINCT guid FROM hub.pulled_state"
                                + " WHERE target = :target AND guid = ANY (:guids::text[])")
                        .param("target", target)
                        .param("guids", guids.toArray(String[]::new))
                        .query(String.class)
                        .list());
    }

    /**
     * Notes that a form came in which was filled in on an older state than the newest pulled one, if it was. Joins the
     * caller's transaction; forgotten once the two sides agree again.
     *
     * @param stamp the pulled state that the form contains; null when it bears no stamp
     */
    public void noteForm(String target, String guid, @Nullable Long stamp) {
        db.sql("""
                        WITH form AS (
                            SELECT coalesce(m.mixed, :stamp::bigint, 0) AS revision,
                                   :stamp::bigint IS NOT NULL AND m.mixed IS NULL AS stamped
                            FROM (SELECT) AS one
                            LEFT JOIN hub.pulled_state m ON m.target = :target AND m.guid = :guid AND m.revision = :stamp::bigint
                            WHERE EXISTS (SELECT FROM hub.pulled_state WHERE target = :target AND guid = :guid
                                          AND revision > coalesce(:stamp::bigint, 0))),
                        mix AS (
                            UPDATE hub.pulled_state p SET mixed = least(p.mixed, form.revision) FROM form
                            WHERE p.target = :target AND p.guid = :guid AND p.revision > form.revision
                              AND :stamp::bigint IS NULL)
                        INSERT INTO hub.old_form AS o (target, guid, revision, stamped)
                        SELECT :target, :guid, revision, stamped FROM form
                        ON CONFLICT (target, guid) DO UPDATE SET
                            stamped = CASE WHEN excluded.revision < o.revision THEN excluded.stamped
                                           WHEN excluded.revision = o.revision THEN o.stamped OR excluded.stamped
                                           ELSE o.stamped END,
                            revision = least(o.revision, excluded.revision)""")
                .param("target", target)
                .param("guid", guid)
                .param("stamp", stamp)
                .update();
    }

    /** The ledger's time. */
    public Instant now() {
        return db.sql("SELECT hub.now()").query(Timestamp.class).single().toInstant();
    }

    /** Of these external ids, those whose link was agreed on at this time of the ledger's or later. */
    public Set<String> agreedSince(String target, Collection<String> externalIds, Instant time) {
        return externalIds.isEmpty()
                ? Set.of()
                : Set.copyOf(db.sql("SELECT external_id FROM hub.link WHERE target = :target"
                                + " AND external_id = ANY (:ids::text[]) AND agreed_at >= :time")
                        .param("target", target)
                        .param("ids", externalIds.toArray(String[]::new))
                        .param("time", Timestamp.from(time))
                        .query(String.class)
                        .list());
    }

    /** How many records a target holds by the ledger. */
    public long count(String target) {
        return db.sql("SELECT count(*) FROM hub.link WHERE target = :target AND deleted_at IS NULL")
                .param("target", target)
                .query(Long.class)
                .single();
    }

    /** Forgets what forms of these entities came in before the last pull; joins the caller's transaction. */
    public void forgetForms(String target, Collection<String> guids) {
        forgetForms(db, target, guids);
    }

    static void forgetForms(JdbcClient db, String target, Collection<String> guids) {
        if (!guids.isEmpty()) {
            db.sql("DELETE FROM hub.old_form WHERE target = :target AND guid = ANY (:guids::text[])")
                    .param("target", target)
                    .param("guids", guids.toArray(String[]::new))
                    .update();
        }
    }

    private Map<String, StoredLink> query(
            String column,
            String target,
            Collection<String> values,
            Function<StoredLink, String> key,
            Map<String, StoredLink> known) {
        Map<String, StoredLink> links = new HashMap<>();
        if (values.isEmpty()) {
            return links;
        }
        List<StoredLink> again =
                values.stream().map(known::get).filter(Objects::nonNull).toList();
        String base = again.isEmpty()
                ? "base"
                : "CASE WHEN (external_id, revision) NOT IN (SELECT * FROM unnest(:known::text[], :revisions::bigint[]))"
                        + " THEN base END";
        db.sql("SELECT guid, kind, external_id, version, " + base + ", mapping_hash, lane, revision,"
                        + " deleted_at IS NOT NULL FROM hub.link WHERE target = :target AND " + column
                        + " = ANY (:values::text[])")
                .param("target", target)
                .param("values", values.toArray(String[]::new))
                .param("known", again.stream().map(StoredLink::externalId).toArray(String[]::new))
                .param("revisions", again.stream().map(StoredLink::revision).toArray(Long[]::new))
                .query((row, n) -> {
                    StoredLink before = known.get(row.getString(3));
                    long revision = row.getLong(8);
                    return new StoredLink(
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            row.getString(4),
                            before != null && before.revision() == revision
                                    ? before.base()
                                    : vault.open(row.getBytes(5), "link", target, row.getString(1)),
                            row.getString(6),
                            row.getString(7),
                            revision,
                            row.getBoolean(9));
                })
                .list()
                .forEach(link -> links.put(key.apply(link), link));
        return links;
    }
}
