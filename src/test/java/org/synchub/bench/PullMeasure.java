package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Pulls of 1,000 to 100,000 registrants, first as newcomers that become entities, then with their names corrected. After
 * each of the hub's turns the bare loop writes the same rows once more.
 */
final class PullMeasure implements Measure {

    private static final String WARM = "warm";
    private static final int WARM_RECORDS = 40_000;

    /** What happened at the server since the last pull. */
    private enum What {
        BORN,
        CORRECTED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public String name() {
        return "pull";
    }

    @Override
    public void run(Bench bench) throws Exception {
        try (Child simulator = bench.simulator()) {
            new Speed(bench, simulator).run();
        }
    }

    static String enter(Child simulator, String name, int records) throws IOException {
        String url = simulator
                .ask("enter", Map.of("name", name, "records", records))
                .path("url")
                .asText();
        return name + "=" + name + "=" + url;
    }

    static void mustHave(JsonNode run, int pulled) {
        if (run.path("pulled").asInt() != pulled
                || run.path("parked").asInt() + run.path("conflicts").asInt() != 0
                || !run.path("status").asText().equals("success")) {
            throw new IllegalStateException("The hub should have pulled " + pulled + " records: " + run);
        }
    }

    /** All sizes in one database and one hub, smallest first. */
    private static final class Speed {

        private final Bench bench;
        private final Child simulator;
        private final String database;
        private final Map<What, Map<Integer, Double>> secondsEach = new EnumMap<>(What.class);

        Speed(Bench bench, Child simulator) throws SQLException {
            this.bench = bench;
            this.simulator = simulator;
            this.database = bench.databases().create("pull");
        }

        private static String tenant(int size, int round) {
            return "s" + size + "r" + round;
        }

        void run() throws Exception {
            List<Integer> sizes = bench.options().sizes().stream().sorted().toList();
            List<String> arguments = new ArrayList<>(List.of(database));
            arguments.add(enter(simulator, WARM, WARM_RECORDS));
            for (int size : sizes) {
                for (int round = 1; round <= bench.options().roundsOf(size); round++) {
                    arguments.add(enter(simulator, tenant(size, round), size));
                }
            }
            try (Child hub = bench.hubLike("pull", PullRole.class, arguments)) {
                for (What what : What.values()) {
                    turns(hub, what, WARM, WARM_RECORDS);
                }
                simulator.ask("close", Map.of("name", WARM));
                for (int size : sizes) {
                    measure(hub, size);
                }
            }
            for (What what : What.values()) {
                Map<Integer, Double> each = secondsEach.getOrDefault(what, Map.of());
                Double few = each.get(1_000);
                Double many = each.get(100_000);
                if (few != null && many != null) {
                    bench.report()
                            .atMost("time per record " + what.word() + " at 100000 against 1000", many / few, 1.2);
                }
            }
            bench.databases().drop("pull");
        }

        private void measure(Child hub, int size) throws Exception {
            Map<What, List<Turn>> hubs = new EnumMap<>(What.class);
            Map<What, List<Turn>> bares = new EnumMap<>(What.class);
            for (int round = 1; round <= bench.options().roundsOf(size); round++) {
                for (What what : What.values()) {
                    List<Turn> turns = turns(hub, what, tenant(size, round), size);
                    hubs.computeIfAbsent(what, any -> new ArrayList<>()).add(turns.get(0));
                    bares.computeIfAbsent(what, any -> new ArrayList<>()).add(turns.get(1));
                }
                simulator.ask("close", Map.of("name", tenant(size, round)));
            }
            for (What what : What.values()) {
                report(what, size, hubs.getOrDefault(what, List.of()), bares.getOrDefault(what, List.of()));
            }
        }

        private void report(What what, int size, List<Turn> hubs, List<Turn> bares) {
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < hubs.size(); i++) {
                ratios.add(bares.get(i).seconds() / hubs.get(i).seconds());
            }
            double ofBare = Report.median(ratios);
            Turn hub = Turn.middle(hubs);
            secondsEach.computeIfAbsent(what, any -> new LinkedHashMap<>()).put(size, hub.seconds() / size);
            bench.report().row("pull", hub.row(what.word(), "hub", size, ofBare));
            bench.report().row("pull", Turn.middle(bares).row(what.word(), "bare loop", size, 1));
            bench.report()
                    .atLeast("records/s against the bare loop's of a pull of " + size + " " + what.word(), ofBare, 0.4);
        }

        /** The hub's turn and the bare loop's. */
        private List<Turn> turns(Child hub, What what, String tenant, int size) throws Exception {
            if (what == What.CORRECTED) {
                simulator.ask("correct", Map.of("name", tenant));
            }
            settleDown();
            double simulatorCpu = simulatorCpu(tenant);
            double databaseCpu = bench.databases().cpuSeconds();
            JsonNode run = hub.ask("pull", Map.of("target", tenant));
            databaseCpu = bench.databases().cpuSeconds() - databaseCpu;
            simulatorCpu = simulatorCpu(tenant) - simulatorCpu;
            mustHave(run, size);
            Turn turn = new Turn(
                    size,
                    run.path("seconds").asDouble(),
                    run.path("requests").asLong(),
                    run.path("cpuSeconds").asDouble(),
                    simulatorCpu,
                    databaseCpu);
            Turn bare = bare(what, tenant, size);
            bench.say("pull of " + size + " " + what.word() + ": " + Math.round(turn.rate()) + " records/s, "
                    + turn.requests() + " requests; bare loop " + Math.round(bare.rate()) + " records/s");
            return List.of(turn, bare);
        }

        /** Neither turn pays for what the one before left behind, nor for statistics of tables as they were before it. */
        private void settleDown() throws SQLException {
            Databases.run(database, "DELETE FROM hub.change WHERE tenant LIKE 'bare-%'");
            Databases.run(database, "ANALYZE public.entities, public.events, public.audit_log, hub.link");
            Databases.run(database, "CHECKPOINT");
        }

        private double simulatorCpu(String registry) throws IOException {
            return simulator
                            .ask("read", Map.of("name", registry))
                            .path("cpuNanos")
                            .asLong()
                    / 1e9;
        }

        private Turn bare(What what, String tenant, int size) throws SQLException {
            settleDown();
            try (Connection from = Databases.source(database).getConnection();
                    Connection to = Databases.source(database).getConnection()) {
                from.setAutoCommit(false);
                to.setAutoCommit(false);
                BarePull loop = new BarePull(from, to, tenant, "bare-" + tenant, what == What.BORN);
                double databaseCpu = bench.databases().cpuSeconds();
                loop.run();
                databaseCpu = bench.databases().cpuSeconds() - databaseCpu;
                if (loop.records() != size) {
                    throw new IllegalStateException(
                            "The bare loop found the rows of " + loop.records() + " records of " + size);
                }
                return new Turn(size, loop.seconds(), 0, 0, 0, databaseCpu);
            }
        }
    }

    /** What one pull took, in seconds. */
    private record Turn(
            int records, double seconds, long requests, double cpu, double simulatorCpu, double databaseCpu) {

        double rate() {
            return records / seconds;
        }

        static Turn middle(List<Turn> turns) {
            List<Turn> sorted = turns.stream()
                    .sorted((a, b) -> Double.compare(a.seconds(), b.seconds()))
                    .toList();
            return sorted.get(sorted.size() / 2);
        }

        ObjectNode row(String what, String who, int size, double ofBare) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("records", size);
            row.put("what", what);
            row.put("who", who);
            row.put("recordsPerSecond", Report.rounded(rate()));
            row.put("msPerRecord", Report.rounded(seconds * 1000 / records));
            row.put("ofBareLoop", Report.rounded(ofBare));
            row.put("requestsPerRecord", Report.rounded((double) requests / records));
            row.put("cpuMsPerRecord", Report.rounded(cpu * 1000 / records));
            row.put("simulatorCpuMsPerRecord", Report.rounded(simulatorCpu * 1000 / records));
            row.put("databaseCpuMsPerRecord", Report.rounded(databaseCpu * 1000 / records));
            return Report.figures(row);
        }
    }
}
