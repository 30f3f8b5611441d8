package org.synchub.ledger;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@code hub.number}: the whole numbers that the hub gives records as ids. */
final class Numbers {

    private final JdbcClient db;

    Numbers(JdbcClient db) {
        this.db = db;
    }

    /** The number of each entity; who has none gets the next, and keeps it. */
    Map<String, Long> of(String target, Collection<String> guids, long first) {
        Map<String, Long> known = known(target, guids);
        if (known.size() < guids.size()) {
            allot(target, guids, first);
            return known(target, guids);
        }
        return known;
    }

    private Map<String, Long> known(String target, Collection<String> guids) {
        Map<String, Long> known = new HashMap<>();
        db.sql("SELECT guid, number FROM hub.number WHERE target = :target AND guid = ANY (:guids::text[])")
                .param("target", target)
                .param("guids", guids.toArray(String[]::new))
                .query(row -> {
                    known.put(row.getString(1), row.getLong(2));
                });
        return known;
    }

    /** One statement: the series waits for whoever else takes from it, and what another hub allotted meanwhile stands. */
    private void allot(String target, Collection<String> guids, long first) {
        db.sql("""
                        WITH wanted AS (
                            SELECT w.guid, row_number() OVER (ORDER BY w.guid) - 1 AS place
                            FROM unnest(:guids::text[]) AS w (guid)
                            WHERE NOT EXISTS (SELECT FROM hub.number n WHERE n.target = :target AND n.guid = w.guid)),
                        series AS (
                            INSERT INTO hub.number_series AS s (target, next)
                            VALUES (:target, :first + (SELECT count(*) FROM wanted))
                            ON CONFLICT (target) DO UPDATE
                            SET next = greatest(s.next, :first) + (SELECT count(*) FROM wanted)
                            RETURNING next - (SELECT count(*) FROM wanted) AS begins)
                        INSERT INTO hub.number (target, guid, number)
                        SELECT :target, w.guid, s.begins + w.place FROM wanted w, series s
                        ON CONFLICT (target, guid) DO NOTHING""")
                .param("target", target)
                .param("guids", guids.toArray(String[]::new))
                .param("first", first)
                .update();
    }
}
