package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.synchub.demo.FieldData;

/**
 * First pushes of 1,000 to 100,000 records to servers of different latency, by the hub, by the sequential client and by
 * the bare loop. Hub and bare loop take turns, each against an empty registry of the same warm simulator.
 */
final class PushMeasure implements Measure {

    private static final String WARM = "warm";
    private static final int WARM_RECORDS = 20_000;

    /** So many more records it takes until the hub's compiler has little left to do. */
    private static final String WARMER = "warmer";

    private static final int WARMER_RECORDS = 160_000;

    /** And so often the loop and its few lines. */
    private static final int BARE_LOOPS = 4;

    @Override
    public String name() {
        return "push";
    }

    @Override
    public void run(Bench bench) throws Exception {
        try (Child simulator = bench.simulator();
                Child client = bench.client()) {
            for (int latency : bench.options().latencies()) {
                new OneLatency(bench, simulator, client, latency).run();
            }
        }
    }

    private record Case(int size, int round) {

        String tenant() {
            return "s" + size + "r" + round;
        }
    }

    /** Everything at one latency, in a database and a hub of its own. */
    private static final class OneLatency {

        private final Bench bench;
        private final Child simulator;
        private final Child client;
        private final int latency;
        private final String database;
        private final List<String> targets = new ArrayList<>();

        OneLatency(Bench bench, Child simulator, Child client, int latency) throws SQLException {
            this.bench = bench;
            this.simulator = simulator;
            this.client = client;
            this.latency = latency;
            this.database = bench.databases().create("push_" + latency);
        }

        void run() throws Exception {
            List<Case> cases = new ArrayList<>();
            for (int size : bench.options().sizes()) {
                for (int round = 1; round <= bench.options().roundsOf(size); round++) {
                    cases.add(new Case(size, round));
                }
            }
            add(WARM, WARM_RECORDS, 0, 0);
            add(WARMER, WARMER_RECORDS, 0, 0);
            for (Case each : cases) {
                add(each.tenant(), each.size(), each.round(), latency);
            }
            Databases.run(database, "VACUUM ANALYZE");
            try (Child hub = bench.hub(database, targets)) {
                Databases.run(database, BareLoop.TABLES);
                warmUp(hub);
                for (int size : bench.options().sizes()) {
                    measure(hub, size);
                }
            }
            bench.databases().drop("push_" + latency);
        }

        /** Fills a tenant and opens an empty registry for it. */
        private void add(String tenant, int size, int round, int requestLatency) throws SQLException, IOException {
            FieldData.bulk(Databases.source(database), tenant, size / 5, 4, size * 10L + round);
            targets.add(tenant + "=" + tenant + "=" + open(tenant, requestLatency));
        }

        private String open(String registry, int requestLatency) throws IOException {
            return simulator
                    .ask("open", Map.of("name", registry, "latency", requestLatency))
                    .path("url")
                    .asText();
        }

        private void warmUp(Child hub) throws IOException, SQLException {
            pushToWarm(hub, WARM, WARM_RECORDS);
            pushToWarm(hub, WARMER, WARMER_RECORDS);
            String url = open("warm-client", 0);
            prepare(WARM, url);
            for (int i = 0; i < BARE_LOOPS; i++) {
                client.ask("bare", Map.of("database", database, "tenant", WARM, "url", url));
                simulator.ask("close", Map.of("name", "warm-client"));
                url = open("warm-client", 0);
            }
            client.ask("sequential", Map.of("database", database, "tenant", WARM, "url", url, "records", 500));
            simulator.ask("close", Map.of("name", "warm-client"));
            // Otherwise the database would clear up after the warm-up while it is measured.
            Databases.run(database, "VACUUM ANALYZE");
        }

        private void pushToWarm(Child hub, String tenant, int records) throws IOException {
            hub.ask("owe", Map.of("target", tenant));
            hub.ask("push", Map.of("target", tenant, "size", records, "looks", 0));
            simulator.ask("close", Map.of("name", tenant));
        }

        private void prepare(String tenant, String url) throws IOException {
            client.ask("prepare", Map.of("database", database, "tenant", tenant, "url", url));
        }

        private void measure(Child hub, int size) throws IOException, SQLException {
            String first = new Case(size, 1).tenant();
            String url = open("prepare", 0);
            prepare(first, url);
            simulator.ask("close", Map.of("name", "prepare"));

            List<Turn> hubs = new ArrayList<>();
            List<Turn> bares = new ArrayList<>();
            List<Double> ratios = new ArrayList<>();
            for (int round = 1; round <= bench.options().roundsOf(size); round++) {
                Turn pushed = hubTurn(hub, new Case(size, round).tenant(), size);
                Turn bare = bareTurn(first, size);
                hubs.add(pushed);
                bares.add(bare);
                ratios.add(pushed.rate() / bare.rate());
                bench.say("push of " + size + " at " + latency + " ms: " + Math.round(pushed.rate()) + " records/s, "
                        + pushed.requests() + " requests; bare loop " + Math.round(bare.rate()) + " records/s, "
                        + bare.requests() + " requests");
            }
            Turn sequential = sequentialTurn(first, size);
            bench.say("sequential client at " + latency + " ms: " + Math.round(sequential.rate()) + " records/s");
            report(size, hubs, bares, Report.median(ratios), sequential);
        }

        private Turn hubTurn(Child hub, String tenant, int size) throws IOException, SQLException {
            double owed =
                    hub.ask("owe", Map.of("target", tenant)).path("seconds").asDouble();
            Databases.run(database, "CHECKPOINT");
            Snapshot before = snapshot(tenant);
            JsonNode push = hub.ask("push", Map.of("target", tenant, "size", size, "looks", 0));
            Turn turn = turn(before, snapshot(tenant), size, push, owed);
            if (push.path("created").asInt() != size || turn.partners() != size) {
                throw new IllegalStateException(
                        "The hub created " + push.path("created").asInt() + " and the server" + " has "
                                + turn.partners() + " of " + size + " records: " + push);
            }
            simulator.ask("close", Map.of("name", tenant));
            return turn;
        }

        private Turn bareTurn(String tenant, int size) throws IOException {
            String url = open("bare", latency);
            Snapshot before = snapshot("bare");
            JsonNode loop = client.ask("bare", Map.of("database", database, "tenant", tenant, "url", url));
            Turn turn = turn(before, snapshot("bare"), size, loop, 0);
            if (loop.path("records").asInt() != size || turn.partners() != size) {
                throw new IllegalStateException(
                        "The bare loop read " + loop.path("records").asInt() + " and the server" + " has "
                                + turn.partners() + " of " + size + " records");
            }
            simulator.ask("close", Map.of("name", "bare"));
            return turn;
        }

        /** A sample where latency would make it long: every record costs the same. */
        private Turn sequentialTurn(String tenant, int size) throws IOException {
            int records = Math.min(size, latency == 0 ? 2_000 : Math.max(50, 6_000 / latency));
            String url = open("sequential", latency);
            Snapshot before = snapshot("sequential");
            JsonNode sent = client.ask(
                    "sequential", Map.of("database", database, "tenant", tenant, "url", url, "records", records));
            Turn turn = turn(before, snapshot("sequential"), records, sent, 0);
            simulator.ask("close", Map.of("name", "sequential"));
            return turn;
        }

        private record Snapshot(double simulatorCpu, double databaseCpu, long requests, int partners) {}

        private Snapshot snapshot(String registry) throws IOException {
            JsonNode read = simulator.ask("read", Map.of("name", registry));
            return new Snapshot(
                    read.path("cpuNanos").asLong() / 1e9,
                    bench.databases().cpuSeconds(),
                    read.path("requests").asLong(),
                    read.path("partners").asInt());
        }

        private static Turn turn(Snapshot before, Snapshot after, int records, JsonNode said, double owed) {
            return new Turn(
                    records,
                    said.path("seconds").asDouble(),
                    owed,
                    after.requests() - before.requests(),
                    after.partners(),
                    said.path("cpuSeconds").asDouble(),
                    after.simulatorCpu() - before.simulatorCpu(),
                    after.databaseCpu() - before.databaseCpu(),
                    said.path("heapAfterCollection").asLong());
        }

        private void report(int size, List<Turn> hubs, List<Turn> bares, double ofBare, Turn sequential) {
            Turn hub = Turn.middle(hubs);
            Turn bare = Turn.middle(bares);
            double ofSequential = hub.rate() / sequential.rate();
            double requests = (double) hub.requests() / size;
            bench.report().row("push", hub.row("hub", size, latency, ofBare, ofSequential));
            bench.report().row("push", bare.row("bare loop", size, latency, 1, bare.rate() / sequential.rate()));
            bench.report()
                    .row(
                            "push",
                            sequential.row(
                                    "sequential, " + sequential.records() + " records",
                                    size,
                                    latency,
                                    sequential.rate() / bare.rate(),
                                    1));
            String where = " of a push of " + size + " at " + latency + " ms";
            bench.report().atMost("requests per record created" + where, requests, 0.05);
            if (latency == 0) {
                bench.report().atLeast("records/s against the bare loop's" + where, ofBare, 0.5);
            }
            if (latency == 20) {
                bench.report().atLeast("records/s against the sequential client's" + where, ofSequential, 100);
            }
        }
    }

    /** What one push took. Times in seconds, heap in bytes. */
    private record Turn(
            int records,
            double seconds,
            double owed,
            long requests,
            int partners,
            double cpu,
            double simulatorCpu,
            double databaseCpu,
            long heap) {

        double rate() {
            return records / seconds;
        }

        static Turn middle(List<Turn> turns) {
            List<Turn> sorted = turns.stream()
                    .sorted((a, b) -> Double.compare(a.rate(), b.rate()))
                    .toList();
            return sorted.get(sorted.size() / 2);
        }

        ObjectNode row(String who, int size, int latency, double ofBare, double ofSequential) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("records", size);
            row.put("latencyMs", latency);
            row.put("who", who);
            row.put("recordsPerSecond", Report.rounded(rate()));
            row.put("ofBareLoop", Report.rounded(ofBare));
            row.put("timesSequential", Report.rounded(ofSequential));
            row.put("requestsPerRecord", Report.rounded((double) requests / records));
            row.put("cpuMsPerRecord", Report.rounded(cpu * 1000 / records));
            row.put("simulatorCpuMsPerRecord", Report.rounded(simulatorCpu * 1000 / records));
            row.put("databaseCpuMsPerRecord", Report.rounded(databaseCpu * 1000 / records));
            row.put("simulatorShareOfCpu", Report.rounded(simulatorCpu / (cpu + simulatorCpu + databaseCpu)));
            row.put("owedBeforeInSeconds", Report.rounded(owed));
            row.put("heapAfterCollectionsMb", Report.rounded(heap / 1e6));
            return Report.figures(row);
        }
    }
}
