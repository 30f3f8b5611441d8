package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.synchub.demo.FieldData;

/**
 * What something beside a push adds to its time per record: pairs of first pushes of the same records by the same hub, with
 * and without it. Whether with or without goes first alternates. The hub pushes as its route does, twice a second.
 */
final class PairedPushes {

    static final int PAIRS = 10;

    /** Two pushes would leave half of the hub's code uncompiled. */
    private static final int WARM_PUSHES = 6;

    private final Bench bench;
    private final String tenant;
    private final int latency;
    private final int records;
    private final String database;

    /** @param latency milliseconds that every request takes at the target */
    PairedPushes(Bench bench, String tenant, int latency) throws SQLException {
        this.bench = bench;
        this.tenant = tenant;
        this.latency = latency;
        this.records = bench.options().records() / 5 * 5;
        this.database = bench.databases().create(tenant);
    }

    /** What is there during one push of a pair, and during every second one before the pairs. */
    interface Beside {

        /** For the report and for what is said meanwhile. */
        String words();

        /** Before anything is owed to the targets. */
        default void prepare(Child hub) throws IOException {}

        void begin(Child hub) throws IOException;

        /** The push has ended. */
        void end(Child hub) throws IOException, SQLException;

        /** The pushes before the pairs are over. */
        default void warm() {}
    }

    String database() {
        return database;
    }

    /** Microseconds per record. */
    private record Pair(double with, double without) {

        double addsPercent() {
            return (with / without - 1) * 100;
        }
    }

    /**
     * The figures that all of these measures have, under their names in the report; {@code addsPercent} is the median of
     * the pairs.
     *
     * @param more what the hub is started with beside its targets
     */
    Map<String, Object> run(Beside beside, List<String> more) throws Exception {
        FieldData.bulk(Databases.source(database), tenant, records / 5, 4, 1);
        List<String> warm = names("warm", WARM_PUSHES);
        List<String> with = names("with", PAIRS);
        List<String> without = names("without", PAIRS);
        List<String> targets =
                Stream.of(warm, with, without).flatMap(List::stream).toList();
        List<String> arguments = new ArrayList<>(more);
        List<Pair> pairs = new ArrayList<>();
        try (Child simulator = bench.simulator()) {
            for (String target : targets) {
                arguments.add(target + "=" + tenant + "=" + open(simulator, target));
            }
            try (Child hub = bench.hub(database, arguments)) {
                beside.prepare(hub);
                for (String target : targets) {
                    hub.ask("pause", Map.of("target", target, "pause", true));
                    hub.ask("owe", Map.of("target", target));
                }
                Databases.run(database, "VACUUM ANALYZE");
                hub.ask("route", Map.of("id", "push-when-due", "running", true));
                for (int i = 0; i < WARM_PUSHES; i++) {
                    turn(hub, simulator, warm.get(i), i % 2 == 0 ? beside : null);
                }
                beside.warm();
                for (int i = 0; i < PAIRS; i++) {
                    boolean withFirst = i % 2 == 0;
                    double first = turn(hub, simulator, (withFirst ? with : without).get(i), withFirst ? beside : null);
                    double second =
                            turn(hub, simulator, (withFirst ? without : with).get(i), withFirst ? null : beside);
                    Pair pair = withFirst ? new Pair(first, second) : new Pair(second, first);
                    pairs.add(pair);
                    bench.say("pair " + (i + 1) + ", " + latency + " ms, beside " + beside.words() + ": "
                            + Math.round(pair.with()) + " µs per record with it, " + Math.round(pair.without())
                            + " without");
                }
            }
        }
        bench.databases().drop(tenant);
        return figures(pairs);
    }

    private static List<String> names(String name, int number) {
        return Stream.iterate(1, i -> i <= number, i -> i + 1)
                .map(i -> name + i)
                .toList();
    }

    private String open(Child simulator, String registry) throws IOException {
        return simulator
                .ask("open", Map.of("name", registry, "latency", latency))
                .path("url")
                .asText();
    }

    /** One push of everything to one target; returns microseconds per record. */
    private double turn(Child hub, Child simulator, String target, @Nullable Beside beside)
            throws IOException, SQLException {
        Databases.run(database, "CHECKPOINT");
        if (beside != null) {
            beside.begin(hub);
        }
        hub.ask("pause", Map.of("target", target, "pause", false));
        JsonNode ran = hub.ask("ran", Map.of("target", target));
        if (ran.path("created").asInt() != records) {
            throw new IllegalStateException("The hub created " + ran.path("created") + " of " + records
                    + " records in its first run of " + target);
        }
        if (beside != null) {
            beside.end(hub);
        }
        simulator.ask("close", Map.of("name", target));
        return ran.path("seconds").asDouble() * 1e6 / records;
    }

    private Map<String, Object> figures(List<Pair> pairs) {
        List<Double> adds = pairs.stream().map(Pair::addsPercent).sorted().toList();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("latencyMs", latency);
        row.put("records", records);
        row.put("pairs", pairs.size());
        row.put("withUsPerRecord", middle(pairs.stream().map(Pair::with).toList()));
        row.put("withoutUsPerRecord", middle(pairs.stream().map(Pair::without).toList()));
        row.put("addsPercent", middle(adds));
        row.put("leastPercent", Report.rounded(adds.get(0)));
        row.put("mostPercent", Report.rounded(adds.get(adds.size() - 1)));
        return row;
    }

    private static double middle(List<Double> values) {
        return Report.rounded(Report.median(values));
    }
}
