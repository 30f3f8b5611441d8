package org.synchub.ledger;

import java.sql.Timestamp;
import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Keeps PostgreSQL from reading the ledger's tables whole where a transaction wants a few hundred of their rows. It is
 * tempted to while a table that has just been filled is not analyzed yet, and by plans that it made before.
 */
final class ByIndex {

    private ByIndex() {}

    /** What a query reads from, beside its tables, to turn that off for itself and the rest of its transaction. */
    static final String PLANNER = """
            (SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
                    set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true) OFFSET 0) AS planner
            """;

    /**
     * From here to the end of the transaction rows are found by index.
     *
     * @return the ledger's time
     */
    static Instant fromNowOn(JdbcClient db) {
        return db.sql("SELECT hub.now() FROM " + PLANNER)
                .query(Timestamp.class)
                .single()
                .toInstant();
    }
}
