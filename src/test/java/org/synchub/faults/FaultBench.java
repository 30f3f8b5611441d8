package org.synchub.faults;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synchub.faults.FaultOptions.Way;
import org.synchub.sync.InProcess;
import org.synchub.sync.Lived;
import org.synchub.sync.Processes;
import org.synchub.testing.OwnPostgres;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestStore;

/**
 * Lives history after history and says which went wrong. {@code mvn -Pfaults}; options are the system properties that
 * {@link FaultOptions} names.
 */
final class FaultBench {

    private static final Logger log = LoggerFactory.getLogger(FaultBench.class);

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
        } catch (Exception broken) {
            log.error("The fault bench came to no end", broken);
        } finally {
            // Threads of the histories may still wait for something.
            System.exit(code);
        }
    }

    private static int execute(FaultOptions options) throws Exception {
        FaultReport report = run(options);
        report.print(System.out);
        System.out.println("\nWritten to " + options.report());
        return report.failedAny() ? 1 : 0;
    }

    /** What was lived is written even if it comes to no end. */
    static FaultReport run(FaultOptions options) throws Exception {
        Files.createDirectories(options.folder());
        List<Long> seeds = options.seeds();
        FaultReport report = new FaultReport(
                seeds.size() == 1 ? "" + seeds.get(0) : seeds.get(0) + ".." + seeds.get(seeds.size() - 1));
        for (Way way : options.ways()) {
            report.begins(way);
            try {
                new FaultBench(options, report).live(way);
            } finally {
                report.ends(way);
                report.write(options.report());
            }
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

    private void work(Way way) throws SQLException, IOException {
        if (way == Way.IN_PROCESS) {
            DataSource store = TestDatabase.dataCollect();
            work(way, store, InProcess::live);
            return;
        }
        try (OwnPostgres postgres = OwnPostgres.start()) {
            DataSource store = postgres.dataCollect("faults");
            work(way, store, (pooled, seed) -> Processes.live(pooled, postgres, "faults", seed));
        }
    }

    /** Lives one history on a database. */
    private interface Life {
        Lived live(HikariDataSource store, long seed);
    }

    private void work(Way way, DataSource store, Life life) throws SQLException, IOException {
        TestStore.migrate(store);
        while (!waiting.isEmpty()) {
            try (HikariDataSource pooled = TestStore.pool(store)) {
                workAtAPlace(way, pooled, life);
            }
            clear(store);
        }
    }

    private void workAtAPlace(Way way, HikariDataSource store, Life life) throws IOException {
        for (int here = 0; here < AT_A_PLACE; here++) {
            Long seed = waiting.poll();
            if (seed == null) {
                return;
            }
            Lived lived = life.live(store, seed);
            report.add(way, lived);
            tell(way, lived);
        }
    }

    private static void clear(DataSource store) throws SQLException {
        TestDatabase.run(store, "DROP SCHEMA hub CASCADE");
        TestDatabase.clear(store);
        TestStore.migrate(store);
    }

    private void tell(Way way, Lived lived) throws IOException {
        if (lived.failed()) {
            System.out.println("\nfaults: " + way.word() + ", seed " + lived.seed() + " failed:\n" + lived.failure()
                    + "\n\n" + lived.timeline() + "\n\nAgain: mvn -Pfaults -Dmode=" + way.word() + " -Dseeds="
                    + lived.seed() + "\n");
        }
        if (way == Way.PROCESSES || waiting.size() % TOLD_EVERY == 0) {
            report.write(options.report());
            System.out.println("faults: " + way.word() + ", " + waiting.size() + " histories to go");
        }
    }
}
