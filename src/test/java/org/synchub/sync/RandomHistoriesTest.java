package org.synchub.sync;

import com.zaxxer.hikari.HikariDataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.synchub.testing.TestStore;

/**
 * Whatever devices, registrars of two registries and an operator do to the same records, and wherever hubs are cut off: in
 * the end all sides agree, nothing that only one side changed is lost, and every value that was overwritten stands in a
 * decision row.
 *
 * <p>{@code -Dhistories=5000} lives more of them, {@code -Dhistories.seed=17 -Dhistories=1} one again.
 */
class RandomHistoriesTest {

    private static final int STEPS = 60;

    private static HikariDataSource store;
    private static CamelContext camel;

    @BeforeAll
    static void start() throws Exception {
        store = TestStore.withHub();
        camel = new DefaultCamelContext();
        camel.start();
    }

    @AfterAll
    static void stop() {
        camel.stop();
        store.close();
    }

    @Test
    void all_sides_agree_in_the_end_and_nothing_is_lost_without_a_word() throws Exception {
        int histories = Integer.getInteger("histories", 60);
        long first = Long.getLong("histories.seed", 1L);
        for (int i = 0; i < histories; i++) {
            History history = new History(store, camel, i + 1, first + i);
            try (history) {
                history.live(STEPS);
            } catch (AssertionError | RuntimeException wrong) {
                throw new AssertionError(wrong.getMessage() + "\n" + history.told(), wrong);
            }
        }
    }
}
