package org.synchub.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads {@code hub.link}. Links are written by settling and by pulls. */
public class Links {

    private final JdbcClient db;

    public Links(JdbcClient db) {
        this.db = db;
    }

    /** The links of these entities at a target, by guid. Entities without one are absent. */
    public Map<String, StoredLink> byGuid(String target, Collection<String> guids) {
        return query("guid", target, guids, StoredLink::guid);
    }

    /** The links of these external ids at a target, by external id. Ids without one are absent. */
    public Map<String, StoredLink> byExternalId(String target, Collection<String> externalIds) {
        return query("external_id", target, externalIds, StoredLink::externalId);
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
                .query((row, n) -> new StoredLink(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        null,
                        null,
                        null,
                        row.getString(5),
                        row.getString(6),
                        row.getLong(7),
                        false))
                .list();
    }

    /**
     * Finds states that do not contain the newest pulled one: somebody has written back a copy that was made before it.
     *
     * @param stamps by guid, the revision of the pulled state that the entity contains; 0 when it is not stamped
     * @return by guid of each such copy, what both sides had agreed on when it was made; empty when that is not known
     */
    public Map<String, Optional<ObjectNode>> overwritten(String target, Map<String, Long> stamps) {
        Map<String, Optional<ObjectNode>> overwritten = new HashMap<>();
        if (stamps.isEmpty()) {
            return overwritten;
        }
        List<String> guids = List.copyOf(stamps.keySet());
        db.sql("""
                        SELECT DISTINCT ON (p.guid) p.guid, CASE WHEN p.after <= s.stamp THEN p.base END
                        FROM unnest(:guids::text[], :stamps::bigint[]) AS s (guid, stamp)
                        JOIN hub.pulled_state p ON p.target = :target AND p.guid = s.guid AND p.revision > s.stamp
                        ORDER BY p.guid, p.revision""")
                .param("target", target)
                .param("guids", guids.toArray(String[]::new))
                .param("stamps", guids.stream().map(stamps::get).toArray(Long[]::new))
                .query(row -> {
                    overwritten.put(row.getString(1), Optional.ofNullable(Base.fromBytes(row.getBytes(2))));
                });
        return overwritten;
    }

    /** How many records a target holds by the ledger. */
    public long count(String target) {
        return db.sql("SELECT count(*) FROM hub.link WHERE target = :target AND deleted_at IS NULL")
                .param("target", target)
                .query(Long.class)
                .single();
    }

    private Map<String, StoredLink> query(
            String column,
            String target,
            Collection<String> values,
            java.util.function.Function<StoredLink, String> key) {
        Map<String, StoredLink> links = new HashMap<>();
        if (values.isEmpty()) {
            return links;
        }
        db.sql("""
                        SELECT guid, kind, external_id, version, base, previous_version, previous_base, mapping_hash, lane,
                               revision, deleted_at IS NOT NULL
                        FROM hub.link WHERE target = :target AND
""" + column + " = ANY (:values::text[])")
                .param("target", target)
                .param("values", values.toArray(String[]::new))
                .query((row, n) -> new StoredLink(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        Base.fromBytes(row.getBytes(5)),
                        row.getString(6),
                        Base.fromBytes(row.getBytes(7)),
                        row.getString(8),
                        row.getString(9),
                        row.getLong(10),
                        row.getBoolean(11)))
                .list()
                .forEach(link -> links.put(key.apply(link), link));
        return links;
    }
}
