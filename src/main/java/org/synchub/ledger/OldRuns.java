package org.synchub.ledger;

import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Forgets runs that ended long ago. The audit trail keeps a row for each, with its counts; of every target the newest run,
 * the newest success and the newest delivery stay, however old, since its status tells of them.
 */
public class OldRuns {

    /** Longer than the weeks by which {@code unusual-volume} and {@code unusual-hour} know what is usual. */
    private static final Duration SHORTEST = Duration.ofDays(35);

    private static final int AT_ONCE = 10_000;

    private final JdbcClient db;
    private final Duration keep;

    /**
     * @param keep how long runs are kept; zero for ever
     * @throws IllegalArgumentException when it is shorter than 35 days
     */
    public OldRuns(JdbcClient db, Duration keep) {
        if (!keep.isZero() && keep.compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException(
                    "synchub.runs.retention is " + keep.toDays() + "d; it is 0 (for ever) or " + SHORTEST.toDays()
                            + "d at least, since alerts compare the newest hour with the weeks before");
        }
        this.db = db;
        this.keep = keep;
    }

    /**
     * Step of the housekeeping.
     *
     * @return how many were forgotten; at most ten thousand of each target, the next step goes on
     */
    public int forget() {
        return keep.isZero()
                ? 0
                : db.sql("""
                        DELETE FROM hub.run USING hub.target AS t CROSS JOIN LATERAL (
                            SELECT id FROM hub.run
                            WHERE target = t.name AND ended_at < hub.now() - make_interval(secs => :keep)
                              AND id IS DISTINCT FROM (SELECT id FROM hub.run WHERE target = t.name ORDER BY id DESC LIMIT 1)
                              AND id IS DISTINCT FROM (SELECT id FROM hub.run WHERE target = t.name AND status = 'success'
                                                       ORDER BY id DESC LIMIT 1)
                              AND id IS DISTINCT FROM (SELECT id FROM hub.run WHERE target = t.name AND lag_ms IS NOT NULL
                                                       ORDER BY id DESC LIMIT 1)
                            ORDER BY ended_at LIMIT :most) AS old
                        WHERE run.id = old.id""")
                        .param("keep", keep.toSeconds())
                        .param("most", AT_ONCE)
                        .update();
    }
}
