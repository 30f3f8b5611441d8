package org.synchub.store;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Tells a database that is away (down, starting, full: it may pass by itself) from one that is there and unwilling. By
 * PostgreSQL's error codes, appendix A of its manual.
 */
public final class StoreConnection {

    /** What the connection pool says of a connection that broke before, without a code. */
    private static final String CLOSED = "Connection is closed";

    private StoreConnection() {}

    /** Whether something failed because the database is away. */
    public static boolean isAway(@Nullable Throwable failure) {
        return away(failure) != null;
    }

    /** What was said of a database that is away, by the driver before the pool; null when that is not what failed. */
    public static @Nullable SQLException away(@Nullable Throwable failure) {
        SQLException said = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && saysAway(sql) && (said == null || sql.getSQLState() != null)) {
                said = sql;
            }
        }
        return said;
    }

    private static boolean saysAway(SQLException failure) {
        String state = failure.getSQLState();
        return state == null
                ? CLOSED.equals(failure.getMessage())
                : state.startsWith("08") || state.startsWith("57P") || state.equals("53300");
    }

    /** Opens a connection and closes it. */
    public static void check(DataSource store) throws SQLException {
        try (Connection connection = store.getConnection()) {
            if (!connection.isValid(10)) {
                throw new SQLException("The connection does not answer", "08006");
            }
        }
    }
}
