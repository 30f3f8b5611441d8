package org.synchub.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import javax.sql.DataSource;

/**
 * Finds a tenant's newest event while writers are locked out, which must not take longer than a blink.
 *
 * <p>DataCollect has no index on timestamps, and no place tells what came in since an earlier look: devices bring any
 * timestamp, and PostgreSQL puts new rows also into gaps of old pages, so that neither a remembered maximum nor a scan of
 * the pages added since is enough. What is left is to read all events of the tenant (0.3 to 0.8 s per million) or an
 * index of the hub's own (0.2 ms, 30 MB per million events). The index is used where it exists; without it the answer is
 * the same, only later. {@link NewestKnown} spares the look where nobody has written since the last one.
 */
public final class NewestEvent {

    static final String INDEX = "hub_events_newest";

    private NewestEvent() {}

    /**
     * Builds the index unless it is there or another hub is building it, without locking writers out, and mends one that
     * an interrupted build left unusable. Takes about 3 s per million events, and waits for transactions that are older
     * than itself. The database user must own {@code public.events}.
     *
     * @throws SQLException for example when the user does not own the table; the hub then works without the index
     */
    public static void createIndex(DataSource store) throws SQLException {
        try (Connection connection = store.getConnection();
                Statement statement = connection.createStatement()) {
            // PostgreSQL builds concurrently only outside a transaction.
            connection.setAutoCommit(true);
            // Waiting for the lock would deadlock: a concurrent build waits for everyone who is in a statement.
            if (!tryLock(statement)) {
                return;
            }
            try {
                if (isBroken(statement)) {
                    statement.execute("DROP INDEX CONCURRENTLY IF EXISTS public." + INDEX);
                }
                statement.execute("CREATE INDEX CONCURRENTLY IF NOT EXISTS " + INDEX
                        + " ON public.events (tenant_id, \"timestamp\")");
            } finally {
                statement.execute("SELECT pg_advisory_unlock(hashtext('" + INDEX + "'))");
            }
        }
    }

    /**
     * Takes the index away, without locking writers out.
     *
     * @throws SQLException for example when the user does not own the table
     */
    public static void dropIndex(DataSource store) throws SQLException {
        try (Connection connection = store.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(true);
            statement.execute("DROP INDEX CONCURRENTLY IF EXISTS public." + INDEX);
        }
    }

    /** Whether the index is there and usable. */
    public static boolean hasIndex(DataSource store) throws SQLException {
        try (Connection connection = store.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT 1 FROM pg_index WHERE indisvalid AND indexrelid ="
                        + " to_regclass('public." + INDEX + "')")) {
            return row.next();
        }
    }

    /** The tenant's newest timestamp in whole milliseconds, rounded down; {@link Instant#EPOCH} without events. */
    static Instant find(Connection connection, String tenant) throws SQLException {
        // An infinite timestamp has nothing above it. No client can write one: JavaScript has no such date.
        try (PreparedStatement select =
                connection.prepareStatement("SELECT floor(extract(epoch FROM max(\"timestamp\"))"
                        + " * 1000)::bigint FROM public.events WHERE tenant_id = ? AND isfinite(\"timestamp\")")) {
            select.setString(1, tenant);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return Instant.ofEpochMilli(row.getLong(1));
            }
        }
    }

    private static boolean tryLock(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT pg_try_advisory_lock(hashtext('" + INDEX + "'))")) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static boolean isBroken(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT 1 FROM pg_index WHERE NOT indisvalid AND indexrelid ="
                + " to_regclass('public." + INDEX + "')")) {
            return row.next();
        }
    }
}
