package org.synchub;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.jdbc.DataSourceProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.synchub.store.StoreConnection;

/**
 * Waits for an attached database that is not there yet, as after a power cut, for as long as {@code synchub.database-wait}
 * says. Before anything else starts: so a Ctrl-C ends the wait at once.
 */
final class DatabaseWait implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    static final String SETTING = "synchub.database-wait";

    private static final Logger log = LoggerFactory.getLogger(DatabaseWait.class);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    /** @throws CannotGetJdbcConnectionException when the wait is over, or the database is there and refuses the hub */
    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        Duration patience =
                Binder.get(environment).bind(SETTING, Duration.class).orElse(Duration.ZERO);
        if (patience.isZero() || environment.getProperty(Environments.EMBEDDED, Boolean.class, false)) {
            return;
        }
        SimpleDriverDataSource database = Binder.get(environment)
                .bindOrCreate("spring.datasource", DataSourceProperties.class)
                .initializeDataSourceBuilder()
                .type(SimpleDriverDataSource.class)
                .build();
        await(database, patience);
    }

    private static void await(SimpleDriverDataSource database, Duration patience) {
        long until = System.nanoTime() + patience.toNanos();
        for (boolean first = true; ; first = false) {
            try {
                StoreConnection.check(database);
                if (!first) {
                    log.info("The database is there, going on");
                }
                return;
            } catch (SQLException e) {
                if (!StoreConnection.isAway(e) || System.nanoTime() > until) {
                    throw new CannotGetJdbcConnectionException("No connection to the database", e);
                }
                if (first) {
                    log.warn(
                            "The database cannot be reached: {} Waiting for it up to {} s ({})",
                            e.getMessage(),
                            patience.toSeconds(),
                            SETTING);
                }
                pause(e);
            }
        }
    }

    private static void pause(SQLException lastFailure) {
        try {
            TimeUnit.MILLISECONDS.sleep(BETWEEN_TRIES.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CannotGetJdbcConnectionException("Interrupted while waiting for the database", lastFailure);
        }
    }
}
