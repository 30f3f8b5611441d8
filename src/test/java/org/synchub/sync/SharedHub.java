package org.synchub.sync;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.openspp.RegistryRecord;
import org.synchub.testing.MemoryAdapter;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/**
 * A hub with its database, an OpenSPP and a target in memory, which tests of one JVM use one after another: to start a
 * hub takes seconds, to empty all that it works on takes milliseconds. Who takes one finds it as it was after its
 * start, with the same mapping; nobody else has it meanwhile.
 */
final class SharedHub {

    /** More than that many wait for nobody: each keeps a hub's threads and connections. */
    private static final int MOST_IDLE = 4;

    private static final Deque<SharedHub> IDLE = new ArrayDeque<>();

    final DataSource store;
    final OpenSppSimulator server;
    final TestHub hub;

    private final String mapping;
    private final List<String> tables;
    private final List<Integer> firstPartners;

    private SharedHub(String mapping, UnaryOperator<String> edit) throws SQLException {
        this.mapping = mapping;
        store = TestDatabase.dataCollect();
        server = OpenSppTarget.registry().start();
        hub = TestHub.on(store)
                .mapping("openspp", edit.apply(OpenSppTarget.mapping("openspp", PullRig.TENANT, server)))
                .memoryTarget("memory", PullRig.TENANT)
                .untilTheJvmEnds()
                .start();
        firstPartners = partners();
        tables = TestDatabase.rows(
                store,
                "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname IN ('hub', 'public')"
                        + " AND tablename NOT LIKE 'qrtz%' AND tablename NOT IN ('flyway_schema_history', 'mark') ORDER BY 1");
        StringBuilder keep = new StringBuilder("CREATE SCHEMA beginning;");
        tables.forEach(table -> keep.append("CREATE TABLE ")
                .append(kept(table))
                .append(" AS TABLE ")
                .append(table)
                .append(';'));
        TestDatabase.run(store, keep.toString());
    }

    /** One that nobody uses, or a new one, with the shipped mapping as the operator leaves it. */
    static SharedHub take(UnaryOperator<String> edit) throws SQLException {
        String mapping = edit.apply(OpenSppTarget.mapping("openspp", PullRig.TENANT, "http://openspp"));
        synchronized (IDLE) {
            for (Iterator<SharedHub> idle = IDLE.iterator(); idle.hasNext(); ) {
                SharedHub found = idle.next();
                if (found.mapping.equals(mapping)) {
                    idle.remove();
                    return found;
                }
            }
        }
        return new SharedHub(mapping, edit);
    }

    /** Makes everything as it was after the start, for the next. */
    void giveBack() {
        try {
            reset();
        } catch (SQLException | RuntimeException e) {
            stop();
            throw new IllegalStateException("A hub could not be emptied for the next test", e);
        }
        SharedHub longestIdle = null;
        synchronized (IDLE) {
            IDLE.addFirst(this);
            if (IDLE.size() > MOST_IDLE) {
                longestIdle = IDLE.removeLast();
            }
        }
        if (longestIdle != null) {
            longestIdle.stop();
        }
    }

    void stop() {
        hub.close();
        server.close();
    }

    private void reset() throws SQLException {
        // A hub that still works would write between two tables.
        Awaitility.await("the hub is idle")
                .until(() -> TestDatabase.rows(
                                store,
                                "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                                        + " AND state <> 'idle' AND pid <> pg_backend_pid()"
                                        + " UNION ALL SELECT 0 FROM hub.run WHERE ended_at IS NULL")
                        .isEmpty());
        StringBuilder sql = new StringBuilder("SET session_replication_role = replica; TRUNCATE ")
                .append(String.join(", ", tables))
                .append("; ");
        tables.forEach(table -> sql.append("INSERT INTO ")
                .append(table)
                .append(" OVERRIDING SYSTEM VALUE TABLE ")
                .append(kept(table))
                .append(';'));
        // What was emptied behind the trigger counts as written, so that nothing noted about it is believed.
        sql.append("SELECT nextval('hub.events_written'); SET session_replication_role = DEFAULT");
        TestDatabase.run(store, sql.toString());

        server.up();
        server.faults().clear();
        partners().stream().filter(id -> !firstPartners.contains(id)).forEach(server.registry()::unlinkPartner);
        server.requests().clear();
        memory().clear();
    }

    private MemoryAdapter memory() {
        return hub.memory("memory");
    }

    private List<Integer> partners() {
        return server.registry().partners().stream().map(RegistryRecord::id).toList();
    }

    private static String kept(String table) {
        return "beginning." + table.replace('.', '_');
    }
}
