package org.synchub.ledger;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads {@code hub.link}. Links are written by settling only. */
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
