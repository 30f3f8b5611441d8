package org.synchub.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.convert.DurationStyle;

/**
 * What to measure, from the system properties {@code bench.*}.
 *
 * @param sizes records of a push, households with four members each
 * @param latencies milliseconds that every request takes at the target
 * @param only names of measures; empty means all
 * @param rounds how often a push of up to 10,000 records is repeated; the median counts
 * @param delivered records that are delivered already where the cost of having nothing to do is measured
 * @param records of each push that is measured beside a dead target or listeners, or shared by hubs
 * @param backfill records owed from before while live changes come in
 * @param soak how long hubs are at constant work
 * @param strict whether a missed target fails the build
 * @param hubOptions options of the hub's JVM, for a profiler for instance
 * @param folder for the database, logs and {@code bench.json}
 */
record Options(
        List<Integer> sizes,
        List<Integer> latencies,
        List<String> only,
        int rounds,
        int delivered,
        int records,
        int backfill,
        Duration soak,
        boolean strict,
        List<String> hubOptions,
        Path folder) {

    static final String HELP = """
            What Sync Hub costs: mvn -Pbench [-Dbench.…=…]

              bench.sizes       records of a push                               1000,10000,100000
              bench.latencies   ms that each request takes at the target        0,20,100
              bench.only        measures: push,heap,idle,capture,pull,
                                pull-heap,adapters,neighbour,
                                listeners,hubs,backfill,soak                    all
              bench.rounds      how often a push of up to 10000 is repeated     3
              bench.delivered   records delivered already in the idle measure   1000000
              bench.records     records of a push in neighbour,listeners,hubs   10000
              bench.backfill    records owed from before live changes come in   1000000
              bench.soak        how long the hubs are at constant work          30m
              bench.strict      a missed target fails the build                 false
              bench.hub.jvm     options of the hub's JVM      -Xmx256m -XX:+UseParallelGC
              bench.folder      for the database, logs and bench.json           target
              bench.help        this text

            docs/benchmark.md explains the measures.""";

    static Options fromSystem() {
        return new Options(
                numbers("bench.sizes", "1000,10000,100000"),
                numbers("bench.latencies", "0,20,100"),
                words("bench.only", ""),
                number("bench.rounds", "3"),
                number("bench.delivered", "1000000"),
                number("bench.records", "10000"),
                number("bench.backfill", "1000000"),
                duration("bench.soak", "30m"),
                Boolean.parseBoolean(text("bench.strict", "false")),
                List.of(text("bench.hub.jvm", "-Xmx256m -XX:+UseParallelGC").split(" ")),
                Path.of(text("bench.folder", "target")).toAbsolutePath());
    }

    boolean wants(String measure) {
        return only.isEmpty() || only.contains(measure);
    }

    /** Large pushes are long enough to be measured once. */
    int roundsOf(int size) {
        return size > 10_000 ? 1 : Math.max(1, rounds);
    }

    private static String text(String name, String otherwise) {
        String value = System.getProperty(name, "");
        return value.isBlank() ? otherwise : value.strip();
    }

    private static List<String> words(String name, String otherwise) {
        return Stream.of(text(name, otherwise).split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** Such as 90s or 30m, as in the hub's own settings. */
    private static Duration duration(String name, String otherwise) {
        String value = text(name, otherwise);
        try {
            return DurationStyle.SIMPLE.parse(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "-D" + name + "=" + value + " is no duration; write for instance -D" + name + "=" + otherwise, e);
        }
    }

    private static int number(String name, String otherwise) {
        return number(name, text(name, otherwise), otherwise);
    }

    private static int number(String name, String value, String otherwise) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "-D" + name + "=" + value + " is not a number; write for instance -D" + name + "=" + otherwise, e);
        }
    }

    private static List<Integer> numbers(String name, String otherwise) {
        return words(name, otherwise).stream()
                .map(word -> number(name, word, otherwise))
                .toList();
    }
}
