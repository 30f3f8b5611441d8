package org.synchub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.testing.CountingDataSource;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/** How many claims of one target several hubs may hold at a time, in a real database whose clock the test moves. */
class SlotsTest {

    private static final Duration LEASE = Duration.ofMinutes(1);

    private static final int LANES = 200;

    private static HikariDataSource store;
    private static int targets;
    private String target = "";
    private long millis;

    @BeforeAll
    static void createDatabase() throws SQLException {
        store = TestStore.withHub();
    }

    @AfterAll
    static void closeDatabase() {
        store.close();
    }

    @BeforeEach
    void owe() throws SQLException {
        target = "target" + ++targets;
        TestHub.clock(store, "0");
        owe(10);
    }

    /** Long due, wherever the test's clock goes. */
    private void owe(int lanes) throws SQLException {
        List<Debt> debts = IntStream.range(0, lanes)
                .mapToObj(i -> new Debt("g" + i, "kind", "lane" + i, false, State.PENDING, Debt.LIVE, null, null))
                .toList();
        hub(store).owe(target, debts, false);
        TestDatabase.run(store, "UPDATE hub.delivery SET due_at = due_at - interval '1 day'");
    }

    private static Deliveries hub() {
        return hub(store);
    }

    private static Deliveries hub(DataSource database) {
        return new Deliveries(
                JdbcClient.create(database),
                new TransactionTemplate(new DataSourceTransactionManager(database)),
                Vault.plain());
    }

    private Claim claim(Deliveries hub, Integer atOnce) {
        return hub.claim(target, 1, atOnce, LEASE, Duration.ZERO, new DeleteBrake(1, 100), null);
    }

    private static void release(Deliveries hub, Claim claim) {
        hub.release(claim, claim.lanes());
    }

    private void timePasses(Duration more) throws SQLException {
        millis += more.toMillis();
        TestHub.clock(store, millis + " ms");
    }

    private String count(String which) throws SQLException {
        return TestDatabase.value(store, "SELECT count(*) FROM " + which + " AND target = '" + target + "'");
    }

    @Test
    void hubs_hold_no_more_claims_together_than_the_target_has_slots() throws SQLException {
        Deliveries one = hub();
        Deliveries other = hub();
        Claim first = claim(one, 2);
        Claim second = claim(other, 2);

        Claim third = claim(one, 2);

        assertThat(first.isEmpty()).isFalse();
        assertThat(second.slot()).isNotNull().isNotEqualTo(first.slot());
        assertThat(third.full()).isTrue();
        assertThat(third.isEmpty()).isTrue();
        assertThat(count("hub.delivery WHERE state = 'in_flight'"))
                .as("what waits for a slot is not in flight")
                .isEqualTo("2");
        assertThat(count("hub.lane WHERE token IS NOT NULL")).isEqualTo("2");

        release(other, second);
        assertThat(claim(one, 2).isEmpty()).isFalse();
    }

    @Test
    void a_target_without_the_limit_has_no_slots_and_one_with_it_costs_no_further_statement() throws SQLException {
        CountingDataSource counting = new CountingDataSource(store);
        Deliveries hub = hub(counting);
        Claim free = claim(hub, null);
        release(hub, free);
        int without = counting.takeCount();
        assertThat(count("hub.slot WHERE true")).isEqualTo("0");
        release(hub, claim(hub, 2));
        counting.takeCount();

        Claim limited = claim(hub, 2);
        release(hub, limited);

        assertThat(free.slot()).isNull();
        assertThat(limited.slot()).isNotNull();
        assertThat(counting.takeCount()).isEqualTo(without);
    }

    @Test
    void a_slot_is_not_held_by_a_claim_that_found_nothing() throws SQLException {
        TestDatabase.run(store, "UPDATE hub.delivery SET due_at = NULL WHERE target = '" + target + "'");

        Claim nothing = claim(hub(), 1);

        assertThat(nothing.isEmpty()).isTrue();
        assertThat(nothing.full()).isFalse();
        assertThat(count("hub.slot WHERE token IS NOT NULL")).isEqualTo("0");
    }

    @Test
    void the_slot_of_a_hub_that_died_is_anothers_when_its_lease_is_over() throws SQLException {
        Deliveries dies = hub();
        Deliveries lives = hub();
        Claim lost = claim(dies, 1);
        timePasses(LEASE.minusSeconds(10));
        assertThat(claim(lives, 1).full()).isTrue();

        timePasses(Duration.ofSeconds(11));
        Claim taken = claim(lives, 1);

        assertThat(taken.slot()).isEqualTo(lost.slot());
        assertThat(dies.renew(lost, lost.lanes(), LEASE))
                .as("a hub that wakes has lost it")
                .isFalse();
        release(dies, lost);
        assertThat(count("hub.slot WHERE token = '" + taken.token() + "'"))
                .as("what it gives back is not the other's")
                .isEqualTo("1");
        assertThat(lives.renew(taken, taken.lanes(), LEASE)).isTrue();
    }

    @Test
    void a_hub_whose_lanes_nobody_wanted_has_lost_its_lease_with_its_slot() throws SQLException {
        Deliveries stopped = hub();
        Claim lost = claim(stopped, 1);
        TestDatabase.run(
                store, "UPDATE hub.slot SET leased_until = hub.now() - interval '1 s' WHERE target = '" + target + "'");
        Claim taken = claim(hub(), 1);

        assertThat(taken.lanes()).doesNotContainAnyElementsOf(lost.lanes());
        assertThat(stopped.renew(lost, lost.lanes(), LEASE)).isFalse();
    }

    @Test
    void a_hub_that_is_at_work_keeps_its_slot() throws SQLException {
        Deliveries works = hub();
        Deliveries waits = hub();
        Claim held = claim(works, 1);
        for (int i = 0; i < 5; i++) {
            timePasses(LEASE.dividedBy(2));
            assertThat(works.renew(held, held.lanes(), LEASE)).isTrue();
            assertThat(claim(waits, 1).full()).isTrue();
        }
    }

    /** A hub that waits looks again several times in a second. */
    private void wait(Duration howLong, Deliveries... hubs) throws SQLException {
        for (Duration waited = Duration.ZERO; waited.compareTo(howLong) < 0; waited = waited.plusMillis(250)) {
            for (Deliveries hub : hubs) {
                assertThat(claim(hub, 1).full()).isTrue();
            }
            timePasses(Duration.ofMillis(250));
        }
    }

    @Test
    void a_hub_without_a_slot_has_waited_long_enough_before_the_others_and_the_longest_first() throws SQLException {
        Deliveries busy = hub();
        Deliveries first = hub();
        Deliveries second = hub();
        Claim held = claim(busy, 1);
        wait(Duration.ofMillis(500), first);
        wait(Duration.ofSeconds(2), first, second);

        release(busy, held);

        assertThat(claim(busy, 1).full()).isTrue();
        assertThat(claim(second, 1).full()).isTrue();
        Claim next = claim(first, 1);
        assertThat(next.isEmpty()).isFalse();
        release(first, next);
        assertThat(claim(first, 1).full()).as("it has had its turn").isTrue();
        assertThat(claim(second, 1).isEmpty()).isFalse();
    }

    @Test
    void no_slot_stays_empty_for_a_hub_that_has_only_begun_to_wait() throws SQLException {
        Deliveries busy = hub();
        Claim held = claim(busy, 1);
        wait(Duration.ofMillis(500), hub());

        release(busy, held);

        assertThat(claim(busy, 1).isEmpty()).isFalse();
    }

    @Test
    void no_slot_stays_empty_for_a_hub_that_does_not_look_any_more_or_looked_when_the_clock_was_ahead()
            throws SQLException {
        Deliveries busy = hub();
        Claim held = claim(busy, 1);
        wait(Duration.ofSeconds(2), hub());
        timePasses(Duration.ofSeconds(2));
        release(busy, held);
        Claim again = claim(busy, 1);
        assertThat(again.isEmpty()).isFalse();

        wait(Duration.ofSeconds(2), hub());
        timePasses(Duration.ofHours(-3));
        release(busy, again);

        assertThat(claim(busy, 1).isEmpty()).isFalse();
    }

    @Test
    void one_slot_is_kept_for_a_hub_that_waits_and_the_others_stay_in_use() throws SQLException {
        Deliveries busy = hub();
        Deliveries waits = hub();
        Claim one = claim(busy, 2);
        Claim two = claim(busy, 2);
        for (int i = 0; i < 8; i++) {
            assertThat(claim(waits, 2).full()).isTrue();
            timePasses(Duration.ofMillis(250));
        }
        release(busy, one);
        release(busy, two);

        assertThat(claim(busy, 2).isEmpty()).isFalse();
        assertThat(claim(busy, 2).full()).isTrue();
        assertThat(claim(waits, 2).isEmpty()).isFalse();
    }

    @Test
    void many_writers_of_many_hubs_share_three_slots_and_take_every_record_once() throws Exception {
        owe(LANES);
        AtomicInteger held = new AtomicInteger();
        Queue<Integer> atOnce = new ConcurrentLinkedQueue<>();
        Queue<String> taken = new ConcurrentLinkedQueue<>();
        ExecutorService writers = Executors.newFixedThreadPool(8);
        List<Future<?>> work = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Deliveries hub = hub();
            for (int writer = 0; writer < 2; writer++) {
                work.add(writers.submit(() -> {
                    while (taken.size() < LANES) {
                        Claim claim = claim(hub, 3);
                        if (!claim.isEmpty()) {
                            held.incrementAndGet();
                            claim.deliveries().forEach(d -> taken.add(d.guid()));
                            int leased = Integer.parseInt(count("hub.slot WHERE token IS NOT NULL"));
                            atOnce.add(held.getAndDecrement());
                            assertThat(leased).isBetween(1, 3);
                            release(hub, claim);
                        }
                    }
                    return null;
                }));
            }
        }
        for (Future<?> writer : work) {
            writer.get(60, TimeUnit.SECONDS);
        }
        writers.shutdown();

        assertThat(taken).hasSize(LANES).doesNotHaveDuplicates();
        assertThat(atOnce).allMatch(n -> n <= 3).anyMatch(n -> n > 1);
        assertThat(count("hub.slot WHERE token IS NOT NULL")).isEqualTo("0");
        assertThat(count("hub.slot WHERE true")).isEqualTo("3");
    }
}
