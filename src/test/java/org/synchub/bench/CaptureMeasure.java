package org.synchub.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.synchub.demo.FieldData;

/**
 * What the capture triggers add to a write of DataCollect's: the statements that taking in a form comes to, with and
 * without them, in turns. Times are of the statements themselves; the commit, which waits for the disk, is beside them.
 */
final class CaptureMeasure implements Measure {

    private static final String TENANT = "capture";
    private static final int TURNS = 10;
    private static final int FORMS = 200;
    private static final String DOC =
            "{\"type\":\"individual\",\"version\":1,\"data\":{\"entityName\":\"individual\",\"first_name\":\"Noy\"}}";

    /** Milliseconds of each statement, by its name. */
    private static final class Times {

        private final Map<String, List<Double>> byStatement = new LinkedHashMap<>();

        void took(String statement, long startNanos) {
            byStatement
                    .computeIfAbsent(statement, any -> new ArrayList<>())
                    .add((System.nanoTime() - startNanos) / 1e6);
        }

        double median(String statement) {
            return Report.median(byStatement.getOrDefault(statement, List.of(0.0)));
        }
    }

    @Override
    public String name() {
        return "capture";
    }

    @Override
    public void run(Bench bench) throws Exception {
        String database = bench.databases().create(TENANT);
        FieldData.bulk(Databases.source(database), TENANT, 4_000, 4, 1);
        Databases.run(database, "VACUUM ANALYZE");
        try (Child simulator = bench.simulator()) {
            String url = simulator
                    .ask("open", Map.of("name", TENANT, "latency", 0))
                    .path("url")
                    .asText();
            try (Child hub = bench.hub(database, List.of(TENANT + "=" + TENANT + "=" + url))) {
                Times with = new Times();
                Times without = new Times();
                try (Connection connection = Databases.source(database).getConnection()) {
                    connection.setAutoCommit(false);
                    takeIn(connection, new Times());
                    for (int turn = 0; turn < TURNS; turn++) {
                        hub.ask("triggers", Map.of("install", true));
                        takeIn(connection, with);
                        hub.ask("triggers", Map.of("install", false));
                        takeIn(connection, without);
                    }
                }
                report(bench, with, without);
            }
        }
        bench.databases().drop(TENANT);
    }

    private static void report(Bench bench, Times with, Times without) {
        for (String statement : with.byStatement.keySet()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("statement", statement);
            row.put("withoutTriggersMs", Report.rounded(without.median(statement)));
            row.put("withTriggersMs", Report.rounded(with.median(statement)));
            row.put("addedMs", Report.rounded(with.median(statement) - without.median(statement)));
            bench.report().row("capture", Report.figures(row));
        }
    }

    private static void takeIn(Connection connection, Times times) throws SQLException {
        try (PreparedStatement event = connection.prepareStatement(
                        "INSERT INTO public.events (guid, tenant_id, entity_guid, type, data, \"timestamp\", user_id, sync_level)"
                                + " VALUES (?, ?, ?, 'create-individual', ?::jsonb, now(), 'admin', 1)");
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO public.entities (id, guid, initial, modified, last_updated, tenant_id)"
                                + " VALUES (?, ?, ?::jsonb, ?::jsonb, now(), ?)");
                PreparedStatement update = connection.prepareStatement(
                        "UPDATE public.entities SET modified = ?::jsonb, last_updated = now() WHERE id = ? AND tenant_id = ?")) {
            for (int i = 0; i < FORMS; i++) {
                String guid = UUID.randomUUID().toString();
                event.setString(1, UUID.randomUUID().toString());
                event.setString(2, TENANT);
                event.setString(3, guid);
                event.setString(4, "{\"first_name\":\"Noy\"}");
                insert.setString(1, guid);
                insert.setString(2, guid);
                insert.setString(3, DOC);
                insert.setString(4, DOC);
                insert.setString(5, TENANT);
                update.setString(1, DOC);
                update.setString(2, guid);
                update.setString(3, TENANT);
                execute(event, "insert event", times);
                execute(insert, "insert entity", times);
                execute(update, "update entity", times);
                long start = System.nanoTime();
                connection.commit();
                times.took("commit", start);
            }
        }
    }

    private static void execute(PreparedStatement statement, String name, Times times) throws SQLException {
        long start = System.nanoTime();
        statement.executeUpdate();
        times.took(name, start);
    }
}
