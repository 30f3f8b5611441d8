package org.synchub.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * Measures what a write of DataCollect's takes while something of the hub's is going on. The best of a few counts: a lock
 * makes all of them wait, a busy machine only some.
 */
public final class DeviceWrite {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final DataSource store;
    private final String tenant;

    public DeviceWrite(DataSource store) {
        this(store, "t");
    }

    public DeviceWrite(DataSource store, String tenant) {
        this.store = store;
        this.tenant = tenant;
    }

    /** Milliseconds of the quickest of so many writes, each an event and its entity as the server writes them. */
    public long bestOf(int tries) throws SQLException {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < tries; i++) {
            best = Math.min(best, once("device-" + NUMBER.incrementAndGet()));
        }
        return best;
    }

    /** Milliseconds of a change of this entity. */
    public long change(String guid) throws SQLException {
        return timed("UPDATE public.entities SET last_updated = now() WHERE guid = '" + guid + "' AND tenant_id = '"
                + tenant + "'");
    }

    private long once(String guid) throws SQLException {
        return timed(
                "INSERT INTO public.events (guid, tenant_id, entity_guid, sync_level) VALUES ('e-" + guid + "', '"
                        + tenant + "', '" + guid + "', 1)",
                "INSERT INTO public.entities (id, guid, modified, tenant_id) VALUES ('" + guid + "', '" + guid
                        + "', '{\"data\": {}}', '" + tenant + "')");
    }

    private long timed(String... statements) throws SQLException {
        try (Connection device = store.getConnection();
                Statement statement = device.createStatement()) {
            // Were it to wait for ever, the test would.
            statement.execute("SET statement_timeout = '10s'");
            long start = System.nanoTime();
            for (String sql : statements) {
                statement.execute(sql);
            }
            long took = (System.nanoTime() - start) / 1_000_000;
            statement.execute("RESET statement_timeout");
            return took;
        }
    }
}
