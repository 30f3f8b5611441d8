package org.synchub.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers each tenant's newest event from one page of a pull to the next. The capture trigger on {@code public.events}
 * counts what is written there; while the count is the one that the last page left, and the trigger is the same and
 * enabled all the time, nobody else has written, and what is remembered holds. Otherwise, and where the trigger is not
 * installed, the events are read, see {@link NewestEvent}. To be asked under the lock that keeps writers out. Who loads
 * events with triggers switched off ({@code session_replication_role = replica}) stops the hub first.
 *
 * <p>After a rollback what is remembered may be newer than any event there is. That is no harm: an event's time has to be
 * above all others, not next to them.
 */
final class NewestKnown {

    /**
     * What has been written as of now. Every change of the trigger makes a new version of its row; a restore needs a
     * restart, or makes a new trigger.
     */
    private static final String WRITTEN = """
            SELECT concat_ws(' ', current_database(), t.oid, t.xmin, pg_postmaster_start_time(),
                             coalesce(pg_sequence_last_value(to_regclass('hub.events_written')), 0))
            FROM pg_trigger t
            WHERE t.tgrelid = 'public.events'::regclass AND t.tgname = 'synchub_capture' AND t.tgenabled IN ('O', 'A')
              AND t.tgtype & 20 = 20 AND to_regclass('hub.events_written') IS NOT NULL
              AND current_setting('session_replication_role') <> 'replica'""";

    private record Known(Instant newest, String written) {}

    private final Map<String, Known> byTenant = new ConcurrentHashMap<>();

    /** A time in whole milliseconds that no event of the tenant is above; {@link Instant#EPOCH} without events. */
    Instant newest(Connection connection, String tenant) throws SQLException {
        Known known = byTenant.get(tenant);
        return known != null && known.written().equals(written(connection))
                ? known.newest()
                : NewestEvent.find(connection, tenant);
    }

    /** Notes what was written last, in the transaction that wrote it. */
    void wrote(Connection connection, String tenant, Instant newest) throws SQLException {
        String written = written(connection);
        if (written == null) {
            byTenant.remove(tenant);
        } else {
            byTenant.put(tenant, new Known(newest, written));
        }
    }

    private static @Nullable String written(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(WRITTEN);
                ResultSet row = select.executeQuery()) {
            return row.next() ? row.getString(1) : null;
        }
    }
}
