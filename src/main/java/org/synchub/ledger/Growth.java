package org.synchub.ledger;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Lets PostgreSQL look at the ledger's tables again when they have grown several times over. By itself it does so within a
 * minute or two, and until then it plans as if they were as small as they were: a backfill and the push that follows are
 * through by then, or would take hours.
 */
final class Growth {

    private static final int FIRST = 1_000;
    private static final int TIMES = 4;

    private final JdbcClient db;
    private final Map<String, Grown> targets = new ConcurrentHashMap<>();

    Growth(JdbcClient db) {
        this.db = db;
    }

    private static final class Grown {
        private final AtomicLong owed = new AtomicLong();
        private final AtomicLong next = new AtomicLong(FIRST);

        private boolean by(int deliveries) {
            long due = next.get();
            return owed.addAndGet(deliveries) >= due && next.compareAndSet(due, due * TIMES);
        }
    }

    /** Looks once, however many of these targets have grown enough. */
    void by(Collection<String> names, int deliveries) {
        boolean due = false;
        for (String name : names) {
            due |= targets.computeIfAbsent(name, any -> new Grown()).by(deliveries);
        }
        if (due) {
            db.sql("ANALYZE (SKIP_LOCKED) hub.entity, hub.lane, hub.delivery, hub.link")
                    .update();
        }
    }
}
