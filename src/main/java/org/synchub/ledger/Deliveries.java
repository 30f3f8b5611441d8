package org.synchub.ledger;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The ledger itself: what is owed, who has claimed it, and how it was settled. Safe for any number of hubs on one
 * database: work is claimed lane by lane with {@code FOR UPDATE SKIP LOCKED} and settled only by whoever still holds the
 * token. Rows are locked lanes first, then deliveries, each in key order, everywhere; what is not
 * needed for sure is skipped where another has it.
 */
public class Deliveries {

    private static final int FOLD = 10_000;

    private final JdbcClient db;
    private final Lanes lanes;
    private final Settling settling;
    private final Dependents dependents;
    private final Sent sent;
    private final Numbers numbers;
    private final Growth growth;

    public Deliveries(JdbcClient db, TransactionTemplate transaction, Vault vault) {
        this.db = db;
        this.lanes = new Lanes(db, transaction);
        this.sent = new Sent(db, vault);
        this.numbers = new Numbers(db);
        this.growth = new Growth(db);
        this.dependents = new Dependents(db);
        this.settling = new Settling(db, transaction, sent, vault);
    }

    /**
     * Owes these entities to a target, or notes why not. A change to a delivery in flight only raises its revision.
     * Joins the caller's transaction.
     *
     * @param onlyNew leaves alone what already has a delivery: for a backfill, which must not raise what live changes owe
     */
    public void owe(String target, Collection<Debt> debts, boolean onlyNew) {
        if (debts.isEmpty()) {
            return;
        }
        List<Debt> inOrder = new ArrayList<>(debts);
        inOrder.sort((a, b) -> a.guid().compareTo(b.guid()));
        // A lane that somebody is leasing just now is there: the insert alone would wait for them.
        db.sql("""
                        INSERT INTO hub.lane (target, lane)
                        SELECT :target, lane FROM unnest(:lanes::text[]) AS wanted (lane)
                        WHERE NOT EXISTS (SELECT FROM hub.lane l WHERE l.target = :target AND l.lane = wanted.lane)
                        ORDER BY lane ON CONFLICT DO NOTHING""")
                .param("target", target)
                .param(
                        "lanes",
                        inOrder.stream().map(Debt::lane).distinct().sorted().toArray(String[]::new))
                .update();
        // What is on its way keeps its state and is owed again when it settles. A record that may have arrived unseen
        // is
        // not forgotten because its entity went before the hub knew: its deletion goes out too.
        String onConflict = onlyNew ? "DO NOTHING" : """
                  (target, guid) DO UPDATE SET
                      revision = d.revision + 1,
                      kind = CASE WHEN excluded.kind = '' THEN d.kind ELSE excluded.kind END,
                      lane = CASE WHEN excluded.kind = '' THEN d.lane ELSE excluded.lane END,
                      operation = excluded.operation,
                      delete_confirmed = false,
                      priority = CASE WHEN d.due_at IS NULL THEN excluded.priority
                                      ELSE least(d.priority, excluded.priority) END,
                      attempts = 0,
                      blocked_on = NULL,
                      state = CASE WHEN d.state IN ('in_flight', 'unknown') THEN d.state
                                   WHEN excluded.operation = 'D' AND excluded.state = 'excluded'
                                        AND d.uncertain_since IS NOT NULL THEN 'pending'
                                   ELSE excluded.state END,
                      due_at = CASE WHEN d.state IN ('in_flight', 'unknown') THEN d.due_at
                                    WHEN excluded.operation = 'D' AND excluded.state = 'excluded'
                                         AND d.uncertain_since IS NOT NULL THEN excluded.owed_since
                                    ELSE excluded.due_at END,
                      reason_code = CASE WHEN d.state = 'unknown' THEN d.reason_code ELSE excluded.reason_code END,
                      reason = CASE WHEN d.state = 'unknown' THEN d.reason ELSE excluded.reason END,
                      reason_at = NULL,
                      first_failed_at = CASE WHEN excluded.state = 'pending' THEN NULL ELSE d.first_failed_at END,
                      owed_since = CASE WHEN d.state IN ('delivered', 'excluded', 'discarded')
                                        THEN excluded.owed_since ELSE d.owed_since END""";
        db.sql("""
                        WITH at AS MATERIALIZED (SELECT hub.now() AS now)
                        INSERT INTO hub.delivery AS d
                            (target, guid, kind, lane, operation, state, priority, due_at, reason_code, reason, owed_since)
                        SELECT :target, guid, kind, lane, operation::"char", state, priority,
                               CASE WHEN state = 'pending' THEN at.now END, reason_code, reason, at.now
                        FROM unnest(:guids::text[], :kinds::text[], :lanes::text[], :operations::text[], :states::text[],
                                    :priorities::int[], :codes::text[], :reasons::text[])
                             AS owed (guid, kind, lane, operation, state, priority, reason_code, reason), at
                        ORDER BY guid
                        ON CONFLICT
""" + onConflict)
                .param("target", target)
                .param("guids", inOrder.stream().map(Debt::guid).toArray(String[]::new))
                .param("kinds", inOrder.stream().map(Debt::kind).toArray(String[]::new))
                .param("lanes", inOrder.stream().map(Debt::lane).toArray(String[]::new))
                .param(
                        "operations",
                        inOrder.stream().map(d -> d.delete() ? "D" : "U").toArray(String[]::new))
                .param("states", inOrder.stream().map(d -> d.state().column()).toArray(String[]::new))
                .param("priorities", inOrder.stream().map(Debt::priority).toArray(Integer[]::new))
                .param("codes", inOrder.stream().map(Debt::reasonCode).toArray(String[]::new))
                .param("reasons", inOrder.stream().map(Debt::reason).toArray(String[]::new))
                .update();
    }

    /** Says how many deliveries each of these targets was owed since the last time; not to be called in a transaction. */
    public void grown(Collection<String> targets, int deliveries) {
        growth.by(targets, deliveries);
    }

    /**
     * Leases lanes that have something due and takes what is due in them. Two writers never hold one lane. An in-flight
     * delivery whose lease ran out is not taken: its outcome is unknown, and it comes back after {@code settleWait}.
     *
     * @param settleWait how long a lost request may still be applied by the target's server
     * @param atOnce how many claims of the target there may be at a time, over all hubs; null for any number. It then takes
     *     one of as many slots, with the lanes and for as long; where none is free nothing is leased and the claim is full
     * @param brake of the run; deletions beyond it are held instead of taken
     * @param only takes this entity's delivery alone; null for whatever is due
     */
    public Claim claim(
            String target,
            int most,
            @Nullable Integer atOnce,
            Duration lease,
            Duration settleWait,
            DeleteBrake brake,
            @Nullable String only) {
        return lanes.claim(target, new Lanes.Wanted(most, atOnce, only), lease, settleWait, brake);
    }

    /**
     * Notes what is about to be sent of a claim, before anything is: should the outcome get lost, a read back can tell
     * whether the hub's own write arrived or somebody edited the record at the target. Forgotten when it is settled.
     *
     * @param records by guid
     */
    public void noteSent(Claim claim, Map<String, Leaving> records) {
        sent.note(claim.target(), claim.token(), records);
    }

    /**
     * What was sent of these entities and may have arrived or not.
     *
     * @return by guid; of an entity that is absent nothing has left since its base was agreed on
     */
    public Map<String, Earlier> sent(String target, Collection<String> guids) {
        return sent.of(target, guids);
    }

    /**
     * The whole numbers by which a target knows these entities. Who has none gets the next of the series, in a transaction
     * of its own that is over before anything is sent, and keeps it for ever.
     *
     * @param first where the series begins
     */
    public Map<String, Long> numbers(String target, Collection<String> guids, long first) {
        return guids.isEmpty() ? Map.of() : numbers.of(target, guids, first);
    }

    /** Whether a change of today is due in a lane that nobody holds. */
    public boolean anythingLive(String target) {
        return lanes.anythingLive(target);
    }

    /** Whether a target is owed something that may be claimed now. */
    public boolean anythingDue(String target) {
        return lanes.anythingDue(target);
    }

    /**
     * Leases further lanes under a token that is already held: where a record moves from one household to another, both
     * lanes are needed. Never waits for a lane that another writer holds.
     *
     * @return those that could be had
     */
    public Set<String> leaseAlso(Claim claim, Collection<String> also) {
        return lanes.leaseAlso(claim, also);
    }

    /**
     * Prolongs the lease of a writer that is still at work; what another hub has taken over stays with it.
     *
     * @param held the lanes leased under the token
     * @return whether every lane is still held, and the slot where it has one
     */
    public boolean renew(Claim claim, Collection<String> held, Duration lease) {
        return lanes.renew(claim, held, lease);
    }

    /** Gives the lanes of a finished claim back, and its slot. */
    public void release(Claim claim, Collection<String> held) {
        lanes.release(claim, held);
    }

    /**
     * Writes down what became of claimed deliveries: states, links, the run's counts, and frees or fails what waited for
     * them, in one transaction. What another hub has taken over meanwhile is not touched but marked, because this hub's
     * request may have arrived after the other's. A settlement that the database refuses is split until the culprit is
     * alone, which then needs attention.
     *
     * @param left what was noted of the claim before anything left, by guid
     * @return what was written down, of those deliveries that nobody else has taken over
     */
    public List<Settled> settle(
            String target, UUID token, long run, List<Settlement> settlements, Map<String, Leaving> left) {
        return settling.settle(target, token, run, settlements, left);
    }

    /**
     * How the records that others wait for stand.
     *
     * @return guid to state; absent is a record without a delivery, and one whose deletion is done with
     */
    public Map<String, State> states(String target, Collection<String> guids) {
        Map<String, State> states = new HashMap<>();
        if (guids.isEmpty()) {
            return states;
        }
        db.sql("SELECT guid, state FROM hub.delivery WHERE target = :target AND guid = ANY (:guids::text[])"
                        + " AND NOT (operation = 'D' AND state IN ('delivered', 'excluded'))")
                .param("target", target)
                .param("guids", guids.toArray(String[]::new))
                .query(row -> {
                    states.put(row.getString(1), State.of(row.getString(2)));
                });
        return states;
    }

    /**
     * Of these entities, those that a push still has to look at or has found to be a copy made before the last pull, so that
     * the target's next pull merges them if they are one. Without those that the target wants to see deleted itself and that
     * are parked for such a copy: two targets must not wait for each other.
     *
     * @param staleCopy the reason code of both
     */
    public Set<String> toBeMerged(String target, Collection<String> guids, String staleCopy) {
        return Set.copyOf(db.sql("""
                        SELECT d.guid FROM hub.delivery d
                        JOIN hub.link l ON l.target = d.target AND l.guid = d.guid AND l.deleted_at IS NULL
                        WHERE d.target = :target AND d.guid = ANY (:guids::text[])
                          AND (d.state IN ('pending', 'in_flight', 'retry', 'unknown')
                               OR d.state = 'conflict' AND d.reason_code = :code)
                          AND NOT EXISTS (SELECT FROM hub.parked p WHERE p.target = d.target AND p.reason_code = :code
                                          AND p.external_id = l.external_id)""")
                .param("target", target)
                .param("guids", guids.toArray(String[]::new))
                .param("code", staleCopy)
                .query(String.class)
                .list());
    }

    /** Whether a record waits, through any number of others, for itself. */
    public boolean waitsForItself(String target, String guid, String parent) {
        return db.sql("""
                        WITH RECURSIVE chain (guid, depth) AS (
                            SELECT :parent, 1
                            UNION
                            SELECT d.blocked_on, depth + 1 FROM chain c
                            JOIN hub.delivery d ON d.target = :target AND d.guid = c.guid
                            WHERE d.blocked_on IS NOT NULL AND depth < 100)
                        SELECT EXISTS (SELECT FROM chain WHERE guid = :guid)""")
                .param("target", target)
                .param("guid", guid)
                .param("parent", parent)
                .query(Boolean.class)
                .single();
    }

    /**
     * Lets deletions go on that waited for a person's yes. Not those of records that the target changed meanwhile: they
     * wait for an answer of their own.
     *
     * @return how many
     */
    public int confirmDeletes(String target) {
        return db.sql("""
                        UPDATE hub.delivery SET state = 'pending', due_at = hub.now(), delete_confirmed = true,
                               reason_code = NULL, reason = NULL
                        WHERE target = :target AND guid IN (
                            SELECT guid FROM hub.delivery WHERE target = :target AND state = 'held' AND operation = 'D'
                              AND reason_code IN ('too-many-deletes', 'delete-asks')
                            ORDER BY guid FOR UPDATE)""").param("target", target).update();
    }

    /**
     * Owes again what a target was already owed or sent, whole or by state: the heart of a resync. Each record is read at
     * the target and compared; the base holds, so that an edit made there is not mistaken for the store's.
     *
     * @return how many deliveries are owed again
     */
    public int oweAgain(String target, Reach reach) {
        return scoped("""
                        UPDATE hub.delivery SET
                            revision = revision + 1, attempts = 0, blocked_on = NULL,
                            -- What is due already, today's change for instance, keeps its place.
                            priority = CASE WHEN due_at IS NOT NULL OR priority >= :backfill THEN priority ELSE priority + 100 END,
                            reread = operation = 'U',
                            state = CASE WHEN state = 'in_flight' THEN state ELSE 'pending' END,
                            due_at = CASE WHEN state = 'in_flight' THEN due_at ELSE hub.now() END,
                            reason_code = NULL, reason = NULL, reason_at = NULL,
                            owed_since = CASE WHEN state = 'delivered' THEN hub.now() ELSE owed_since END
                        WHERE target = :target AND guid IN (
                            SELECT guid FROM hub.delivery WHERE
""" + IN_SCOPE + " ORDER BY guid FOR UPDATE)", target, reach)
                .param("backfill", Debt.FIRST_OF_BACKFILL)
                .update();
    }

    /**
     * What a resync reaches.
     *
     * @param kinds only these record kinds; empty means all
     * @param guids only these entities; empty means all
     * @param onlyRejected only what needs attention
     * @param since only what became owed or was settled then or later; null means whenever
     */
    public record Reach(
            Collection<String> kinds,
            Collection<String> guids,
            boolean onlyRejected,
            @Nullable Instant since) {}

    /** What waits for an earlier resync is left alone: it will be read after this moment anyway. */
    private static final String IN_SCOPE = """
            target = :target AND state NOT IN ('excluded', 'held', 'unknown')
            AND NOT (operation = 'D' AND state = 'delivered')
            AND NOT (reread AND state = 'pending')
            AND (cardinality(:kinds::text[]) = 0 OR kind = ANY (:kinds::text[]))
            AND (cardinality(:guids::text[]) = 0 OR guid = ANY (:guids::text[]))
            AND (NOT :onlyRejected OR state IN ('rejected', 'conflict', 'discarded'))
            AND (:since::timestamptz IS NULL OR owed_since >= :since::timestamptz OR settled_at >= :since::timestamptz)
            """;

    private JdbcClient.StatementSpec scoped(String sql, String target, Reach reach) {
        Instant since = reach.since();
        return db.sql(sql)
                .param("target", target)
                .param("kinds", reach.kinds().toArray(String[]::new))
                .param("guids", reach.guids().toArray(String[]::new))
                .param("onlyRejected", reach.onlyRejected())
                .param("since", since == null ? null : since.atOffset(ZoneOffset.UTC));
    }

    /** How many deliveries of each kind {@link #oweAgain} would owe again. */
    public Map<String, Long> wouldOweAgain(String target, Reach reach) {
        Map<String, Long> counts = new TreeMap<>();
        scoped("SELECT kind, count(*) FROM hub.delivery WHERE " + IN_SCOPE + " GROUP BY 1", target, reach)
                .query(row -> {
                    counts.put(row.getString(1), row.getLong(2));
                });
        return counts;
    }

    /** A delivery that {@link #oweAgain} would owe again. */
    public record InScope(String guid, String kind, boolean delete) {}

    /**
     * What {@link #oweAgain} would owe again, in the order of guids.
     *
     * @param after guid of the last one of the page before; empty for the first page
     */
    public List<InScope> inScope(String target, Reach reach, String after, int most) {
        return scoped(
                        "SELECT guid, kind, operation FROM hub.delivery WHERE " + IN_SCOPE
                                + " AND guid > :after ORDER BY guid LIMIT :most",
                        target,
                        reach)
                .param("after", after)
                .param("most", most)
                .query((row, n) -> new InScope(
                        row.getString("guid"),
                        row.getString("kind"),
                        row.getString("operation").equals("D")))
                .list();
    }

    /** How many records of a target a resync has still to read back and compare. */
    public long toReread(String target) {
        return db.sql("SELECT count(*) FROM hub.delivery WHERE target = :target AND reread"
                        + " AND state IN ('pending', 'in_flight', 'retry', 'blocked', 'unknown')")
                .param("target", target)
                .query(Long.class)
                .single();
    }

    /** Whether a resync of a target has records to compare that are due. */
    public boolean isComparing(String target) {
        return db.sql(
                        "SELECT EXISTS (SELECT FROM hub.delivery WHERE target = :target AND reread AND due_at <= hub.now())")
                .param("target", target)
                .query(Boolean.class)
                .single();
    }

    /**
     * Lets a resync go no further. What is owed stays owed, but is compared with the base only, which costs no request
     * where nothing changed; what is in flight ends as it began.
     *
     * @return how many records are not read back any more
     */
    public int forgoReread(String target) {
        return db.sql("""
                        UPDATE hub.delivery SET reread = false
                        WHERE target = :target AND guid IN (
                            SELECT guid FROM hub.delivery WHERE target = :target AND reread AND state <> 'in_flight'
                            ORDER BY guid FOR UPDATE)""").param("target", target).update();
    }

    /**
     * Lets every delivery be mapped again because the mapping changed; what comes out the same costs no request.
     *
     * @return how many
     */
    public int oweForMapping(String target) {
        return db.sql("""
                        UPDATE hub.delivery SET
                            revision = revision + 1, attempts = 0, priority = CASE WHEN due_at IS NOT NULL OR priority >= :backfill THEN priority ELSE priority + 100 END,
                            state = CASE WHEN state IN ('in_flight', 'unknown') THEN state ELSE 'pending' END,
                            due_at = CASE WHEN state IN ('in_flight', 'unknown') THEN due_at ELSE hub.now() END
                        WHERE target = :target AND guid IN (
                            SELECT guid FROM hub.delivery
                            WHERE target = :target AND operation = 'U'
                              AND (state NOT IN ('excluded', 'held', 'discarded') OR reason_code = 'no-kind')
                            ORDER BY guid FOR UPDATE)""")
                .param("target", target)
                .param("backfill", Debt.FIRST_OF_BACKFILL)
                .update();
    }

    /**
     * Frees what is blocked on a record that has a link by now (a parent linked through another path than a settlement),
     * and fails what waits for a record that cannot come. Run as housekeeping.
     *
     * @return how many were freed
     */
    public int sweepBlocked(String target) {
        return dependents.sweepBlocked(target);
    }

    /** Folds the counters' deltas; one statement at a time, so that readers always see a whole sum. */
    public void foldCounts() {
        int folded;
        do {
            folded = db.sql("""
                            WITH taken AS (
                                DELETE FROM hub.delivery_delta WHERE ctid = ANY (ARRAY(
                                    SELECT ctid FROM hub.delivery_delta LIMIT :most FOR UPDATE SKIP LOCKED))
                                RETURNING target, kind, state, n),
                            folded AS (
                                INSERT INTO hub.delivery_count AS c (target, kind, state, n)
                                SELECT target, kind, state, sum(n) FROM taken GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
                                ON CONFLICT (target, kind, state) DO UPDATE SET n = c.n + excluded.n)
                            SELECT count(*) FROM taken""").param("most", FOLD).query(Integer.class).single();
        } while (folded == FOLD);
    }
}
