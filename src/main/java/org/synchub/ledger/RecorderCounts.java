package org.synchub.ledger;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * How the records stand that somebody recorded, or that came from some device. Read from deliveries and entities when it is
 * asked for: one pass over the records of the kinds that are named. Nothing of it is kept.
 */
public class RecorderCounts {

    /** Longer texts are no user's or device's key. */
    private static final int LONGEST = 200;

    private static final String SQL = """
            WITH named AS (SELECT * FROM unnest(:kinds::text[], :paths::text[]) AS named (kind, path))
            SELECT who, count(*) AS total,
                   count(*) FILTER (WHERE state = 'delivered') AS synced,
                   count(*) FILTER (WHERE state IN ('rejected', 'discarded')) AS failed,
                   count(*) FILTER (WHERE state = 'conflict') AS conflicts
            FROM (
                SELECT d.state,
                       CASE WHEN d.state IN ('delivered', 'rejected', 'discarded', 'conflict')
                            THEN coalesce(d.settled_at, d.owed_since) ELSE d.owed_since END AS since,
                       nullif(btrim(left(CASE WHEN jsonb_typeof(at.place) IN ('string', 'number')
                                              THEN at.place #>> '{}' END, :longest)), '') AS who
                FROM named
                JOIN hub.delivery d ON d.target = :target AND d.kind = named.kind AND d.state <> 'excluded'
                LEFT JOIN public.entities e ON e.tenant_id = :tenant AND e.guid = d.guid
                CROSS JOIN LATERAL (SELECT e.modified #> string_to_array(named.path, '.') AS place) AS at
                ) AS records
            WHERE since >= coalesce(:from::timestamptz, '-infinity') AND since < coalesce(:to::timestamptz, 'infinity')
            GROUP BY who ORDER BY total DESC, who COLLATE "C" NULLS LAST LIMIT :most""";

    private final JdbcClient db;

    public RecorderCounts(JdbcClient db) {
        this.db = db;
    }

    /**
     * The records of one user or device, each once, by how it stands now.
     *
     * @param who null for records that do not say, and for those that are gone from the store
     * @param failed rejected or given up
     */
    public record Count(@Nullable String who, long total, long synced, long failed, long conflicts) {}

    /**
     * Counts, who has most first.
     *
     * @param paths by record kind, the dotted path below which an entity says who
     * @param from only records that came to stand so then or later; null for all
     * @param to only those that came to stand so before; null for all
     */
    public List<Count> counts(
            String target,
            String tenant,
            Map<String, String> paths,
            @Nullable Instant from,
            @Nullable Instant to,
            int most) {
        List<String> kinds = new ArrayList<>(paths.keySet());
        return db.sql(SQL)
                .param("target", target)
                .param("tenant", tenant)
                .param("kinds", kinds.toArray(String[]::new))
                .param("paths", kinds.stream().map(paths::get).toArray(String[]::new))
                .param("from", from == null ? null : Timestamp.from(from))
                .param("to", to == null ? null : Timestamp.from(to))
                .param("longest", LONGEST)
                .param("most", most)
                .query((row, n) -> new Count(
                        row.getString("who"),
                        row.getLong("total"),
                        row.getLong("synced"),
                        row.getLong("failed"),
                        row.getLong("conflicts")))
                .list();
    }
}
