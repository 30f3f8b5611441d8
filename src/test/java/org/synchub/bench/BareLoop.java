package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.synchub.bench.PreparedPush.Request;
import org.synchub.bench.PreparedPush.Share;

/**
 * The least that a push could do: as many writers as the hub has read their records in bulk, send requests that were
 * prepared in memory, and settle in bulk, one transaction per request that creates: a link with its base, the state of
 * the delivery and the run's counts, in tables of the same shape and size as the ledger's. No claims, no mapping, no comparing, and
 * nothing that would survive a crash.
 */
final class BareLoop {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Of the ledger's shape, and counted as the ledger counts. */
    static final String TABLES = """
            CREATE TABLE public.bench_link (LIKE hub.link INCLUDING ALL);
            CREATE TABLE public.bench_delivery (LIKE hub.delivery INCLUDING ALL);
            CREATE TABLE public.bench_run (LIKE hub.run INCLUDING ALL);
            CREATE TRIGGER count_updated AFTER UPDATE ON public.bench_delivery
                REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
                FOR EACH STATEMENT EXECUTE FUNCTION hub.count_updated()""";

    /**
     * Fills them as the ledger is before a push of a tenant: with what others were sent before, and with what is owed, in
     * the order in which a backfill does.
     */
    static final String OWE = """
            TRUNCATE public.bench_link, public.bench_delivery, public.bench_run;
            INSERT INTO public.bench_link SELECT * FROM hub.link WHERE target <> '%1$s';
            INSERT INTO public.bench_delivery SELECT * FROM hub.delivery WHERE target <> '%1$s';
            INSERT INTO public.bench_run (target, direction, cause, started_by) VALUES ('bare', 'push', 'command', 'bench');
            INSERT INTO public.bench_delivery (target, guid, lane, state, due_at, owed_since)
                SELECT 'bare', guid, coalesce(modified #>> '{data,parentGuid}', guid), 'pending', now(), now()
                FROM public.entities WHERE tenant_id = '%1$s' ORDER BY guid;
            ANALYZE public.bench_link, public.bench_delivery""";

    private static final String LINK = """
            INSERT INTO public.bench_link (target, guid, kind, external_id, base, mapping_hash, lane, linked_at, agreed_at)
            SELECT 'bare', guid, 'kind', id, base, 'hash', guid, now(), now()
            FROM unnest(?::text[], ?::text[], ?::bytea[]) AS created (guid, id, base)""";

    private static final String SETTLE = """
            UPDATE public.bench_delivery SET state = 'delivered', due_at = NULL, settled_at = now()
            WHERE target = 'bare' AND guid = ANY (?)""";

    private static final String COUNT =
            "UPDATE public.bench_run SET active_at = now(), created = created + ? WHERE target = 'bare'";

    private final String database;
    private final String tenant;
    private final JsonRpcPost http;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger records = new AtomicInteger();

    BareLoop(String database, String tenant, JsonRpcPost http) {
        this.database = database;
        this.tenant = tenant;
        this.http = http;
    }

    void run(List<Share> shares, int writers) throws Exception {
        Queue<Share> open = new ConcurrentLinkedQueue<>(shares);
        ExecutorService pool = Executors.newFixedThreadPool(writers);
        try {
            List<Future<?>> working = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                working.add(pool.submit(() -> {
                    write(open);
                    return null;
                }));
            }
            for (Future<?> writer : working) {
                writer.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    int requests() {
        return requests.get();
    }

    int records() {
        return records.get();
    }

    private void write(Queue<Share> open) throws SQLException, IOException {
        try (Connection connection = Databases.source(database).getConnection();
                PreparedStatement read = connection.prepareStatement(
                        "SELECT guid, modified::text FROM public.entities WHERE tenant_id = ? AND guid = ANY (?)");
                PreparedStatement link = connection.prepareStatement(LINK);
                PreparedStatement settle = connection.prepareStatement(SETTLE);
                PreparedStatement count = connection.prepareStatement(COUNT)) {
            connection.setAutoCommit(false);
            for (Share share = open.poll(); share != null; share = open.poll()) {
                read(connection, read, share);
                connection.commit();
                List<Long> ids = new ArrayList<>();
                for (Request request : share.requests()) {
                    JsonNode result = JsonRpcPost.result(http.send(request.body(ids)));
                    requests.incrementAndGet();
                    if (!request.guids().isEmpty()) {
                        link(connection, link, request, result);
                        settle(connection, settle, request);
                        count(count, request);
                        connection.commit();
                        result.forEach(id -> ids.add(id.asLong()));
                    }
                }
            }
        }
    }

    private void read(Connection connection, PreparedStatement read, Share share) throws SQLException, IOException {
        read.setString(1, tenant);
        read.setArray(2, connection.createArrayOf("text", share.guids().toArray()));
        try (ResultSet row = read.executeQuery()) {
            while (row.next()) {
                if (JSON.readTree(row.getString(2)).isObject()) {
                    records.incrementAndGet();
                }
            }
        }
    }

    private static void link(Connection connection, PreparedStatement link, Request request, JsonNode ids)
            throws SQLException {
        List<String> given = new ArrayList<>();
        ids.forEach(id -> given.add(id.asText()));
        link.setArray(1, connection.createArrayOf("text", request.guids().toArray()));
        link.setArray(2, connection.createArrayOf("text", given.toArray()));
        link.setArray(3, connection.createArrayOf("bytea", request.bases().toArray(byte[][]::new)));
        link.executeUpdate();
    }

    private static void settle(Connection connection, PreparedStatement settle, Request request) throws SQLException {
        settle.setArray(1, connection.createArrayOf("text", request.guids().toArray()));
        settle.executeUpdate();
    }

    private static void count(PreparedStatement count, Request request) throws SQLException {
        count.setInt(1, request.guids().size());
        count.executeUpdate();
    }
}
