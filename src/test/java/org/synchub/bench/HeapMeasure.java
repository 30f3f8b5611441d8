package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.synchub.demo.FieldData;

/**
 * How much heap a push of each size needs: what is left after full collections, forty of them spread evenly over the
 * records of each push, at its highest. All sizes in one hub, smallest first, at no latency, where most is under way.
 */
final class HeapMeasure implements Measure {

    private static final int LOOKS = 40;
    private static final String WARM = "warm";

    @Override
    public String name() {
        return "heap";
    }

    @Override
    public void run(Bench bench) throws Exception {
        String database = bench.databases().create("heap");
        List<Integer> sizes = bench.options().sizes().stream().sorted().toList();
        try (Child simulator = bench.simulator()) {
            List<String> targets = new ArrayList<>();
            for (int size : sizes) {
                targets.add(add(simulator, database, "s" + size, size));
            }
            targets.add(add(simulator, database, WARM, 2_000));
            Databases.run(database, "VACUUM ANALYZE");
            Map<Integer, Double> peaks = new LinkedHashMap<>();
            try (Child hub = bench.hub(database, targets)) {
                push(hub, WARM, 2_000);
                for (int size : sizes) {
                    double peak = push(hub, "s" + size, size);
                    peaks.put(size, peak);
                    simulator.ask("close", Map.of("name", "s" + size));
                    bench.say("heap of a push of " + size + ": " + Math.round(peak) + " MB at its highest");
                    Map<String, Object> row = new LinkedHashMap<>();
                    row.put("records", size);
                    row.put("peakHeapMb", Report.rounded(peak));
                    bench.report().row("heap", Report.figures(row));
                }
            }
            Double small = peaks.get(10_000);
            Double large = peaks.get(100_000);
            if (small != null && large != null) {
                bench.report().atMost("peak heap at 100000 records against 10000", large / small, 1.2);
            }
        }
        bench.databases().drop("heap");
    }

    private static String add(Child simulator, String database, String tenant, int size) throws Exception {
        FieldData.bulk(Databases.source(database), tenant, size / 5, 4, size);
        String url = simulator
                .ask("open", Map.of("name", tenant, "latency", 0))
                .path("url")
                .asText();
        return tenant + "=" + tenant + "=" + url;
    }

    private static double push(Child hub, String target, int size) throws Exception {
        hub.ask("owe", Map.of("target", target));
        JsonNode push = hub.ask("push", Map.of("target", target, "size", size, "looks", LOOKS));
        if (push.path("created").asInt() != size) {
            throw new IllegalStateException("The hub created " + push + " of " + size + " records");
        }
        return push.path("heapInUse").asLong() / 1e6;
    }
}
