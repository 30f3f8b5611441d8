package org.synchub.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Collects figures and verdicts; prints them as tables and writes them as {@code bench.json}. */
final class Report {

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final ObjectNode root = JsonNodeFactory.instance.objectNode();
    private final ObjectNode figures = JsonNodeFactory.instance.objectNode();
    private final ArrayNode targets = JsonNodeFactory.instance.arrayNode();
    private boolean missed;

    Report(Options options, String database) {
        root.put("startedAt", Instant.now().toString());
        ObjectNode machine = root.putObject("machine");
        machine.put("processors", Runtime.getRuntime().availableProcessors());
        machine.put("processor", processor());
        machine.put("memoryMb", memoryMb());
        machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        machine.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
        machine.put("database", database);
        machine.put("loadAtStart", load());
        ObjectNode asked = root.putObject("options");
        asked.set("sizes", JSON.valueToTree(options.sizes()));
        asked.set("latencies", JSON.valueToTree(options.latencies()));
        asked.set("only", JSON.valueToTree(options.only()));
        asked.put("rounds", options.rounds()).put("delivered", options.delivered());
        asked.put("records", options.records()).put("backfill", options.backfill());
        asked.put("soak", options.soak().toString());
        root.set("figures", figures);
        root.set("targets", targets);
    }

    /** A row of a measure; the first row's names become the columns. */
    void row(String measure, ObjectNode row) {
        figures.withArray(measure).add(row);
    }

    /** A stated target: held when the value is at least the limit. */
    void atLeast(String what, double value, double limit) {
        target(what, value, ">=", limit, value >= limit);
    }

    /** A stated target: held when the value is at most the limit. */
    void atMost(String what, double value, double limit) {
        target(what, value, "<=", limit, value <= limit);
    }

    private void target(String what, double value, String comparison, double limit, boolean held) {
        missed |= !held;
        targets.addObject()
                .put("target", what)
                .put("value", rounded(value))
                .put("must", comparison + " " + plain(limit))
                .put("held", held);
    }

    boolean missedAny() {
        return missed;
    }

    void write(Path file, double seconds) throws IOException {
        ((ObjectNode) root.path("machine")).put("loadAtEnd", load());
        root.put("seconds", rounded(seconds));
        Files.createDirectories(file.toAbsolutePath().getParent());
        JSON.writeValue(file.toFile(), root);
    }

    void print(PrintStream out) {
        out.println();
        root.path("machine")
                .properties()
                .forEach(
                        e -> out.println("  " + e.getKey() + ": " + e.getValue().asText()));
        figures.properties().forEach(e -> {
            out.println();
            out.println(e.getKey());
            table(out, (ArrayNode) e.getValue());
        });
        out.println();
        out.println("targets");
        table(out, targets);
    }

    private static void table(PrintStream out, ArrayNode rows) {
        List<List<String>> lines = new ArrayList<>();
        List<String> head = new ArrayList<>();
        rows.path(0).fieldNames().forEachRemaining(head::add);
        lines.add(head);
        rows.forEach(row -> {
            List<String> line = new ArrayList<>();
            head.forEach(column -> line.add(
                    row.path(column).isMissingNode() ? "" : row.path(column).asText()));
            lines.add(line);
        });
        int[] widths = new int[head.size()];
        lines.forEach(line -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        });
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder(" ");
            for (int i = 0; i < widths.length; i++) {
                text.append(' ')
                        .append(" ".repeat(widths[i] - line.get(i).length()))
                        .append(line.get(i))
                        .append(' ');
            }
            out.println(text);
        }
    }

    /** Three significant digits are more than a shared machine gives. */
    static double rounded(double value) {
        if (value == 0 || Double.isNaN(value) || Double.isInfinite(value)) {
            return 0;
        }
        double scale = Math.pow(10, 2 - Math.floor(Math.log10(Math.abs(value))));
        return Math.round(value * scale) / scale;
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? String.format(Locale.ROOT, "%.0f", value) : Double.toString(value);
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    private static double load() {
        return rounded(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private static long memoryMb() {
        return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                        .getTotalMemorySize()
                >> 20;
    }

    private static String processor() {
        Path info = Path.of("/proc/cpuinfo");
        try {
            return Files.isReadable(info)
                    ? Files.readAllLines(info).stream()
                            .filter(line -> line.startsWith("model name"))
                            .map(line -> line.substring(line.indexOf(':') + 1).strip())
                            .findFirst()
                            .orElse(System.getProperty("os.arch"))
                    : System.getProperty("os.arch");
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }

    /** Rows from name and value in turn. */
    static ObjectNode figures(Map<String, ?> values) {
        return JSON.valueToTree(values);
    }
}
