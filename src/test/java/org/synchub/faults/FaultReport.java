package org.synchub.faults;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.synchub.faults.FaultOptions.Way;
import org.synchub.sync.Lived;

/** What a run of the fault bench came to, as {@code faults.json} and as text. Many threads add to it. */
final class FaultReport {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final class Part {
        private final long start = System.nanoTime();
        private long end;
        private int lived;
        private final Map<String, Integer> faults = new TreeMap<>();
        private final List<Lived> failures = new ArrayList<>();

        /** Until now where it has not ended. */
        private double seconds() {
            return ((end == 0 ? System.nanoTime() : end) - start) / 1e9;
        }
    }

    private final String seeds;
    private final Map<Way, Part> parts = new TreeMap<>();

    FaultReport(String seeds) {
        this.seeds = seeds;
    }

    synchronized void begins(Way way) {
        parts.put(way, new Part());
    }

    synchronized void add(Way way, Lived lived) {
        Part part = part(way);
        part.lived++;
        lived.faults().forEach((kind, n) -> part.faults.merge(kind, n, Integer::sum));
        if (lived.failed()) {
            part.failures.add(lived);
        }
    }

    synchronized void ends(Way way) {
        part(way).end = System.nanoTime();
    }

    private Part part(Way way) {
        Part part = parts.get(way);
        if (part == null) {
            throw new IllegalStateException(way + " has not begun");
        }
        return part;
    }

    synchronized boolean failedAny() {
        return parts.values().stream().anyMatch(part -> !part.failures.isEmpty());
    }

    synchronized ObjectNode json() {
        ObjectNode json = JSON.createObjectNode();
        json.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        json.put("seeds", seeds);
        ArrayNode modes = json.putArray("modes");
        parts.forEach((way, part) -> {
            ObjectNode mode = modes.addObject();
            mode.put("mode", way.word());
            mode.put("lived", part.lived);
            mode.put("failed", part.failures.size());
            mode.put("seconds", Math.round(part.seconds() * 10) / 10.0);
            ObjectNode faults = mode.putObject("faults");
            part.faults.forEach(faults::put);
            ArrayNode failures = mode.putArray("failures");
            for (Lived lived : part.failures) {
                ObjectNode failure = failures.addObject().put("seed", lived.seed());
                failure.put("wrong", lived.failure());
                ArrayNode timeline = failure.putArray("timeline");
                lived.timeline().lines().forEach(timeline::add);
            }
        });
        return json;
    }

    synchronized void write(Path file) throws IOException {
        JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), json());
    }

    synchronized void print(PrintStream out) {
        parts.forEach((way, part) -> {
            out.printf(
                    "%n%s: %,d histories in %,.0f s, %,d faults, %d failed%n",
                    way.word(),
                    part.lived,
                    part.seconds(),
                    part.faults.values().stream().mapToInt(Integer::intValue).sum(),
                    part.failures.size());
            part.faults.forEach((kind, n) -> out.printf("  %-32s %,9d%n", kind, n));
            if (!part.failures.isEmpty()) {
                out.println(
                        "  failed: " + part.failures.stream().map(Lived::seed).toList());
            }
        });
    }
}
