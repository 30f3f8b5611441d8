package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What hubs and tables took up, sample by sample, and whether the last third of a soak is level with the middle one. */
final class SoakSamples {

    private static final double LEVEL = 1.2;
    private static final double TABLE_SLACK_KB = 512;

    /** Small things move by a few whatever happens. */
    private static final Map<String, Double> SLACK =
            Map.of("heapMb", 5.0, "otherMemoryMb", 5.0, "threads", 5.0, "connections", 2.0, "fileDescriptors", 10.0);

    /** One row or a few for each record that was ever delivered, for as long as the hub knows it. */
    private static final Set<String> OF_RECORDS = Set.of("entity", "delivery", "link", "lane");

    /** Rows that say what happened and that nothing takes away. */
    private static final Set<String> HISTORY = Set.of("run", "decision", "audit", "audit_seal", "conflict", "drift");

    /** So many older states of a link are known at most, and so many events in all. */
    private static final int STATES = 10;

    private static final int HAPPENINGS = 10_000;

    private static final String TABLES = """
            SELECT relname, pg_total_relation_size(relid) / 1024.0 AS kb, n_live_tup, n_dead_tup, autovacuum_count,
                   coalesce(to_char(last_autovacuum, 'HH24:MI:SS'), 'never') AS vacuumed
            FROM pg_stat_user_tables WHERE schemaname = 'hub' ORDER BY relname""";

    private final List<Child> hubs;
    private final String database;
    private final List<Map<String, List<Double>>> ofHubs = new ArrayList<>();
    private final Map<String, List<Table>> ofTables = new TreeMap<>();

    SoakSamples(List<Child> hubs, String database) {
        this.hubs = hubs;
        this.database = database;
        hubs.forEach(hub -> ofHubs.add(new LinkedHashMap<>()));
    }

    /** @param vacuumed when autovacuum came last */
    private record Table(double kb, long live, long dead, long vacuums, String vacuumed) {}

    void take() throws IOException, SQLException {
        for (int i = 0; i < hubs.size(); i++) {
            Map<String, List<Double>> mine = ofHubs.get(i);
            JsonNode sample = hubs.get(i).ask("sample", Map.of());
            sample.properties()
                    .forEach(each -> mine.computeIfAbsent(each.getKey(), any -> new ArrayList<>())
                            .add(each.getValue().asDouble()));
        }
        try (Connection connection = Databases.source(database).getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(TABLES)) {
            while (row.next()) {
                ofTables.computeIfAbsent(row.getString("relname"), any -> new ArrayList<>())
                        .add(new Table(
                                row.getDouble("kb"),
                                row.getLong("n_live_tup"),
                                row.getLong("n_dead_tup"),
                                row.getLong("autovacuum_count"),
                                row.getString("vacuumed")));
            }
        }
    }

    /** @param changes so many forms and edits came in meanwhile */
    void report(Report report, long changes) {
        int missed = 0;
        for (int i = 0; i < hubs.size(); i++) {
            for (Map.Entry<String, List<Double>> each : ofHubs.get(i).entrySet()) {
                Thirds thirds = Thirds.of(each.getValue());
                boolean level = thirds.isLevel(SLACK.getOrDefault(each.getKey(), 0.0));
                missed += level ? 0 : 1;
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("hub", i + 1);
                row.put("what", each.getKey());
                thirds.put(row);
                row.put("verdict", level ? "level" : "grows");
                report.row("soak, hubs", Report.figures(row));
            }
        }
        report.atMost("things of the hubs that grow in a soak", missed, 0);
        tables(report, changes);
    }

    private void tables(Report report, long changes) {
        List<Double> records = ofTables.getOrDefault("delivery", List.of()).stream()
                .map(table -> (double) Math.max(1, table.live()))
                .toList();
        int missed = 0;
        for (Map.Entry<String, List<Table>> each : ofTables.entrySet()) {
            String name = each.getKey();
            List<Table> tables = each.getValue();
            List<Double> sizes = tables.stream().map(Table::kb).toList();
            Thirds thirds = Thirds.of(sizes);
            boolean level;
            Table last = tables.get(tables.size() - 1);
            long bound = bound(name);
            if (bound > 0) {
                level = last.live() <= bound;
            } else if (OF_RECORDS.contains(name)) {
                List<Double> perRecord = new ArrayList<>();
                for (int i = 0; i < sizes.size(); i++) {
                    perRecord.add(sizes.get(i) / records.get(i));
                }
                level = Thirds.of(perRecord).isLevel(TABLE_SLACK_KB / records.get(records.size() - 1));
            } else {
                level = thirds.isLevel(TABLE_SLACK_KB);
            }
            boolean history = HISTORY.contains(name);
            missed += level || history ? 0 : 1;
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("table", name);
            row.put("rows", last.live());
            thirds.put(row);
            row.put(
                    "bytesPerChange",
                    Report.rounded(Math.max(0, (last.kb() - tables.get(0).kb()) * 1024 / changes)));
            row.put("mostDead", tables.stream().mapToLong(Table::dead).max().orElse(0));
            row.put("deadAtLast", last.dead());
            row.put("autovacuums", last.vacuums() - tables.get(0).vacuums());
            row.put("lastAutovacuum", last.vacuumed());
            row.put("verdict", history ? "history, kept" : level ? levelOf(name, bound) : "grows");
            report.row("soak, tables (kB)", Report.figures(row));
        }
        report.atMost("tables that grow in a soak and keep no history", missed, 0);
    }

    /** The most rows that a table may come to, with a quarter more for what waits to be trimmed; 0 where none is set. */
    private long bound(String table) {
        long links = ofTables.get("link").stream().mapToLong(Table::live).max().orElse(0);
        long most = table.equals("happening") ? HAPPENINGS : table.equals("pulled_state") ? STATES * links : 0;
        return most * 5 / 4;
    }

    private static String levelOf(String table, long bound) {
        return bound > 0 ? "at most " + bound + " rows" : OF_RECORDS.contains(table) ? "level per record" : "level";
    }

    /** Means of the first, middle and last third of a row of samples. */
    private record Thirds(double first, double middle, double last) {

        static Thirds of(List<Double> samples) {
            int third = Math.max(1, samples.size() / 3);
            return new Thirds(
                    mean(samples.subList(0, third)),
                    mean(samples.subList(Math.max(0, samples.size() - 2 * third), Math.max(1, samples.size() - third))),
                    mean(samples.subList(samples.size() - third, samples.size())));
        }

        private static double mean(List<Double> values) {
            return values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        }

        boolean isLevel(double slack) {
            return last <= LEVEL * middle + slack;
        }

        void put(Map<String, Object> row) {
            row.put("firstThird", Report.rounded(first));
            row.put("middleThird", Report.rounded(middle));
            row.put("lastThird", Report.rounded(last));
        }
    }
}
