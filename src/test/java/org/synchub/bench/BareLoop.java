package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
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
 * prepared in memory, and write the ids down in bulk, one statement per request that creates, into a table without
 * anything else. No claims, no mapping, no comparing, no states.
 */
final class BareLoop {

    static final String TABLE = "CREATE TABLE public.bench_settled (guid text PRIMARY KEY, external_id text NOT NULL)";

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
                PreparedStatement settle = connection.prepareStatement(
                        "INSERT INTO public.bench_settled SELECT * FROM unnest(?::text[], ?::text[])")) {
            for (Share share = open.poll(); share != null; share = open.poll()) {
                read(connection, read, share);
                List<Long> ids = new ArrayList<>();
                for (Request request : share.requests()) {
                    JsonNode result = JsonRpcPost.result(http.send(request.body(ids)));
                    requests.incrementAndGet();
                    if (!request.guids().isEmpty()) {
                        settle(connection, settle, request, result);
                        result.forEach(id -> ids.add(id.asLong()));
                    }
                }
            }
        }
    }

    private void read(Connection connection, PreparedStatement read, Share share) throws SQLException {
        read.setString(1, tenant);
        read.setArray(2, connection.createArrayOf("text", share.guids().toArray()));
        try (ResultSet row = read.executeQuery()) {
            while (row.next()) {
                if (row.getString(2) != null) {
                    records.incrementAndGet();
                }
            }
        }
    }

    private static void settle(Connection connection, PreparedStatement settle, Request request, JsonNode ids)
            throws SQLException {
        List<String> given = new ArrayList<>();
        ids.forEach(id -> given.add(id.asText()));
        settle.setArray(1, connection.createArrayOf("text", request.guids().toArray()));
        settle.setArray(2, connection.createArrayOf("text", given.toArray()));
        settle.executeUpdate();
    }
}
