package org.synchub.sync;

import com.zaxxer.hikari.HikariDataSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synchub.testing.TestStore;

/**
 * Whatever devices, registrars of two registries and an operator do to the same records, and wherever hubs are cut off: in
 * the end all sides agree, nothing that only one side changed is lost, and every value that was overwritten stands in a
 * decision row.
 *
 * <p>{@code -Dhistories=5000} lives more of them, {@code -Dhistories.seed=17 -Dhistories=1} one again.
 */
class RandomHistoriesTest {

    private static final Logger log = LoggerFactory.getLogger(RandomHistoriesTest.class);
    private static final int STEPS = 60;

    /** So many histories share a database; DataCollect's tables have few indexes, so more would be slow. */
    private static final int AT_A_PLACE = 100;

    private static HikariDataSource store;

    @BeforeAll
    static void start() throws Exception {
        store = TestStore.withHub();
    }

    @AfterAll
    static void stop() {
        store.close();
    }

    @Test
    void all_sides_agree_in_the_end_and_nothing_is_lost_without_a_word() throws Exception {
        int histories = Integer.getInteger("histories", 50);
        long first = Long.getLong("histories.seed", 1L);
        List<Long> failed = new ArrayList<>();
        AssertionError firstFailure = null;
        long start = System.nanoTime();
        for (long seed = first; seed < first + histories; seed++) {
            if (seed > first && (seed - first) % AT_A_PLACE == 0) {
                log.info("{} histories lived, failed: {}", seed - first, failed);
                store.close();
                store = TestStore.withHub();
            }
            try (History history = new History(store, HistoryNet.offline(), seed)) {
                try {
                    history.live(STEPS);
                } catch (AssertionError | RuntimeException wrong) {
                    failed.add(seed);
                    AssertionError failure = new AssertionError(wrong.getMessage() + "\n" + history.told(), wrong);
                    if (firstFailure == null) {
                        firstFailure = failure;
                    }
                    log.error("History {} failed", seed, failure);
                }
            }
        }
        log.info(
                "{} histories of {} steps from seed {} on in {} s; failed: {}",
                histories,
                STEPS,
                first,
                (System.nanoTime() - start) / 1_000_000_000,
                failed);
        if (firstFailure != null) {
            throw new AssertionError(
                    failed.size() + " of " + histories + " histories failed, seeds " + failed + "; the first:\n"
                            + firstFailure.getMessage(),
                    firstFailure);
        }
    }
}
