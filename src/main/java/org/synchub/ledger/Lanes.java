package org.synchub.ledger;

import static org.synchub.ledger.Timestamps.seconds;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Leases lanes and takes what is due in them. Nothing in here waits for another session's row. */
final class Lanes {

    private static final Logger log = LoggerFactory.getLogger(Lanes.class);

    /** A claim first looks at one due row for so many that it wants: most are of different lanes, and a lane has more. */
    private static final int FIRST_LOOK = 2;

    /**
     * So often it looks, each time at twice as many rows: what it has leased is not free any more, and what another
     * writer is leasing just now still looks so.
     */
    private static final int LOOKS = 3;

    /** What part of the deliveries asked for is looked for at first in as many lanes: a household is a few of them. */
    private static final int FIRST_LANES = 8;

    private final JdbcClient db;
    private final TransactionTemplate transaction;
    private final Slots slots;

    Lanes(JdbcClient db, TransactionTemplate transaction) {
        this.db = db;
        this.transaction = transaction;
        this.slots = new Slots(db);
    }

    Claim claim(String target, Wanted wanted, Duration lease, Duration settleWait, DeleteBrake brake) {
        while (true) {
            Set<String> deletes = passingDeletes(target, brake);
            Attempt attempt = transaction.execute(status -> {
                Attempt made = attempt(target, wanted, lease, settleWait, deletes);
                if (made.claim().isEmpty() && made.lost() == 0) {
                    status.setRollbackOnly();
                }
                return made;
            });
            Claim claim = attempt.claim();
            if (claim.full()) {
                Integer atOnce = wanted.atOnce();
                if (!anythingDue(target)) {
                    return Claim.none(target, claim.token(), claim.now(), false);
                }
                if (atOnce == null || !slots.await(target, atOnce)) {
                    return claim;
                }
            } else if (!claim.isEmpty() || attempt.lost() == 0) {
                slots.served(target);
                return claim;
            } else {
                // Everything due in these lanes was lost by a hub that died: it waits now, others may be due.
                release(claim, claim.lanes());
            }
        }
    }

    /**
     * What a writer wants to claim.
     *
     * @param atOnce how many claims of the target are held at a time, over all hubs; null for any number
     */
    record Wanted(
            int most, @Nullable Integer atOnce, @Nullable String only) {}

    /**
     * What one attempt to claim found.
     *
     * @param lost deliveries whose lease had run out, now waiting to be read back
     */
    private record Attempt(Claim claim, int lost) {}

    private Attempt attempt(String target, Wanted want, Duration lease, Duration settleWait, Set<String> deletes) {
        UUID token = UUID.randomUUID();
        int most = want.most();
        String only = want.only();
        Integer atOnce = want.atOnce();
        Slots.Taken slot = atOnce == null
                ? new Slots.Taken(ByIndex.fromNowOn(db), null)
                : slots.take(target, atOnce, token, lease);
        Instant now = slot.now();
        if (atOnce != null && slot.n() == null) {
            return new Attempt(Claim.none(target, token, now, true), 0);
        }
        Set<String> leased = new HashSet<>();
        List<Claim.Claimed> taken = new ArrayList<>();
        boolean more = true;
        for (int look = 0; more && look < LOOKS && taken.size() < most; look++) {
            more = false;
            List<String> free = freeLanes(target, 1 + (most << look) / FIRST_LOOK, only);
            int next = 0;
            while (next < free.size() && taken.size() < most) {
                int lanes = lanesFor(most - taken.size(), most, leased.size(), taken.size());
                List<String> wanted = free.subList(next, Math.min(free.size(), next + lanes));
                next += wanted.size();
                List<String> got = lease(target, token, wanted, now.plus(lease));
                if (!got.isEmpty()) {
                    more = true;
                    leased.addAll(got);
                    // More than asked for rather than a part of a lane: its records refer to each other.
                    taken.addAll(take(target, token, got, 2 * most - taken.size(), now.plus(lease), deletes, only));
                }
            }
        }
        if (leased.isEmpty()) {
            return new Attempt(Claim.none(target, token, now, false), 0);
        }
        int lost = noteLostWrites(target, leased.toArray(String[]::new), settleWait);
        if (taken.isEmpty() && lost == 0) {
            return new Attempt(Claim.none(target, token, now, false), 0);
        }
        return new Attempt(
                new Claim(target, token, Set.copyOf(leased), now, now.plus(lease), taken, slot.n(), false), lost);
    }

    /** How many lanes will hold that many deliveries, judged by those leased so far. */
    private static int lanesFor(int rows, int most, int lanes, int taken) {
        return taken == 0 ? Math.max(1, most / FIRST_LANES) : Math.max(1, (int) ((long) rows * lanes / taken));
    }

    /** Lanes that nobody holds and where something is due or was lost in flight; of one entity if only that is wanted. */
    private List<String> freeLanes(String target, int look, @Nullable String only) {
        if (only == null) {
            return db
                    .sql("SELECT hub.free_lanes(:target, :look)")
                    .param("target", target)
                    .param("look", look)
                    .query(String.class)
                    .stream()
                    .distinct()
                    .toList();
        }
        return db.sql("""
                        SELECT d.lane FROM hub.delivery d JOIN hub.lane l ON l.target = d.target AND l.lane = d.lane
                        WHERE d.target = :target AND d.guid = :only AND d.due_at <= (SELECT hub.now())
                          AND (l.token IS NULL OR l.leased_until <= (SELECT hub.now()))""")
                .param("target", target)
                .param("only", only)
                .query(String.class)
                .list();
    }

    /**
     * Leases those of these lanes that are still free. The claim does not wait for the disk: the note of what is about to
     * leave does, and brings the claim there with it.
     */
    private List<String> lease(String target, UUID token, List<String> lanes, Instant until) {
        return db.sql("""
                        WITH free AS (
                            SELECT lane FROM hub.lane
                            WHERE target = :target AND lane = ANY (:lanes::text[])
                              AND (token IS NULL OR leased_until <= (SELECT hub.now()))
                            ORDER BY lane FOR UPDATE SKIP LOCKED)
                        UPDATE hub.lane l SET token = :token, leased_until = :until
                        FROM free, (SELECT set_config('synchronous_commit', 'off', true) OFFSET 0) AS commit
                        WHERE l.target = :target AND l.lane = free.lane
                        RETURNING l.lane""")
                .param("target", target)
                .param("token", token)
                .param("lanes", lanes.toArray(String[]::new))
                .param("until", Timestamp.from(until))
                .query(String.class)
                .list();
    }

    /** Whether a change of today is due in a lane that nobody holds; a few entries of an index tell. */
    boolean anythingLive(String target) {
        return transaction.execute(status -> {
            ByIndex.fromNowOn(db);
            return db.sql("""
                            SELECT EXISTS (SELECT FROM hub.delivery d
                                JOIN hub.lane l ON l.target = d.target AND l.lane = d.lane
                                WHERE d.target = :target AND d.priority < :backfill AND d.due_at <= (SELECT hub.now())
                                  AND d.state <> 'in_flight'
                                  AND (l.token IS NULL OR l.leased_until <= (SELECT hub.now())))""")
                    .param("target", target)
                    .param("backfill", Debt.FIRST_OF_BACKFILL)
                    .query(Boolean.class)
                    .single();
        });
    }

    boolean anythingDue(String target) {
        return db.sql("""
                        SELECT EXISTS (SELECT FROM hub.delivery
                                       WHERE target = :target AND due_at <= (SELECT hub.now()) AND state <> 'in_flight')
                            OR EXISTS (SELECT FROM hub.delivery
                                       WHERE target = :target AND due_at <= (SELECT hub.now()) AND state = 'in_flight')""").param("target", target).query(Boolean.class).single();
    }

    /**
     * Holds the deletions that wait, if with those of the run so far they are too many.
     *
     * @return those that may go out without a person's yes
     */
    private Set<String> passingDeletes(String target, DeleteBrake brake) {
        Set<String> waiting = new HashSet<>(db.sql("""
                        SELECT guid FROM hub.delivery
                        WHERE target = :target AND operation = 'D' AND NOT delete_confirmed
                          AND state IN ('pending', 'retry', 'in_flight', 'unknown')
                        ORDER BY guid LIMIT :most""")
                .param("target", target)
                .param("most", brake.number() + 1)
                .query(String.class)
                .list());
        if (waiting.isEmpty()) {
            return waiting;
        }
        int all = brake.with(waiting).size();
        if (all <= brake.number() && atLeastLinked(target, brake.linkedNeededFor(all))) {
            brake.pass(waiting);
            return waiting;
        }
        hold(target);
        return Set.of();
    }

    private boolean atLeastLinked(String target, long needed) {
        return needed <= 0
                || db.sql("""
                                        SELECT count(*) FROM (SELECT FROM hub.link
                                        WHERE target = :target AND deleted_at IS NULL LIMIT :needed) AS linked""")
                                .param("target", target)
                                .param("needed", needed)
                                .query(Long.class)
                                .single()
                        >= needed;
    }

    private void hold(String target) {
        int held = db.sql("""
                        UPDATE hub.delivery SET state = 'held', due_at = NULL, reason_code = 'too-many-deletes',
                               reason = 'More deletions at once than maxDeletes allows; push ' || :target
                                   || ' --confirm-deletes lets them go on'
                        WHERE target = :target AND guid IN (
                            SELECT guid FROM hub.delivery
                            WHERE target = :target AND operation = 'D' AND NOT delete_confirmed
                              AND state IN ('pending', 'retry', 'unknown')
                            ORDER BY guid FOR UPDATE SKIP LOCKED)""").param("target", target).update();
        if (held > 0) {
            log.warn(
                    "{}: {} deletions at once are more than maxDeletes allows; none of them goes out. Look at them with"
                            + " `status {}` and let them go on with `push {} --confirm-deletes`",
                    target,
                    held,
                    target,
                    target);
        }
    }

    private int noteLostWrites(String target, String[] lanes, Duration settleWait) {
        int lost = db.sql("""
                        UPDATE hub.delivery SET
                            state = 'unknown', token = NULL,
                            uncertain_since = coalesce(uncertain_since, due_at),
                            due_at = due_at + make_interval(secs => :wait),
                            reason_code = 'unknown',
                            reason = 'The hub that was sending it stopped before it could note the outcome; it will be read back'
                        WHERE target = :target AND guid IN (
                            SELECT guid FROM hub.delivery
                            WHERE target = :target AND lane = ANY (:lanes::text[]) AND state = 'in_flight'
                              AND due_at <= (SELECT hub.now())
                            ORDER BY guid FOR UPDATE SKIP LOCKED)""")
                .param("target", target)
                .param("lanes", lanes)
                .param("wait", seconds(settleWait))
                .update();
        if (lost > 0) {
            log.info(
                    "{}: {} deliveries were in flight when their hub stopped; they are read back by key", target, lost);
        }
        return lost;
    }

    private List<Claim.Claimed> take(
            String target,
            UUID token,
            List<String> lanes,
            int most,
            Instant until,
            Set<String> deletes,
            @Nullable String only) {
        return db.sql("""
                        WITH due AS MATERIALIZED (
                            SELECT guid FROM hub.delivery
                            WHERE target = :target AND lane = ANY (:lanes::text[]) AND due_at IS NOT NULL
                              -- Found by lane: the index by due time would show all that is due, claim after claim.
                              AND due_at + interval '0' <= (SELECT hub.now())
                              AND state <> 'in_flight'
                              AND (operation <> 'D' OR delete_confirmed OR guid = ANY (:deletes::text[]))
""" + (only == null ? "" : "AND guid = :only\n") + """
                            ORDER BY guid <> lane, priority, due_at LIMIT :most FOR UPDATE SKIP LOCKED)
                        UPDATE hub.delivery d SET
                            state = 'in_flight', claimed_revision = revision, token = :token, due_at = :until
                        FROM due
                        WHERE d.target = :target AND d.guid = due.guid
                        RETURNING d.guid, d.kind, d.lane, d.operation, d.revision, d.attempts, d.uncertain_since,
                                  d.delete_confirmed, d.reread, d.priority""")
                .param("target", target)
                .param("token", token)
                .param("lanes", lanes.toArray(String[]::new))
                .param("deletes", deletes.toArray(String[]::new))
                .param("only", only)
                .param("most", most)
                .param("until", Timestamp.from(until))
                .query((row, n) -> new Claim.Claimed(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        "D".equals(row.getString(4)),
                        row.getLong(5),
                        row.getInt(6),
                        Timestamps.instant(row.getTimestamp(7)),
                        row.getBoolean(8),
                        row.getBoolean(9),
                        row.getInt(10)))
                .list();
    }

    Set<String> leaseAlso(Claim claim, Collection<String> lanes) {
        if (lanes.isEmpty()) {
            return Set.of();
        }
        String[] wanted = lanes.stream().distinct().sorted().toArray(String[]::new);
        db.sql("""
                        INSERT INTO hub.lane (target, lane)
                        SELECT :target, lane FROM unnest(:lanes::text[]) AS wanted (lane)
                        WHERE NOT EXISTS (SELECT FROM hub.lane l WHERE l.target = :target AND l.lane = wanted.lane)
                        ORDER BY lane ON CONFLICT DO NOTHING""").param("target", claim.target()).param("lanes", wanted).update();
        return new HashSet<>(db.sql("""
                        WITH free AS (
                            SELECT lane FROM hub.lane
                            WHERE target = :target AND lane = ANY (:lanes::text[])
                              AND (token IS NULL OR token = :token OR leased_until <= (SELECT hub.now()))
                            ORDER BY lane FOR UPDATE SKIP LOCKED)
                        UPDATE hub.lane l SET token = :token, leased_until = :until
                        FROM free WHERE l.target = :target AND l.lane = free.lane
                        RETURNING l.lane""")
                .param("target", claim.target())
                .param("token", claim.token())
                .param("until", Timestamp.from(claim.until()))
                .param("lanes", wanted)
                .query(String.class)
                .list());
    }

    boolean renew(Claim claim, Collection<String> lanes, Duration lease) {
        String target = claim.target();
        UUID token = claim.token();
        Integer slot = claim.slot();
        return transaction.execute(status -> {
            ByIndex.fromNowOn(db);
            int renewed = db.sql("""
                            UPDATE hub.lane SET leased_until = hub.now() + make_interval(secs => :lease)
                            WHERE target = :target AND lane IN (
                                SELECT lane FROM hub.lane
                                WHERE target = :target AND lane = ANY (:lanes::text[]) AND token = :token
                                  AND leased_until > (SELECT hub.now())
                                ORDER BY lane FOR UPDATE SKIP LOCKED)""")
                    .param("target", target)
                    .param("token", token)
                    .param("lanes", lanes.toArray(String[]::new))
                    .param("lease", seconds(lease))
                    .update();
            // By guid: a change drained meanwhile may have moved a delivery to another lane.
            db.sql("""
                            UPDATE hub.delivery SET due_at = hub.now() + make_interval(secs => :lease)
                            WHERE target = :target AND guid IN (
                                SELECT guid FROM hub.delivery
                                WHERE target = :target AND guid = ANY (:guids::text[]) AND token = :token
                                  AND state = 'in_flight' AND due_at > (SELECT hub.now())
                                ORDER BY guid FOR UPDATE SKIP LOCKED)""")
                    .param("target", target)
                    .param("token", token)
                    .param(
                            "guids",
                            claim.deliveries().stream().map(Claim.Claimed::guid).toArray(String[]::new))
                    .param("lease", seconds(lease))
                    .update();
            return renewed == lanes.size() && (slot == null || slots.renew(claim, slot, lease));
        });
    }

    /** Does not wait for the disk: a database that forgets it lets the leases run out. */
    void release(Claim claim, Collection<String> lanes) {
        Integer slot = claim.slot();
        db.sql((slot == null ? "" : Slots.FREE) + """
                        UPDATE hub.lane SET token = NULL, leased_until = NULL
                        FROM (SELECT set_config('synchronous_commit', 'off', true) OFFSET 0) AS commit
                        WHERE target = :target AND lane = ANY (:lanes::text[]) AND token = :token""")
                .param("target", claim.target())
                .param("token", claim.token())
                .param("slot", slot)
                .param("lanes", lanes.stream().sorted().toArray(String[]::new))
                .update();
    }
}
