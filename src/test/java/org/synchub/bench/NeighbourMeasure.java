package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.synchub.demo.FieldData;

/**
 * What one dead target adds to another one's time per record: pairs of first pushes of the same records by the same hub,
 * with and without a dead target that is owed them too. Whether with or without goes first alternates. The hub pushes as
 * its route does, twice a second, and tries the dead one every second, far more often than by its own settings.
 */
final class NeighbourMeasure implements Measure {

    private static final int PAIRS = 10;

    /** Two pushes would leave half of the hub's code uncompiled. */
    private static final int WARM_PUSHES = 6;

    /** More latency would hide what the hub does beside waiting. */
    private static final int MOST_LATENCY = 20;

    private static final String TENANT = "neighbours";
    private static final String DEAD = "dead";

    @Override
    public String name() {
        return "neighbour";
    }

    @Override
    public void run(Bench bench) throws Exception {
        for (DeadServer.Way way : DeadServer.Way.values()) {
            for (int latency : bench.options().latencies()) {
                if (latency <= MOST_LATENCY) {
                    new Neighbours(bench, way, latency).run();
                }
            }
        }
    }

    /** One sort of dead target beside targets of one latency. */
    private static final class Neighbours {

        private final Bench bench;
        private final DeadServer.Way way;
        private final int latency;
        private final int records;
        private final String database;
        private int tries;

        Neighbours(Bench bench, DeadServer.Way way, int latency) throws SQLException {
            this.bench = bench;
            this.way = way;
            this.latency = latency;
            this.records = bench.options().records() / 5 * 5;
            this.database = bench.databases().create(TENANT);
        }

        void run() throws Exception {
            FieldData.bulk(Databases.source(database), TENANT, records / 5, 4, 1);
            List<String> warm = names("warm", WARM_PUSHES);
            List<String> with = names("with", PAIRS);
            List<String> without = names("without", PAIRS);
            List<String> more = new ArrayList<>(List.of("--synchub.longest-retry=1s"));
            try (DeadServer server = new DeadServer(way);
                    Child simulator = bench.simulator()) {
                List<String> living =
                        Stream.of(warm, with, without).flatMap(List::stream).toList();
                for (String target : living) {
                    more.add(target + "=" + TENANT + "=" + open(simulator, target));
                }
                more.add(DEAD + "=" + TENANT + "=" + server.url());
                try (Child hub = bench.hub(database, more)) {
                    hub.ask("pause", Map.of("target", DEAD, "pause", true));
                    hub.ask("owe", Map.of("target", DEAD, "unasked", true));
                    for (String target : living) {
                        hub.ask("pause", Map.of("target", target, "pause", true));
                        hub.ask("owe", Map.of("target", target));
                    }
                    Databases.run(database, "VACUUM ANALYZE");
                    hub.ask("route", Map.of("id", "push-when-due", "running", true));
                    for (int i = 0; i < WARM_PUSHES; i++) {
                        turn(hub, simulator, warm.get(i), i % 2 == 0);
                    }
                    tries = 0;
                    int before = server.callers();
                    List<Pair> pairs = pairs(hub, simulator, with, without);
                    report(pairs, way == DeadServer.Way.REFUSES ? tries : server.callers() - before);
                }
            }
            bench.databases().drop(TENANT);
        }

        private static List<String> names(String name, int number) {
            List<String> names = new ArrayList<>();
            for (int i = 1; i <= number; i++) {
                names.add(name + i);
            }
            return names;
        }

        private String open(Child simulator, String registry) throws IOException {
            return simulator
                    .ask("open", Map.of("name", registry, "latency", latency))
                    .path("url")
                    .asText();
        }

        /** Microseconds per record. */
        private record Pair(double with, double without) {

            double addsPercent() {
                return (with / without - 1) * 100;
            }
        }

        private List<Pair> pairs(Child hub, Child simulator, List<String> with, List<String> without)
                throws IOException, SQLException {
            List<Pair> pairs = new ArrayList<>();
            for (int i = 0; i < PAIRS; i++) {
                double first = turn(hub, simulator, (i % 2 == 0 ? with : without).get(i), i % 2 == 0);
                double second = turn(hub, simulator, (i % 2 == 0 ? without : with).get(i), i % 2 != 0);
                Pair pair = i % 2 == 0 ? new Pair(first, second) : new Pair(second, first);
                pairs.add(pair);
                bench.say("pair " + (i + 1) + ", " + latency + " ms, dead target " + way.words() + ": "
                        + Math.round(pair.with()) + " µs per record with it, " + Math.round(pair.without())
                        + " without");
            }
            return pairs;
        }

        /** One push of everything to a live target; returns microseconds per record. */
        private double turn(Child hub, Child simulator, String target, boolean beside)
                throws IOException, SQLException {
            Databases.run(database, "CHECKPOINT");
            if (beside) {
                hub.ask("pause", Map.of("target", DEAD, "pause", false));
            }
            hub.ask("pause", Map.of("target", target, "pause", false));
            JsonNode ran = hub.ask("ran", Map.of("target", target));
            if (ran.path("created").asInt() != records) {
                throw new IllegalStateException("The hub created " + ran.path("created") + " of " + records
                        + " records in its first run of " + target);
            }
            if (beside) {
                // Of the one that is silent the wait is not over by then.
                tries += Integer.parseInt(
                        Databases.value(database, "SELECT failures FROM hub.target WHERE name = '" + DEAD + "'"));
                hub.ask("pause", Map.of("target", DEAD, "pause", true));
                // A try that is under way still belongs to this turn.
                hub.ask("quiet", Map.of());
            }
            simulator.ask("close", Map.of("name", target));
            return ran.path("seconds").asDouble() * 1e6 / records;
        }

        private void report(List<Pair> pairs, int failedTries) {
            List<Double> adds = pairs.stream().map(Pair::addsPercent).toList();
            double median = Report.median(adds);
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("deadTarget", way.words());
            row.put("latencyMs", latency);
            row.put("records", records);
            row.put("pairs", pairs.size());
            row.put("withUsPerRecord", middle(pairs.stream().map(Pair::with).toList()));
            row.put(
                    "withoutUsPerRecord",
                    middle(pairs.stream().map(Pair::without).toList()));
            row.put("addsPercent", Report.rounded(median));
            row.put(
                    "leastPercent",
                    Report.rounded(adds.stream().sorted().toList().get(0)));
            row.put(
                    "mostPercent",
                    Report.rounded(adds.stream().sorted().toList().get(adds.size() - 1)));
            row.put("triesOfTheDead", failedTries);
            bench.report().row("neighbour", Report.figures(row));
            String where = " beside a target that " + way.words() + ", at " + latency + " ms";
            bench.report().atMost("per cent added to a record's time" + where, median, 5);
            bench.report().atLeast("tries of the dead target" + where, failedTries, PAIRS);
        }

        private static double middle(List<Double> values) {
            return Report.rounded(Report.median(values));
        }
    }
}
