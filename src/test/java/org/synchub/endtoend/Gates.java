package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.synchub.testing.TestDatabase;

/** Gates in a hub's database: whoever comes to a step whose gate is closed stands there, inside its transaction. */
final class Gates {

    private static final int KEYS = 4711;
    private static final int CREATIONS = 4712;

    private final DataSource store;

    private Gates(DataSource store) {
        this.store = store;
    }

    /** Puts a gate at the end of everything that creates or alters something in the database; all are open. */
    static Gates atCreations(DataSource store) throws SQLException {
        TestDatabase.run(store, "CREATE SCHEMA gate");
        TestDatabase.run(
                store,
                "CREATE FUNCTION gate.created() RETURNS event_trigger LANGUAGE plpgsql AS $$ DECLARE one record; BEGIN"
                        + " FOR one IN SELECT object_identity AS what FROM pg_event_trigger_ddl_commands() LOOP"
                        + " PERFORM pg_advisory_lock_shared(" + CREATIONS + ", hashtext(one.what));"
                        + " PERFORM pg_advisory_unlock_shared(" + CREATIONS + ", hashtext(one.what));"
                        + " END LOOP; END $$");
        TestDatabase.run(store, "CREATE EVENT TRIGGER gate ON ddl_command_end EXECUTE FUNCTION gate.created()");
        return new Gates(store);
    }

    /** And one at every step in the ledger. The hub's schema must be there. */
    static Gates atSteps(DataSource store) throws SQLException {
        Gates gates = atCreations(store);
        for (LedgerStep step : LedgerStep.values()) {
            TestDatabase.run(store, step.createFunction(KEYS));
            TestDatabase.run(store, step.createTrigger());
        }
        return gates;
    }

    /** A gate that is closed until it is opened. */
    final class Closed implements AutoCloseable {

        private final Connection holder;
        private final String waiting;

        private Closed(String close, String waiting) throws SQLException {
            this.waiting = waiting;
            holder = store.getConnection();
            holder.setAutoCommit(false);
            try (Statement statement = holder.createStatement()) {
                statement.execute(close);
            } catch (SQLException e) {
                holder.close();
                throw e;
            }
        }

        /** Waits until the hub stands here. */
        void awaitHub(HubProcess hub) {
            await().atMost(Duration.ofSeconds(60))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .failFast(() -> assertThat(hub.passed())
                            .as("the hub went by without coming here: %s", hub.said())
                            .isFalse())
                    .untilAsserted(
                            () -> assertThat(TestDatabase.value(store, waiting)).isNotEqualTo("0"));
        }

        /** Opens the gate: whoever stands here goes on. */
        @Override
        public void close() throws SQLException {
            if (!holder.isClosed()) {
                holder.rollback();
                holder.close();
            }
        }
    }

    Closed close(LedgerStep step) throws SQLException {
        return closeKey(KEYS, Integer.toString(step.ordinal()));
    }

    /** @param identity as {@code pg_event_trigger_ddl_commands} calls what is created or altered */
    Closed closeCreationOf(String identity) throws SQLException {
        return closeKey(CREATIONS, "hashtext('" + identity + "')");
    }

    private Closed closeKey(int space, String key) throws SQLException {
        return new Closed(
                "SELECT pg_advisory_xact_lock(" + space + ", " + key + ")",
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND classid = " + space
                        + " AND objid::bigint = " + key + "::bigint & 4294967295"
                        + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
    }

    /** Nobody reads this table until the gate is opened. */
    Closed closeTable(String table) throws SQLException {
        return new Closed(
                "LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE",
                "SELECT count(*) FROM pg_locks WHERE locktype = 'relation' AND NOT granted AND relation = '" + table
                        + "'::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
    }

    /** Waits until the server has noticed that a hub's sessions are gone. */
    void awaitSessionsGone(HubProcess hub) {
        await().atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertThat(sessions(hub)).isEmpty());
    }

    /** Waits until a hub that is stopped has its transaction open and nothing to wait for. */
    void awaitIdleInTransaction(HubProcess hub) {
        await().atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() ->
                        assertThat(sessions(hub)).anyMatch(session -> session.startsWith("idle in transaction|")));
    }

    /** Stops a hub while none of its threads has a transaction open: others need not wait for what it holds. */
    void stopOutsideOfTransactions(HubProcess hub) {
        await().atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> {
                    hub.stop();
                    if (sessions(hub).stream().allMatch(session -> session.startsWith("idle|"))) {
                        return true;
                    }
                    hub.goOn();
                    return false;
                });
    }

    private List<String> sessions(HubProcess hub) throws SQLException {
        return TestDatabase.rows(
                store,
                "SELECT state, query FROM pg_stat_activity WHERE datname = current_database() AND application_name = '"
                        + hub.sessionName() + "'");
    }
}
