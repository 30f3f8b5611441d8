package org.synchub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How much heap a first pull of each size needs, and the sweep that asks for all ids: what is left after full collections,
 * up to twenty a second, at its highest. All sizes in one hub, smallest first.
 */
final class PullHeapMeasure implements Measure {

    private static final String WARM = "warm";

    @Override
    public String name() {
        return "pull-heap";
    }

    @Override
    public void run(Bench bench) throws Exception {
        try (Child simulator = bench.simulator()) {
            measure(bench, simulator);
        }
    }

    private static void measure(Bench bench, Child simulator) throws Exception {
        String database = bench.databases().create("pull_heap");
        List<Integer> sizes = bench.options().sizes().stream().sorted().toList();
        List<String> arguments = new ArrayList<>(List.of(database));
        arguments.add(PullMeasure.enter(simulator, WARM, 1_000));
        for (int size : sizes) {
            arguments.add(PullMeasure.enter(simulator, "s" + size, size));
        }
        Map<Integer, Double> peaks = new LinkedHashMap<>();
        Map<Integer, Double> sweeps = new LinkedHashMap<>();
        try (Child hub = bench.hubLike("pull-heap", PullRole.class, arguments)) {
            PullMeasure.mustHave(hub.ask("pull", Map.of("target", WARM, "look", true)), 1_000);
            for (int size : sizes) {
                JsonNode pull = hub.ask("pull", Map.of("target", "s" + size, "look", true));
                PullMeasure.mustHave(pull, size);
                peaks.put(size, pull.path("heapInUse").asLong() / 1e6);
                JsonNode sweep = hub.ask("sweep", Map.of("target", "s" + size, "look", true));
                PullMeasure.mustHave(sweep, 0);
                sweeps.put(size, sweep.path("heapInUse").asLong() / 1e6);
                simulator.ask("close", Map.of("name", "s" + size));
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("records", size);
                row.put("peakHeapMb", Report.rounded(peaks.get(size)));
                row.put("peakHeapOfIdSweepMb", Report.rounded(sweeps.get(size)));
                bench.report().row("pull-heap", Report.figures(row));
                bench.say("heap of a pull of " + size + ": " + row);
            }
        }
        Double few = peaks.get(10_000);
        Double many = peaks.get(100_000);
        if (few != null && many != null) {
            bench.report().atMost("peak heap of a pull of 100000 against 10000", many / few, 1.2);
            bench.report()
                    .atMost(
                            "peak heap of an id sweep over 100000 against 10000",
                            sweeps.get(100_000) / sweeps.get(10_000),
                            1.2);
        }
        bench.databases().drop("pull_heap");
    }
}
