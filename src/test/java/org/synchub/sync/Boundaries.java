package org.synchub.sync;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Counts the steps by which one hub touches the world outside its memory (each statement, both sides of each commit, both
 * sides of each request), and can end it at any of them. Once ended it touches nothing any more; its transaction is rolled
 * back, as the database does with a client that is gone. Or its connection to the database breaks there, and it lives.
 */
final class Boundaries {

    private static final Set<String> ENDING = Set.of("rollback", "close", "isClosed", "setAutoCommit", "getAutoCommit");

    private int left = Integer.MAX_VALUE;
    private int requestsLeft = Integer.MAX_VALUE;
    private @Nullable Runnable meanwhile;
    private int databaseLeft = Integer.MAX_VALUE;
    private boolean broken;
    private boolean dead;

    /** Ends the hub at the given step from now. */
    void cutAfter(int steps) {
        left = steps;
    }

    /** The server ends the hub's session at the given step from now that uses one. */
    void breakDatabaseAfter(int steps) {
        databaseLeft = steps;
    }

    /** Lets somebody else act at the given request from now, before or after it reaches the target. */
    void meanwhile(int requests, Runnable action) {
        requestsLeft = requests;
        meanwhile = action;
    }

    /** Nothing more is planned. */
    void quiet() {
        left = Integer.MAX_VALUE;
        requestsLeft = Integer.MAX_VALUE;
        databaseLeft = Integer.MAX_VALUE;
        broken = false;
        meanwhile = null;
    }

    /** Whether a session was ended since {@link #quiet}. */
    boolean isBroken() {
        return broken;
    }

    boolean isDead() {
        return dead;
    }

    void step(String where) {
        if (dead || --left <= 0) {
            dead = true;
            throw new CutOff(where);
        }
    }

    /** A step at which no transaction is open, so that others can act. */
    void request(String where) {
        step(where);
        Runnable action = meanwhile;
        if (action != null && --requestsLeft <= 0) {
            meanwhile = null;
            action.run();
        }
    }

    DataSource around(DataSource store) {
        return new DelegatingDataSource(store) {
            @Override
            public Connection getConnection() throws SQLException {
                step("connect");
                return around(super.getConnection(), store);
            }
        };
    }

    private boolean breaksNow() {
        broken |= --databaseLeft == 0;
        return databaseLeft == 0;
    }

    /** As an administrator ends a session, or a restart of the server all of them. */
    private static void end(Connection connection, DataSource server) throws SQLException {
        int session = connection.unwrap(PGConnection.class).getBackendPID();
        try (Connection other = server.getConnection();
                PreparedStatement end = other.prepareStatement("SELECT pg_terminate_backend(?, 10000)")) {
            end.setInt(1, session);
            end.execute();
            if (!other.getAutoCommit()) {
                other.rollback();
            }
        }
    }

    /** Without a further try the pool would hand an ended session to somebody else. */
    private static void letThePoolNotice(Connection connection) {
        try (Statement any = connection.createStatement()) {
            any.execute("SELECT 1");
            throw new IllegalStateException("A session goes on that was ended");
        } catch (SQLException asExpected) {
            return;
        }
    }

    private Connection around(Connection connection, DataSource server) {
        boolean[] ended = new boolean[1];
        return (Connection) Proxy.newProxyInstance(
                Boundaries.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    String name = method.getName();
                    boolean ends = ENDING.contains(name);
                    if (!ends
                            && (name.equals("commit")
                                    || name.startsWith("prepare")
                                    || name.equals("createStatement"))) {
                        step(name);
                        if (breaksNow()) {
                            end(connection, server);
                            ended[0] = true;
                        }
                    }
                    if (name.equals("close") && ended[0]) {
                        letThePoolNotice(connection);
                    }
                    try {
                        Object result = method.invoke(connection, arguments);
                        if (name.equals("commit")) {
                            step("committed");
                            if (breaksNow()) {
                                throw new SQLException("The connection ended before the commit was answered", "08006");
                            }
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
    }
}
