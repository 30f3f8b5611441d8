package org.synchub.ledger;

import static org.synchub.ledger.Timestamps.seconds;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * {@code hub.slot}: as many places as a target is sent batches at once, over all hubs. A claim holds one under its token
 * for as long as its lanes, and like them it is free again when its lease runs out. A hub that waits for one while it
 * holds none gets the next that is freed, once it has waited for {@link #PATIENCE}; before that nobody leaves one empty
 * for it. Nothing in here waits for another session's row.
 */
final class Slots {

    /** How long a hub without any slot stands back for those that keep theirs busy. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    /** Who has not looked for so long does not wait any more. */
    static final Duration LOOKING = Duration.ofSeconds(1);

    /** Before a statement that ends a claim: frees its slot with it. */
    static final String FREE = """
            WITH freed AS (
                UPDATE hub.slot SET token = NULL, hub = NULL, leased_until = NULL
                WHERE target = :target AND n = :slot AND token = :token)
            """;

    private final JdbcClient db;
    private final UUID hub = UUID.randomUUID();

    /** Targets for which this hub has said that it waits. */
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();

    Slots(JdbcClient db) {
        this.db = db;
    }

    /**
     * What an attempt to take one found.
     *
     * @param n the slot; null when none is to be had now
     */
    record Taken(Instant now, @Nullable Integer n) {}

    /** Takes one with the caller's transaction, in which rows are found by index from here on. */
    Taken take(String target, int most, UUID token, Duration lease) {
        return db.sql("""
                        WITH at AS MATERIALIZED (SELECT hub.now() AS now FROM
""" + ByIndex.PLANNER + """
                            ),
                        own AS MATERIALIZED (
                            SELECT CASE WHEN EXISTS (SELECT FROM hub.slot s WHERE s.target = :target AND s.hub = :hub
                                                     AND s.leased_until > at.now) THEN 'infinity'
                                        ELSE coalesce((SELECT w.since FROM hub.slot_wait w
                                                       WHERE w.target = :target AND w.hub = :hub
                                                         AND abs(extract(epoch FROM at.now - w.seen_at)) <= :looking),
                                                      'infinity') END AS since
                            FROM at),
                        before AS MATERIALIZED (
                            SELECT count(*) AS hubs FROM hub.slot_wait w, at, own
                            WHERE w.target = :target AND w.hub <> :hub AND w.since < own.since
                              AND w.since <= at.now - make_interval(secs => :patience)
                              AND abs(extract(epoch FROM at.now - w.seen_at)) <= :looking),
                        empty AS MATERIALIZED (
                            SELECT count(*) AS slots FROM hub.slot s, at
                            WHERE s.target = :target AND s.n <= :most AND (s.token IS NULL OR s.leased_until <= at.now)),
                        chosen AS (
                            SELECT s.n FROM hub.slot s
                            WHERE s.target = :target AND s.n <= :most
                              AND (s.token IS NULL OR s.leased_until <= (SELECT now FROM at))
                              AND (SELECT slots FROM empty) > (SELECT hubs FROM before)
                            ORDER BY s.n LIMIT 1 FOR UPDATE SKIP LOCKED),
                        taken AS (
                            UPDATE hub.slot s SET token = :token, hub = :hub,
                                leased_until = at.now + make_interval(secs => :lease)
                            FROM chosen, at WHERE s.target = :target AND s.n = chosen.n
                            RETURNING s.n)
                        SELECT at.now, (SELECT n FROM taken) FROM at""")
                .param("target", target)
                .param("most", most)
                .param("hub", hub)
                .param("token", token)
                .param("lease", seconds(lease))
                .param("looking", seconds(LOOKING))
                .param("patience", seconds(PATIENCE))
                .query((row, n) -> new Taken(
                        Objects.requireNonNull(Timestamps.instant(row.getTimestamp(1)), "hub.now()"),
                        row.getObject(2, Integer.class)))
                .single();
    }

    /**
     * None was to be had: says that this hub waits, unless it holds one for other work. To be called in no transaction.
     *
     * @return whether there is one now that had only not been made yet
     */
    boolean await(String target, int most) {
        waiting.add(target);
        return db.sql("""
                        WITH at AS MATERIALIZED (
                            SELECT hub.now() AS now FROM (SELECT set_config('synchronous_commit', 'off', true) OFFSET 0) AS commit),
                        made AS (
                            INSERT INTO hub.slot (target, n)
                            SELECT :target, n FROM generate_series(1, :most) AS wanted (n)
                            WHERE NOT EXISTS (SELECT FROM hub.slot s WHERE s.target = :target AND s.n = wanted.n)
                            ORDER BY n ON CONFLICT DO NOTHING RETURNING n),
                        left_alone AS (
                            DELETE FROM hub.slot_wait WHERE (target, hub) IN (
                                SELECT w.target, w.hub FROM hub.slot_wait w, at
                                WHERE w.target = :target AND w.hub <> :hub
                                  AND abs(extract(epoch FROM at.now - w.seen_at)) > 60 * :looking
                                ORDER BY w.hub FOR UPDATE OF w SKIP LOCKED)),
                        said AS (
                            INSERT INTO hub.slot_wait AS w (target, hub, since, seen_at)
                            SELECT :target, :hub, at.now, at.now FROM at
                            WHERE NOT EXISTS (SELECT FROM hub.slot s WHERE s.target = :target AND s.hub = :hub
                                              AND s.leased_until > at.now)
                            ON CONFLICT (target, hub) DO UPDATE SET
                                since = CASE WHEN abs(extract(epoch FROM excluded.seen_at - w.seen_at)) <= :looking
                                             THEN w.since ELSE excluded.since END,
                                seen_at = excluded.seen_at)
                        SELECT EXISTS (SELECT FROM made)""")
                .param("target", target)
                .param("most", most)
                .param("hub", hub)
                .param("looking", seconds(LOOKING))
                .query(Boolean.class)
                .single();
    }

    /** The wait is over: this hub has taken one. Costs nothing where it had not waited. */
    void served(String target) {
        if (waiting.remove(target)) {
            db.sql("DELETE FROM hub.slot_wait WHERE target = :target AND hub = :hub")
                    .param("target", target)
                    .param("hub", hub)
                    .update();
        }
    }

    /** Prolongs the lease of a slot; false when another claim has it by now. */
    boolean renew(Claim claim, int slot, Duration lease) {
        return db.sql("""
                                UPDATE hub.slot SET leased_until = hub.now() + make_interval(secs => :lease)
                                WHERE target = :target AND n IN (
                                    SELECT n FROM hub.slot WHERE target = :target AND n = :n AND token = :token
                                      AND leased_until > (SELECT hub.now())
                                    FOR UPDATE SKIP LOCKED)""")
                        .param("target", claim.target())
                        .param("n", slot)
                        .param("token", claim.token())
                        .param("lease", seconds(lease))
                        .update()
                == 1;
    }
}
