package org.synchub;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.synchub.store.StoreConnection;

/**
 * Says once that the database is away, and once that it is back. Meanwhile the pool, the scheduler and every route that
 * looks into it fail and would each log that every few seconds; what they say of it is left out.
 */
final class DatabaseWatch extends TurboFilter implements AutoCloseable {

    private static final org.slf4j.Logger log = LoggerFactory.getLogger(DatabaseWatch.class);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    private final DataSource store;
    private final Clock clock;
    private final boolean speaks;
    private final AtomicReference<@Nullable Instant> awaySince = new AtomicReference<>();
    private final ScheduledExecutorService tries = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "database-watch");
        thread.setDaemon(true);
        return thread;
    });

    /** @param speaks false for a command that fails and says so itself */
    DatabaseWatch(DataSource store, Clock clock, boolean speaks) {
        this.store = store;
        this.clock = clock;
        this.speaks = speaks;
    }

    void watch() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            setContext(context);
            start();
            context.addTurboFilter(this);
        }
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] arguments,
            @Nullable Throwable failure) {
        if (!level.isGreaterOrEqual(Level.WARN)) {
            return FilterReply.NEUTRAL;
        }
        SQLException away = StoreConnection.away(failure == null ? lastOf(arguments) : failure);
        if (away == null) {
            return FilterReply.NEUTRAL;
        }
        if (speaks) {
            notice(away);
        }
        return FilterReply.DENY;
    }

    /** SLF4J takes a throwable behind the last placeholder too. */
    private static @Nullable Throwable lastOf(Object @Nullable [] arguments) {
        return arguments != null && arguments.length > 0 && arguments[arguments.length - 1] instanceof Throwable last
                ? last
                : null;
    }

    private void notice(SQLException away) {
        if (awaySince.compareAndSet(null, clock.instant())) {
            try {
                tries.execute(() -> tell(away));
            } catch (RejectedExecutionException e) {
                // The hub stops, and says nothing more of a database that it has let go of.
                awaySince.set(null);
            }
        }
    }

    private void tell(SQLException away) {
        if (answers()) {
            awaySince.set(null);
            log.warn("The database has cut a connection: {} It answers; what failed is tried again", away.getMessage());
        } else {
            log.error(
                    "The database is away: {} Nothing is lost; the hub goes on by itself when it is back",
                    away.getMessage());
            tryAgain();
        }
    }

    private void tryAgain() {
        var unused = tries.schedule(this::tellWhenBack, BETWEEN_TRIES.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void tellWhenBack() {
        if (!answers()) {
            tryAgain();
            return;
        }
        Instant since = awaySince.getAndSet(null);
        log.info(
                "The database is back after {} s, going on",
                since == null ? 0 : Duration.between(since, clock.instant()).toSeconds());
    }

    private boolean answers() {
        try {
            StoreConnection.check(store);
            return true;
        } catch (SQLException | RuntimeException e) {
            log.debug("The database does not answer yet", e);
            return false;
        }
    }

    @Override
    public void close() {
        if (getContext() instanceof LoggerContext context) {
            context.getTurboFilterList().remove(this);
        }
        tries.shutdownNow();
    }
}
