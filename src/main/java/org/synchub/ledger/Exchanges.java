package org.synchub.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.synchub.ledger.Attention.Cause;
import org.synchub.ledger.Attention.Direction;

/**
 * The requests and answers over which records came to need attention, one of each record. They are written with the state
 * that they explain, in its transaction; a trigger takes them away when the record leaves that state, and what is older
 * than the retention goes by itself.
 */
public class Exchanges {

    private static final int TIDIED_AT_ONCE = 5_000;

    private final JdbcClient db;
    private final Vault vault;
    private final Duration retention;

    /** @param retention how long an exchange is kept while its record waits; zero keeps none */
    public Exchanges(JdbcClient db, Vault vault, Duration retention) {
        if (retention.isNegative()) {
            throw new IllegalArgumentException("synchub.exchanges.retention is '" + retention
                    + "': it is how long exchanges are kept, and 0 keeps none");
        }
        this.db = db;
        this.vault = vault;
        this.retention = retention;
    }

    /**
     * An exchange as it is shown.
     *
     * @param path below the target's address, with its query; null for a record that was read
     * @param request the body: JSON, or a text; null where there was none
     * @param answer the body: JSON, or a text; null where there was none
     * @param tookMs milliseconds until the answer was there
     * @param records how many records the request was for; of more than one, request and answer are the record's own part
     */
    public record ShownExchange(
            String label,
            @Nullable String method,
            @Nullable String path,
            @Nullable JsonNode headers,
            @Nullable String requestId,
            Instant at,
            @Nullable Long tookMs,
            int records,
            @Nullable JsonNode request,
            @Nullable Integer status,
            @Nullable JsonNode answer) {}

    /** Whether exchanges are kept at all. */
    public boolean isKept() {
        return !retention.isZero();
    }

    /** Keeps those of deliveries that are rejected now; in the transaction that rejected them. */
    static void keepPushed(JdbcClient db, Vault vault, String target, Map<String, KeptExchange> byGuid) {
        keep(db, vault, target, "push", byGuid, """
                EXISTS (SELECT FROM hub.delivery d
                        WHERE d.target = :target AND d.guid = k.key AND d.state = 'rejected')""");
    }

    /** Keeps those of parked records that nobody gave up; in the transaction that parked them. */
    static void keepPulled(JdbcClient db, Vault vault, String target, Map<String, KeptExchange> byExternalId) {
        keep(db, vault, target, "pull", byExternalId, """
                EXISTS (SELECT FROM hub.parked p
                        WHERE p.target = :target AND p.external_id = k.key AND NOT p.given_up)""");
    }

    private static void keep(
            JdbcClient db,
            Vault vault,
            String target,
            String direction,
            Map<String, KeptExchange> byKey,
            String stillWaits) {
        if (byKey.isEmpty()) {
            return;
        }
        List<Map.Entry<String, KeptExchange>> rows =
                byKey.entrySet().stream().sorted(Map.Entry.comparingByKey()).toList();
        db.sql("""
                        INSERT INTO hub.exchange AS e (target, direction, key, label, method, request_id, asked_at, took_ms,
                                                       records, status, masked, clear)
                        SELECT :target, :direction, key, label, method, request_id, asked_at, took_ms, records, status,
                               masked, clear
                        FROM unnest(:keys::text[], :labels::text[], :methods::text[], :requests::text[],
                                    :times::timestamptz[], :took::bigint[], :records::int[], :statuses::int[],
                                    :masked::bytea[], :clear::bytea[])
                             AS k (key, label, method, request_id, asked_at, took_ms, records, status, masked, clear)
                        WHERE %s
                        ORDER BY key
                        ON CONFLICT (target, direction, key) DO UPDATE SET
                            label = excluded.label, method = excluded.method, request_id = excluded.request_id,
                            asked_at = excluded.asked_at, took_ms = excluded.took_ms, records = excluded.records,
                            status = excluded.status, masked = excluded.masked, clear = excluded.clear,
                            kept_at = excluded.kept_at""".formatted(stillWaits))
                .param("target", target)
                .param("direction", direction)
                .param("keys", rows.stream().map(Map.Entry::getKey).toArray(String[]::new))
                .param("labels", column(rows, k -> Text.clean(k.label()), new String[0]))
                .param("methods", column(rows, KeptExchange::method, new String[0]))
                .param("requests", column(rows, KeptExchange::requestId, new String[0]))
                .param("times", column(rows, k -> k.at().toString(), new String[0]))
                .param(
                        "took",
                        column(rows, k -> k.took() == null ? null : k.took().toMillis(), new Long[0]))
                .param("records", column(rows, KeptExchange::records, new Integer[0]))
                .param("statuses", column(rows, KeptExchange::status, new Integer[0]))
                .param("masked", sealed(vault, target, rows, KeptExchange::masked))
                .param("clear", sealed(vault, target, rows, KeptExchange::clear))
                .update();
    }

    private static <T> T[] column(
            List<Map.Entry<String, KeptExchange>> rows, Function<KeptExchange, @Nullable T> part, T[] type) {
        return rows.stream().map(row -> part.apply(row.getValue())).toList().toArray(type);
    }

    private static byte[][] sealed(
            Vault vault,
            String target,
            List<Map.Entry<String, KeptExchange>> rows,
            Function<KeptExchange, ObjectNode> part) {
        return rows.stream()
                .map(row -> vault.seal(part.apply(row.getValue()), target, row.getKey()))
                .toArray(byte[][]::new);
    }

    /**
     * What was exchanged over a record; empty when nothing is kept.
     *
     * @param clear whether people's values are read at all
     */
    public Optional<ShownExchange> find(String target, Direction direction, String key, boolean clear) {
        return db.sql("SELECT label, method, request_id, asked_at, took_ms, records, status, "
                        + (clear ? "clear" : "masked")
                        + " FROM hub.exchange WHERE target = :target AND direction = :direction AND key = :key")
                .param("target", target)
                .param("direction", direction.column())
                .param("key", key)
                .query((row, n) -> {
                    ObjectNode said = vault.open(row.getBytes(8), "exchange", target, key);
                    return new ShownExchange(
                            row.getString(1),
                            row.getString(2),
                            said == null || !said.has("path")
                                    ? null
                                    : said.get("path").asText(),
                            said == null ? null : said.get("headers"),
                            row.getString(3),
                            row.getTimestamp(4).toInstant(),
                            row.getObject(5, Long.class),
                            row.getInt(6),
                            said == null ? null : said.get("request"),
                            row.getObject(7, Integer.class),
                            said == null ? null : said.get("answer"));
                })
                .optional();
    }

    /** Of the records of a cause the first, by key, of which an exchange is kept. */
    public Optional<String> firstKey(Cause cause) {
        return db.sql("""
                        SELECT a.key FROM hub.attention a
                        WHERE a.target = :target AND a.direction = :direction AND a.cause = :cause
                          AND EXISTS (SELECT FROM hub.exchange e WHERE e.target = a.target
                                      AND e.direction = a.direction AND e.key = a.key)
                        ORDER BY a.key LIMIT 1""")
                .param("target", cause.target())
                .param("direction", cause.direction().column())
                .param("cause", cause.id())
                .query(String.class)
                .optional();
    }

    /** Step of the route {@code housekeeping}: takes away what is older than the retention, so many at most. */
    public void tidy() {
        db.sql("""
                        DELETE FROM hub.exchange WHERE ctid = ANY (ARRAY(
                            SELECT ctid FROM hub.exchange
                            WHERE kept_at <= hub.now() - make_interval(secs => :seconds)
                            ORDER BY kept_at LIMIT :most FOR UPDATE SKIP LOCKED))""")
                .param("seconds", Timestamps.seconds(retention))
                .param("most", TIDIED_AT_ONCE)
                .update();
    }
}
