package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.synchub.ledger.State;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/** The connection to the database is cut in the middle of a step: work goes on, and nothing is lost or doubled. */
class DatabaseLossTest {

    private static final Logger log = LoggerFactory.getLogger(DatabaseLossTest.class);
    private static final int HOUSEHOLDS = 250;
    private static DataSource store;
    private static TestHub hub;
    private static TestStore field;
    private static int hours;

    @BeforeAll
    static void start() throws SQLException {
        store = TestDatabase.dataCollect();
        // Before the hub's sessions begin: long enough for a test to complete a deadlock.
        TestDatabase.run(
                store,
                "ALTER DATABASE " + TestDatabase.value(store, "SELECT current_database()")
                        + " SET deadlock_timeout = '5s'");
        hub = TestHub.on(store).memoryTarget("memory", "t").start();
        hub.push("memory");
        field = new TestStore(store, "t");
        TestDatabase.run(store, """
                CREATE SCHEMA harm;
                CREATE SEQUENCE harm.hits;
                CREATE FUNCTION harm.cut() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF nextval('harm.hits') = 20 THEN
                        PERFORM pg_terminate_backend(pg_backend_pid());
                    END IF;
                    RETURN coalesce(NEW, OLD);
                END $$;
                CREATE FUNCTION harm.full() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF nextval('harm.hits') >= 20 THEN
                        RAISE EXCEPTION 'could not extend file "base/16384/16412": No space left on device' USING ERRCODE = 'disk_full';
                    END IF;
                    RETURN coalesce(NEW, OLD);
                END $$""");
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    /** What the schedule would try again by itself is tried again here. */
    private static void pushUntilNothingIsDue() throws SQLException {
        for (int round = 0; round < 5; round++) {
            try {
                hub.push("memory");
            } catch (DataAccessException | TransactionException cut) {
                log.info("The step failed as it must: {}", cut.getClass().getSimpleName());
            }
            TestHub.clock(store, ++hours + " h");
        }
    }

    private static void assertEverythingIsThere(String prefix, String name) throws SQLException {
        assertThat(TestDatabase.rows(
                        store, "SELECT state, count(*) FROM hub.delivery WHERE guid LIKE '" + prefix + "%' GROUP BY 1"))
                .containsExactly("delivered|" + HOUSEHOLDS);
        assertThat(hub.memory("memory").records().entrySet().stream()
                        .filter(e -> e.getKey().startsWith(prefix)))
                .hasSize(HOUSEHOLDS)
                .allSatisfy(e -> assertThat(e.getValue().path("name").asText()).startsWith(name));
        assertThat(TestDatabase.value(store, "SELECT count(*) FROM hub.sent")).isEqualTo("0");
        assertThat(TestDatabase.value(
                        store, "SELECT count(*) FROM hub.lane WHERE token IS NOT NULL AND leased_until > hub.now()"))
                .isEqualTo("0");
        assertThat(hub.status("memory").owed()).isZero();
        assertThat(hub.status("memory").in(State.DELIVERED))
                .isEqualTo(hub.memory("memory").records().size());
    }

    private static void assertSentSince(int before, int most, String as) {
        assertThat(hub.memory("memory")
                        .received()
                        .subList(before, hub.memory("memory").received().size()))
                .as(as)
                .hasSizeBetween(HOUSEHOLDS, HOUSEHOLDS * most);
    }

    /** Lets a function have its way with what is done to a table's rows, which it counts from this number on. */
    private static void harm(String table, String operation, String function, int first) throws SQLException {
        TestDatabase.run(
                store,
                "ALTER SEQUENCE harm.hits RESTART " + first + "; CREATE TRIGGER zz_harm BEFORE " + operation + " ON "
                        + table + " FOR EACH ROW EXECUTE FUNCTION harm." + function + "()");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a-drain,  hub.delivery, INSERT, 1",
        "b-claim,  hub.lane,     UPDATE, 1",
        "c-take,   hub.delivery, UPDATE, 1",
        "d-note,   hub.sent,     INSERT, 1",
        "e-link,   hub.link,     INSERT, 2",
        "f-settle, hub.sent,     DELETE, 2",
    })
    void the_connection_that_does_a_step_is_cut_in_it(String prefix, String table, String operation, int most)
            throws SQLException {
        int before = hub.memory("memory").received().size();
        field.households(prefix, HOUSEHOLDS);
        harm(table, operation, "cut", 1);

        pushUntilNothingIsDue();

        assertThat(Long.parseLong(TestDatabase.value(store, "SELECT last_value FROM harm.hits")))
                .as("the step was met")
                .isGreaterThanOrEqualTo(20);
        TestDatabase.run(store, "DROP TRIGGER zz_harm ON " + table);
        assertEverythingIsThere(prefix, "Household");
        assertSentSince(before, most, "sent again only where an outcome was lost");
    }

    /** As PostgreSQL answers while a table's disk is full; where the disk of its log is, it goes down and comes back. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "g-drain,  hub.delivery, INSERT, 1",
        "h-claim,  hub.lane,     UPDATE, 1",
        "i-note,   hub.sent,     INSERT, 1",
        "j-link,   hub.link,     INSERT, 6",
        "k-settle, hub.sent,     DELETE, 6",
        "l-run,    hub.run,      UPDATE, 6",
    })
    void the_disk_is_full_from_a_step_on_and_later_is_not(String prefix, String table, String operation, int most)
            throws SQLException {
        int before = hub.memory("memory").received().size();
        field.households(prefix, HOUSEHOLDS);
        harm(table, operation, "full", table.equals("hub.run") ? 20 : 1);

        try {
            pushUntilNothingIsDue();

            assertThat(TestDatabase.value(
                            store,
                            "SELECT count(*) FROM hub.delivery WHERE state = 'delivered' AND guid LIKE '" + prefix
                                    + "%'"))
                    .as("while it is full")
                    .isNotEqualTo(String.valueOf(HOUSEHOLDS));
            assertThat(
                            TestDatabase.value(
                                    store,
                                    "SELECT count(*) FROM hub.delivery WHERE state IN ('rejected', 'conflict') OR attempts > 0"))
                    .as("a full disk says nothing of the records")
                    .isEqualTo("0");
        } finally {
            TestDatabase.run(store, "DROP TRIGGER zz_harm ON " + table);
        }
        pushUntilNothingIsDue();

        assertEverythingIsThere(prefix, "Household");
        assertSentSince(
                before,
                most,
                "sent again only where an outcome was lost: once in each of the five rounds, at most, and then");
    }

    @Test
    void the_hub_is_the_victim_of_a_deadlock_when_it_settles() throws Exception {
        int some = 20;
        int before = hub.memory("memory").received().size();
        field.households("y-dead", some);
        List<CompletableFuture<Void>> others = new ArrayList<>();
        hub.memory("memory").beforeSend(() -> {
            if (others.isEmpty()) {
                CountDownLatch locked = new CountDownLatch(1);
                others.add(CompletableFuture.runAsync(() -> deadlock("y-dead", locked)));
                try {
                    assertThat(locked.await(30, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        });

        hub.push("memory");

        hub.memory("memory").beforeSend(() -> {});
        assertThat(others.get(0)).succeedsWithin(Duration.ofSeconds(30));
        await().untilAsserted(() -> assertThat(TestDatabase.value(
                        store, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))
                .isEqualTo("1"));
        assertThat(hub.memory("memory").received()).hasSize(before + some);
        assertThat(
                        TestDatabase.value(
                                store,
                                "SELECT count(*) FROM hub.delivery WHERE guid LIKE 'y-dead%' AND state = 'delivered' AND attempts = 0"))
                .isEqualTo(String.valueOf(some));
    }

    /** Another session takes the last of these rows, and the others when the hub holds them and waits for the last. */
    private static void deadlock(String prefix, CountDownLatch locked) {
        try (Connection other = store.getConnection()) {
            other.setAutoCommit(false);
            // It is the hub that finds out.
            TestDatabase.rows(other, "SELECT set_config('deadlock_timeout', '1h', true)");
            TestDatabase.rows(
                    other,
                    "SELECT guid FROM hub.delivery WHERE guid = (SELECT max(guid) FROM hub.delivery"
                            + " WHERE guid LIKE '" + prefix + "%') FOR UPDATE");
            locked.countDown();
            await().pollInterval(Duration.ofMillis(20))
                    .until(() -> TestDatabase.value(
                                    store,
                                    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
                                            + " AND wait_event_type = 'Lock')")
                            .equals("t"));
            TestDatabase.rows(other, "SELECT guid FROM hub.delivery WHERE guid LIKE '" + prefix + "%' FOR UPDATE");
            other.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void every_connection_of_the_hub_is_cut_while_it_sends() throws SQLException {
        field.households("z-all", HOUSEHOLDS);
        java.util.concurrent.atomic.AtomicInteger batches = new java.util.concurrent.atomic.AtomicInteger();
        hub.memory("memory").beforeSend(() -> {
            if (batches.incrementAndGet() == 2) {
                field.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
            }
        });

        pushUntilNothingIsDue();

        hub.memory("memory").beforeSend(() -> {});
        assertThat(batches.get()).isGreaterThan(2);
        assertEverythingIsThere("z-all", "Household");
    }
}
