package org.synchub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.synchub.ledger.Allowances.Unit;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/** A target's time line in a real database. Its clock runs on meanwhile, so waits are a little shorter than taken. */
class AllowancesTest {

    private static final Duration LENGTH = Duration.ofMinutes(1);
    private static final Duration SOON = Duration.ofSeconds(20);

    private static HikariDataSource store;
    private static Allowances allowances;

    @BeforeAll
    static void createDatabase() throws SQLException {
        store = TestStore.withHub();
        allowances = new Allowances(JdbcClient.create(store));
    }

    @AfterEach
    void rightClock() throws SQLException {
        TestHub.clock(store, "0");
    }

    @AfterAll
    static void closeDatabase() {
        store.close();
    }

    private static Duration take(String target) {
        return allowances.take(target, Unit.REQUEST, LENGTH);
    }

    @Test
    void the_first_stretch_begins_now_and_the_next_where_it_ends() {
        assertThat(take("first")).isBetween(SOON.negated(), Duration.ZERO);
        assertThat(take("first")).isBetween(LENGTH.minus(SOON), LENGTH);
        assertThat(take("first")).isBetween(LENGTH.multipliedBy(2).minus(SOON), LENGTH.multipliedBy(2));
    }

    @Test
    void targets_and_units_do_not_take_from_each_other() {
        take("one");

        assertThat(take("other")).isLessThanOrEqualTo(Duration.ZERO);
        assertThat(allowances.take("one", Unit.RECORD, LENGTH)).isLessThanOrEqualTo(Duration.ZERO);
    }

    @Test
    void no_two_of_many_hubs_get_the_same_stretch() throws Exception {
        ExecutorService hubs = Executors.newFixedThreadPool(6);
        List<Future<Duration>> taken = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            taken.add(hubs.submit(() -> take("shared")));
        }
        List<Long> minutes = new ArrayList<>();
        for (Future<Duration> one : taken) {
            minutes.add(one.get().plus(SOON).toMinutes());
        }
        hubs.shutdown();

        assertThat(minutes).hasSize(60).doesNotHaveDuplicates().allMatch(minute -> minute < 60);
    }

    @Test
    void time_that_nobody_took_is_gone() throws SQLException {
        take("idle");
        TestHub.clock(store, "2 hours");

        assertThat(take("idle")).isLessThanOrEqualTo(Duration.ZERO);
        assertThat(take("idle")).isBetween(LENGTH.minus(SOON), LENGTH);
    }

    @Test
    void a_clock_that_is_set_back_by_hours_keeps_nobody_waiting_for_them() throws SQLException {
        TestHub.clock(store, "5 hours");
        take("set back");
        TestHub.clock(store, "0");

        assertThat(take("set back")).isLessThanOrEqualTo(Duration.ZERO);
        assertThat(take("set back")).isBetween(LENGTH.minus(SOON), LENGTH);
    }
}
