package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synchub.testing.TestStore;

/** The fault bench says of known bugs what is wrong, within a few histories; of the same history without one nothing. */
class PlantedBugsTest {

    /** What goes wrong depends a little on the machine's speed too. */
    private static final int HISTORIES = 15;

    private static HikariDataSource withBugs;
    private static HikariDataSource without;

    @BeforeAll
    static void start() throws Exception {
        withBugs = TestStore.withHub();
        without = TestStore.withHub();
    }

    @AfterAll
    static void stop() {
        withBugs.close();
        without.close();
    }

    private static Lived live(DataSource store, long seed, Planted bug) {
        return InProcess.live(seed, s -> new History(store, new HistoryWire(), s, bug));
    }

    @ParameterizedTest
    @CsvSource({
        "SETTLE_BEFORE_SEND, 1013, ' in the store and |is held by nobody'",
        "CURSOR_BY_TIME, 2002, ' in the store and |is held by nobody'",
        "RETRY_WITHOUT_KEY, 3006, ' has [0-9]+ (people|households), the store [0-9]+'"
    })
    void the_bench_catches(Planted.Known bug, long first, String sign) {
        Predicate<String> saysSo = Pattern.compile(sign).asPredicate();

        Lived caught = LongStream.range(first, first + HISTORIES)
                .mapToObj(seed -> live(withBugs, seed, bug.plant()))
                .filter(lived -> saysSo.test(String.valueOf(lived.failure())))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No history fails because of " + bug));

        assertThat(live(without, caught.seed(), Planted.NOTHING).failure()).isNull();
    }
}
