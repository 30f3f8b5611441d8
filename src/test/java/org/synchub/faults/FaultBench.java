package org.synchub.faults;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.synchub.faults.FaultOptions.Way;
import org.synchub.sync.InProcess;
import org.synchub.sync.Lived;
import org.synchub.sync.Processes;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestStore;

/**
 * Lives history after history and says which went wrong. {@code mvn -Pfaults}; options are the system properties that
 * {@link FaultOptions} names.
 */
final class FaultBench {

    /** So many histories share a database's content; DataCollect's tables have few indexes, so more would be slow. */
    private static final int AT_A_PLACE = 100;

    private static final int TOLD_EVERY = 100;

    private final FaultOptions options;
    private final FaultReport report;
    private final Queue<Long> waiting = new ConcurrentLinkedQueue<>();

    private FaultBench(FaultOptions options, FaultReport report) {
        this.options = options;
        this.report = report;
    }

    public static void main(String[] arguments) throws Exception {
        if (Boolean.getBoolean("faults.help")) {
            System.out.println(FaultOptions.HELP);
            return;
        }
        int code = 2;
        try {
            code = execute(FaultOptions.fromSystem());
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
        } finally {
            // Threads of the histories may still wait for something.
            System.exit(code);
        }
    }

    private static int execute(FaultOptions options) throws Exception {
        Files.createDirectories(options.folder());
        FaultReport report = run(options);
        Path file = options.folder().resolve("faults.json");
        report.write(file);
        report.print(System.out);
        System.out.println("\nWritten to " + file);
        return report.failedAny() ? 1 : 0;
    }

    static FaultReport run(FaultOptions options) throws Exception {
        List<Long> seeds = options.seeds();
        FaultReport report = new FaultReport(
                seeds.size() == 1 ? "" + seeds.get(0) : seeds.get(0) + ".." + seeds.get(seeds.size() - 1));
        for (Way way : options.ways()) {
            report.begins(way);
            new FaultBench(options, report).live(way);
            report.ends(way);
        }
        return report;
    }

    private void live(Way way) throws Exception {
        waiting.addAll(options.seeds());
        int threads = way == Way.IN_PROCESS ? options.threads() : 1;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Void>> workers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                workers.add(pool.submit(() -> {
                    work(way);
                    return null;
                }));
            }
            for (Future<Void> worker : workers) {
                worker.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private void work(Way way) throws SQLException {
        DataSource store = TestDatabase.dataCollect();
        TestStore.migrate(store);
        int here = 0;
        for (Long seed = waiting.poll(); seed != null; seed = waiting.poll()) {
            if (++here % AT_A_PLACE == 0) {
                clear(store);
            }
            Lived lived;
            try (HikariDataSource pooled = TestStore.pool(store)) {
                lived = way == Way.IN_PROCESS
                        ? InProcess.live(pooled, seed)
                        : Processes.live(pooled, ((PGSimpleDataSource) store).getUrl(), seed);
            }
            report.add(way, lived);
            tell(way, lived);
        }
    }

    private static void clear(DataSource store) throws SQLException {
        TestDatabase.run(store, "DROP SCHEMA hub CASCADE");
        TestDatabase.clear(store);
        TestStore.migrate(store);
    }

    private void tell(Way way, Lived lived) {
        if (lived.failed()) {
            System.out.println("\nfaults: " + way.word() + ", seed " + lived.seed() + " failed:\n" + lived.failure()
                    + "\n\n" + lived.timeline() + "\n\nAgain: mvn -Pfaults -Dmode=" + way.word() + " -Dseeds="
                    + lived.seed() + "\n");
        }
        if (way == Way.PROCESSES || waiting.size() % TOLD_EVERY == 0) {
            System.out.println("faults: " + way.word() + ", " + waiting.size() + " histories to go");
        }
    }
}
