package org.synchub.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.testing.DeviceWrite;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestStore;

/** What the triggers append, and that nothing of the hub's can fail or hold a write of DataCollect's. */
class TriggerCaptureTest {

    private static final String CHANGES = "SELECT tenant, guid, op, level, origin FROM hub.change ORDER BY id";

    private static HikariDataSource store;
    private static Capture capture;
    private final TestStore field = new TestStore(store, "t");

    @BeforeAll
    static void installTriggers() throws SQLException {
        store = TestStore.withHub();
        capture =
                new Capture(JdbcClient.create(store), new TransactionTemplate(new DataSourceTransactionManager(store)));
        capture.install();
    }

    @AfterAll
    static void close() {
        store.close();
    }

    @BeforeEach
    void forgetWhatWasCaptured() {
        field.run("DELETE FROM public.entities");
        field.run("DELETE FROM hub.change");
    }

    private List<String> changes() {
        return field.rows(CHANGES);
    }

    @Test
    void every_write_of_an_entity_appends_one_row_and_touches_nothing_else_of_the_hubs() {
        field.household("h", "first").household("h", "second").delete("h");

        assertThat(changes()).containsExactly("t|h|U|null|null", "t|h|U|null|null", "t|h|D|null|null");
        assertThat(field.value("SELECT (SELECT count(*) FROM hub.entity) + (SELECT count(*) FROM hub.delivery)"
                        + " + (SELECT count(*) FROM hub.lane)"))
                .isEqualTo("0");
    }

    @Test
    void an_event_is_noted_with_its_level_whatever_that_is() {
        field.event("a", 0).event("a", 1).event("a", 2).event("a", null).event("a", 70_000);

        assertThat(changes())
                .containsExactly("t|a|E|0|null", "t|a|E|1|null", "t|a|E|2|null", "t|a|E|null|null", "t|a|E|70000|null");
    }

    @Test
    void a_write_that_is_rolled_back_leaves_nothing() throws SQLException {
        try (Connection device = store.getConnection();
                Statement statement = device.createStatement()) {
            device.setAutoCommit(false);
            statement.execute("INSERT INTO public.entities (id, guid, tenant_id) VALUES ('x', 'x', 't')");
            device.rollback();
        }

        assertThat(changes()).isEmpty();
    }

    @Test
    void the_hubs_own_write_is_one_row_with_the_target_that_it_pulled_from_and_the_next_transaction_has_none()
            throws SQLException {
        try (Connection hub = store.getConnection();
                Statement statement = hub.createStatement()) {
            hub.setAutoCommit(false);
            statement.execute("SET LOCAL hub.origin = 'openspp'");
            statement.execute("INSERT INTO public.entities (id, guid, tenant_id) VALUES ('x', 'x', 't')");
            statement.execute(
                    "INSERT INTO public.events (guid, entity_guid, type, \"timestamp\", sync_level, tenant_id)"
                            + " VALUES ('e', 'x', 'create-individual', now(), 2, 't')");
            hub.commit();
            statement.execute("UPDATE public.entities SET last_updated = now() WHERE guid = 'x'");
            hub.commit();
        }

        assertThat(changes()).containsExactly("t|x|E|2|openspp", "t|x|U|null|null");
    }

    @Test
    void an_entity_that_gets_another_key_is_gone_under_the_old_one() {
        field.household("old", "name");
        field.run("UPDATE public.entities SET id = 'new', guid = 'new' WHERE guid = 'old'");

        assertThat(changes()).containsExactly("t|old|U|null|null", "t|old|D|null|null", "t|new|U|null|null");
    }

    @Test
    void datacollects_role_needs_no_rights_on_the_hubs_schema() throws SQLException {
        TestDatabase.run(store, """
                DO $$ BEGIN CREATE ROLE datacollect_app; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
                GRANT ALL ON ALL TABLES IN SCHEMA public TO datacollect_app;""");
        try (Connection device = store.getConnection();
                Statement statement = device.createStatement()) {
            statement.execute("SET ROLE datacollect_app");
            statement.execute("INSERT INTO public.entities (id, guid, tenant_id) VALUES ('r', 'r', 't')");
            statement.execute("INSERT INTO public.events (guid, tenant_id, entity_guid, sync_level)"
                    + " VALUES (gen_random_uuid(), 't', 'r', 1)");
            statement.execute("DELETE FROM public.entities WHERE guid = 'r'");
            assertThatThrownBy(() -> statement.execute("SELECT * FROM hub.change"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("permission denied for schema hub");
            statement.execute("RESET ROLE");
        }

        assertThat(changes()).containsExactly("t|r|U|null|null", "t|r|E|1|null", "t|r|D|null|null");
    }

    @Test
    void a_locked_ledger_costs_a_write_of_many_rows_one_short_wait_and_the_sweep_finds_them() throws SQLException {
        try (Connection migration = store.getConnection();
                Statement lock = migration.createStatement()) {
            migration.setAutoCommit(false);
            lock.execute("LOCK TABLE hub.change IN ACCESS EXCLUSIVE MODE");

            assertThat(new DeviceWrite(store).bestOf(3)).isLessThan(250);
            long start = System.nanoTime();
            field.households("many", 200);
            assertThat((System.nanoTime() - start) / 1_000_000)
                    .as("milliseconds for 200 rows in one statement")
                    .isLessThan(2_000);
            migration.rollback();
        }
        assertThat(changes()).isEmpty();

        int found = capture.sweep("t");

        assertThat(found).isGreaterThanOrEqualTo(201);
        assertThat(field.value("SELECT count(*) FROM hub.change WHERE op = 'U' AND guid LIKE 'many%'"))
                .isEqualTo("200");
    }

    @Test
    void the_transaction_after_one_that_could_not_wait_is_captured_again() throws SQLException {
        try (Connection device = store.getConnection();
                Statement statement = device.createStatement()) {
            try (Connection migration = store.getConnection();
                    Statement lock = migration.createStatement()) {
                migration.setAutoCommit(false);
                lock.execute("LOCK TABLE hub.change IN ACCESS EXCLUSIVE MODE");
                statement.execute("INSERT INTO public.entities (id, guid, tenant_id) VALUES ('a', 'a', 't')");
                migration.rollback();
            }
            statement.execute("INSERT INTO public.entities (id, guid, tenant_id) VALUES ('b', 'b', 't')");
        }

        assertThat(changes()).containsExactly("t|b|U|null|null");
    }

    @Test
    void a_broken_ledger_never_fails_a_write_of_datacollects() {
        field.run("ALTER TABLE hub.change RENAME TO change_away");
        try {
            field.household("h", "written all the same").event("h", 1).delete("h");
        } finally {
            field.run("ALTER TABLE hub.change_away RENAME TO change");
        }

        field.household("h2", "captured again");
        assertThat(changes()).containsExactly("t|h2|U|null|null");
    }

    @Test
    void installing_twice_and_removing_are_harmless_and_a_disabled_trigger_does_not_count_as_installed() {
        capture.install();
        assertThat(capture.installed()).isTrue();
        field.run("ALTER TABLE public.events DISABLE TRIGGER synchub_capture");
        assertThat(capture.installed()).isFalse();
        capture.install();
        field.run("ALTER TABLE public.events ENABLE TRIGGER synchub_capture");

        capture.remove();
        capture.remove();
        field.household("unseen", "by the triggers");
        assertThat(capture.installed()).isFalse();
        assertThat(changes()).isEmpty();

        capture.install();
        assertThat(capture.installed()).isTrue();
    }

    @Test
    void installing_waits_for_a_long_transaction_in_short_tries_that_let_datacollects_writes_through()
            throws Exception {
        capture.remove();
        ExecutorService hub = Executors.newSingleThreadExecutor();
        try (Connection longWriter = store.getConnection();
                Statement statement = longWriter.createStatement()) {
            longWriter.setAutoCommit(false);
            statement.execute("INSERT INTO public.entities (id, guid, tenant_id) VALUES ('long', 'long', 't')");
            Future<?> installing = hub.submit(capture::install);
            await().until(() -> field.value(
                            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%CREATE OR REPLACE TRIGGER%'"
                                    + " AND wait_event_type = 'Lock' AND datname = current_database()")
                    .equals("1"));

            assertThat(new DeviceWrite(store).bestOf(5)).isLessThan(250);
            assertThat(installing.isDone()).isFalse();
            longWriter.commit();
            installing.get(20, TimeUnit.SECONDS);
        } finally {
            hub.shutdownNow();
        }
        assertThat(capture.installed()).isTrue();
    }
}
