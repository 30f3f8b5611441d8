package org.synchub.sync;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Counts the steps by which one hub touches the world outside its memory (each statement, both sides of each commit, both
 * sides of each request), and can end it at any of them. Once ended it touches nothing any more; its transaction is rolled
 * back, as the database does with a client that is gone.
 */
final class Boundaries {

    private static final Set<String> ENDING = Set.of("rollback", "close", "isClosed", "setAutoCommit", "getAutoCommit");

    private int left = Integer.MAX_VALUE;
    private int requestsLeft = Integer.MAX_VALUE;
    private @Nullable Runnable meanwhile;
    private boolean dead;

    /** Ends the hub at the given step from now. */
    void cutAfter(int steps) {
        left = steps;
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
        meanwhile = null;
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
                return around(super.getConnection());
            }
        };
    }

    private Connection around(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                Boundaries.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    String name = method.getName();
                    boolean ends = ENDING.contains(name);
                    if (!ends
                            && (name.equals("commit")
                                    || name.startsWith("prepare")
                                    || name.equals("createStatement"))) {
                        step(name);
                    }
                    try {
                        Object result = method.invoke(connection, arguments);
                        if (name.equals("commit")) {
                            step("committed");
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
    }
}
