package org.synchub.sync;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.synchub.testing.TestStore;

/** The fault bench says of known bugs that something is wrong, within a few histories; without them it says nothing. */
class PlantedBugsTest {

    private static final int HISTORIES = 20;

    private static HikariDataSource store;

    @BeforeAll
    static void start() throws Exception {
        store = TestStore.withHub();
    }

    @AfterAll
    static void stop() {
        store.close();
    }

    @ParameterizedTest
    @EnumSource
    void the_bench_catches(Planted.Known bug) {
        long first = 1_000L * (bug.ordinal() + 1);
        LongFunction<Lived> lived =
                seed -> InProcess.live(seed, s -> new History(store, new HistoryWire(), s, bug.plant()));

        String sign = bug == Planted.Known.RETRY_WITHOUT_KEY
                ? " has \\d+ (people|households), the store \\d+"
                : " in the store and |is held by nobody";

        assertThat(LongStream.range(first, first + HISTORIES)
                        .mapToObj(lived)
                        .filter(Lived::failed)
                        .limit(1))
                .singleElement()
                .extracting(Lived::failure, as(InstanceOfAssertFactories.STRING))
                .containsPattern(sign);
    }
}
