package org.synchub.ledger;

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
    private final AtomicLong owed = new AtomicLong();
    private final AtomicLong next = new AtomicLong(FIRST);

    Growth(JdbcClient db) {
        this.db = db;
    }

    void by(int deliveries) {
        long due = next.get();
        if (owed.addAndGet(deliveries) >= due && next.compareAndSet(due, due * TIMES)) {
            db.sql("ANALYZE (SKIP_LOCKED) hub.entity, hub.lane, hub.delivery, hub.link")
                    .update();
        }
    }
}
