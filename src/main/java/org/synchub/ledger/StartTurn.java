package org.synchub.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.CannotGetJdbcConnectionException;

/**
 * Lets the hubs of one database start one after the other. Each enters its schedules into Quartz' tables, and where two do
 * that at the same moment, one finds its trigger neither absent nor there and does not start. The turn is a session's lock:
 * a hub that dies gives it back.
 */
public final class StartTurn {

    private static final Logger log = LoggerFactory.getLogger(StartTurn.class);

    private static final String KEY = "(hashtext('synchub'), hashtext('start'))";

    private final DataSource store;
    private @Nullable Connection held;

    public StartTurn(DataSource store) {
        this.store = store;
    }

    /** Waits for the hub that is starting now. */
    public synchronized void take() {
        if (held != null) {
            return;
        }
        try {
            Connection connection = store.getConnection();
            try (Statement lock = connection.createStatement()) {
                connection.setAutoCommit(false);
                // However long that takes: the pool's sessions give up on a lock after a while.
                lock.execute("SET LOCAL lock_timeout = 0");
                lock.execute("SELECT pg_advisory_lock" + KEY);
                connection.commit();
                connection.setAutoCommit(true);
                held = connection;
            } finally {
                if (held == null) {
                    connection.close();
                }
            }
        } catch (SQLException e) {
            throw new CannotGetJdbcConnectionException("This hub could not wait for its turn to start", e);
        }
    }

    /** Lets the next one start; nothing where the turn is not held. */
    public synchronized void give() {
        Connection connection = held;
        held = null;
        if (connection == null) {
            return;
        }
        try (connection;
                Statement lock = connection.createStatement()) {
            lock.execute("SELECT pg_advisory_unlock" + KEY);
        } catch (SQLException e) {
            // The session is gone, and the turn with it.
            log.warn("The database was lost while this hub started (SQLSTATE {})", e.getSQLState());
        }
    }
}
