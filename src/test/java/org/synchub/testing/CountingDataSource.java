package org.synchub.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.AbstractDataSource;

/** Counts the statements that are prepared through it. */
public final class CountingDataSource extends AbstractDataSource {

    private final DataSource store;
    private final AtomicInteger statements = new AtomicInteger();

    public CountingDataSource(DataSource store) {
        this.store = store;
    }

    /** How many statements since the last call. */
    public int takeCount() {
        return statements.getAndSet(0);
    }

    @Override
    public Connection getConnection() throws SQLException {
        return counting(store.getConnection());
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return counting(store.getConnection(user, password));
    }

    private Connection counting(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().startsWith("prepare")
                            || method.getName().equals("createStatement")) {
                        statements.incrementAndGet();
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
