package org.synchub.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.synchub.sync.StartInTurn;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

class StartTurnTest {

    private static final String TURNS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database ="
            + " (SELECT oid FROM pg_database WHERE datname = current_database()) AND objid = hashtext('start')::bigint::oid"
            + " AND granted = ";

    private static DataSource store;

    @BeforeAll
    static void createDatabase() throws SQLException {
        store = TestDatabase.dataCollect();
    }

    private static String turns(boolean granted) throws SQLException {
        return TestDatabase.value(store, TURNS + granted);
    }

    @Test
    void a_hub_waits_until_the_one_that_is_starting_has_started_or_died() throws Exception {
        StartTurn first = new StartTurn(store);
        StartTurn second = new StartTurn(store);
        StartTurn third = new StartTurn(store);
        first.take();
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(second::take);
        await().until(() -> turns(false).equals("1"));
        assertThat(waiting).isNotDone();

        first.give();
        waiting.join();

        CompletableFuture<Void> next = CompletableFuture.runAsync(third::take);
        await().until(() -> turns(false).equals("1"));
        TestDatabase.rows(
                store,
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                        + " AND objid = hashtext('start')::bigint::oid AND database ="
                        + " (SELECT oid FROM pg_database WHERE datname = current_database())");
        next.join();
        second.give();
        third.give();
        third.give();
        assertThat(turns(true)).isEqualTo("0");
    }

    @Test
    void a_hub_waits_longer_than_its_sessions_wait_for_locks() throws Exception {
        StartTurn first = new StartTurn(store);
        first.take();
        HikariConfig impatient = new HikariConfig();
        impatient.setDataSource(store);
        impatient.setMaximumPoolSize(1);
        impatient.setConnectionInitSql("SET lock_timeout = '50ms'");
        try (HikariDataSource pool = new HikariDataSource(impatient)) {
            StartTurn second = new StartTurn(pool);
            CompletableFuture<Void> waiting = CompletableFuture.runAsync(second::take);
            await().until(() -> waiting.isDone()
                    || !TestDatabase.value(
                                    store,
                                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                                            + " AND waitstart < clock_timestamp() - interval '200 ms' AND database ="
                                            + " (SELECT oid FROM pg_database WHERE datname = current_database())")
                            .equals("0"));
            assertThat(waiting).isNotDone();

            first.give();
            waiting.join();
            second.give();

            assertThat(TestDatabase.value(pool, "SHOW lock_timeout")).isEqualTo("50ms");
        }
    }

    @Test
    void a_hub_that_is_up_has_let_the_next_one_start() throws Exception {
        DataSource own = TestDatabase.dataCollect();
        try (TestHub hub = TestHub.on(own).start()) {
            assertThat(hub.bean(CamelContext.class).getLifecycleStrategies())
                    .hasAtLeastOneElementOfType(StartInTurn.class);
            assertThat(TestDatabase.value(own, TURNS + "true")).isEqualTo("0");
        }
    }
}
