package org.synchub.ledger;

import java.time.Duration;
import java.util.Locale;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * {@code hub.allowance}: what a target allows in a second, as a time line from which each hub takes stretches. No two
 * overlap, so all hubs together stay within the limit however many they are. By the database's clock.
 */
public class Allowances {

    private final JdbcClient db;

    public Allowances(JdbcClient db) {
        this.db = db;
    }

    /** As {@link Allowances#take}. */
    @FunctionalInterface
    public interface Line {
        Duration take(String target, Unit unit, Duration length);
    }

    /** What is counted. */
    public enum Unit {
        REQUEST,
        RECORD;

        String column() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Takes the next free stretch of a target's time line, in one statement. What is taken and not used is lost. Whoever
     * calls holds no transaction open: the other hubs wait for the row.
     *
     * @return how long until the stretch begins; zero or less when it has begun
     */
    public Duration take(String target, Unit unit, Duration length) {
        // A clock that was set back must not leave the line taken for hours ahead: it then begins anew.
        double seconds = db.sql("""
                        INSERT INTO hub.allowance AS a (target, unit, taken_at, taken_until)
                        SELECT :target, :unit, c.now, c.now + make_interval(secs => :length::float8)
                        FROM (SELECT hub.now() AS now OFFSET 0) c
                        ON CONFLICT (target, unit) DO UPDATE
                        SET taken_at = excluded.taken_at,
                            taken_until = CASE
                                WHEN a.taken_at > excluded.taken_at + interval '1 minute' THEN excluded.taken_until
                                ELSE greatest(a.taken_until + make_interval(secs => :length::float8), excluded.taken_until)
                            END
                        RETURNING extract(epoch FROM
                            taken_until - make_interval(secs => :length::float8) - hub.now())::float8""")
                .param("target", target)
                .param("unit", unit.column())
                .param("length", length.toNanos() / 1e9)
                .query(Double.class)
                .single();
        return Duration.ofNanos((long) (seconds * 1e9));
    }
}
