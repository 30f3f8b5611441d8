package org.synchub.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the measures one after the other. {@code mvn -Pbench}; options are the system properties that
 * {@link Options} names.
 */
final class Bench {

    private static final List<Measure> MEASURES = List.of(
            new PushMeasure(),
            new HeapMeasure(),
            new IdleMeasure(),
            new CaptureMeasure(),
            new PullMeasure(),
            new PullHeapMeasure(),
            new AdapterMeasure(),
            new NeighbourMeasure(),
            new ListenersMeasure(),
            new HubsMeasure(),
            new BackfillMeasure(),
            new SoakMeasure());

    private final Options options;
    private final Path folder;
    private final Databases databases;
    private final Report report;

    private Bench(Options options, Path folder, Databases databases, Report report) {
        this.options = options;
        this.folder = folder;
        this.databases = databases;
        this.report = report;
    }

    public static void main(String[] arguments) throws Exception {
        if (Boolean.getBoolean("bench.help")) {
            System.out.println(Options.HELP);
            return;
        }
        Options options = Options.fromSystem();
        Path folder = options.folder().resolve("bench");
        Files.createDirectories(folder);
        long start = System.nanoTime();
        Databases databases = new Databases(folder.resolve("postgresql"));
        // Also when it is interrupted.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(databases), "stop-database"));
        Report report = new Report(options, databases.version());
        Bench bench = new Bench(options, folder, databases, report);
        for (Measure measure : MEASURES) {
            if (options.wants(measure.name())) {
                measure.run(bench);
            }
        }
        Path file = options.folder().resolve("bench.json");
        report.write(file, (System.nanoTime() - start) / 1e9);
        report.print(System.out);
        System.out.println("\nWritten to " + file);
        if (report.missedAny() && options.strict()) {
            System.exit(1);
        }
    }

    private static void stop(Databases databases) {
        try {
            databases.close();
        } catch (IOException e) {
            System.err.println("The bench's database was not cleaned away: " + e.getMessage());
        }
    }

    Options options() {
        return options;
    }

    /** For the database and logs. */
    Path folder() {
        return folder;
    }

    Databases databases() {
        return databases;
    }

    Report report() {
        return report;
    }

    void say(String text) {
        System.out.println("bench: " + text);
    }

    Child simulator() throws IOException {
        return simulator("-Xmx3g");
    }

    /** With heap for more records. */
    Child simulator(String heap) throws IOException {
        return Child.start("simulator", SimulatorRole.class, folder, List.of(heap));
    }

    Child client() throws IOException {
        return Child.start("client", ClientRole.class, folder, List.of("-Xmx1g"));
    }

    /** A role of its own, with the hub's JVM options. */
    Child hubLike(String role, Class<?> main, List<String> arguments) throws IOException {
        return Child.start(role, main, folder, options.hubOptions(), arguments.toArray(String[]::new));
    }

    /** @param more targets and whatever else {@link HubRole} understands */
    Child hub(String database, List<String> more) throws IOException {
        return hub("hub", database, more);
    }

    /** One of several. */
    Child hub(String name, String database, List<String> more) throws IOException {
        List<String> arguments = new ArrayList<>();
        arguments.add(database);
        arguments.addAll(more);
        return Child.start(name, HubRole.class, folder, options.hubOptions(), arguments.toArray(String[]::new));
    }
}
