package org.synchub.ledger;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.ledger.Settlement.Agreement;
import org.synchub.ledger.Settlement.Tally;

/**
 * The ledger itself: what is owed, who has claimed it, and how it was settled. Safe for any number of hubs on one
 * database: work is claimed lane by lane with {@code FOR UPDATE SKIP LOCKED} and settled only by whoever still holds the
 * token. Rows are locked lanes first, then deliveries, each in key order, everywhere.
 */
public class Deliveries {

    private static final Logger log = LoggerFactory.getLogger(Deliveries.class);

    /** How many due rows a claim looks at beyond what it needs, so that writers do not all stare at the same few. */
    private static final int LOOK_AHEAD = 8;

    private final JdbcClient db;
    private final TransactionTemplate transaction;

    public Deliveries(JdbcClient db, TransactionTemplate transaction) {
        this.db = db;
        this.transaction = transaction;
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
        db.sql("""
                        INSERT INTO hub.lane (target, lane)
                        SELECT :target, lane FROM unnest(:lanes::text[]) AS wanted (lane) ORDER BY lane
                        ON CONFLICT DO NOTHING""")
                .param("target", target)
                .param(
                        "lanes",
                        inOrder.stream().map(Debt::lane).distinct().sorted().toArray(String[]::new))
                .update();
        String onConflict = onlyNew ? "DO NOTHING" : """
                  (target, guid) DO UPDATE SET
                      revision = d.revision + 1,
                      kind = CASE WHEN excluded.kind = '' THEN d.kind ELSE excluded.kind END,
                      lane = excluded.lane,
                      operation = excluded.operation,
                      priority = excluded.priority,
                      attempts = 0,
                      blocked_on = CASE WHEN d.state = 'in_flight' THEN d.blocked_on END,
                      state = CASE WHEN d.state IN ('in_flight', 'unknown') THEN d.state ELSE excluded.state END,
                      due_at = CASE WHEN d.state IN ('in_flight', 'unknown') THEN d.due_at ELSE excluded.due_at END,
                      reason_code = excluded.reason_code,
                      reason = excluded.reason,
                      reason_at = NULL,
                      first_failed_at = CASE WHEN excluded.state = 'pending' THEN NULL ELSE d.first_failed_at END,
                      owed_since = CASE WHEN d.state IN ('delivered', 'excluded', 'discarded')
                                        THEN excluded.owed_since ELSE d.owed_since END""";
        db.sql("""
                        INSERT INTO hub.delivery AS d
                            (target, guid, kind, lane, operation, state, priority, due_at, reason_code, reason, owed_since)
                        SELECT :target, guid, kind, lane, operation::"char", state, priority,
                               CASE WHEN state = 'pending' THEN at.now END, reason_code, reason, at.now
                        FROM unnest(:guids::text[], :kinds::text[], :lanes::text[], :operations::text[], :states::text[],
                                    :priorities::int[], :codes::text[], :reasons::text[])
                             AS owed (guid, kind, lane, operation, state, priority, reason_code, reason),
                             (SELECT hub.now() AS now) AS at
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

    /**
     * Leases lanes that have something due and takes what is due in them. Two writers never hold one lane. An in-flight
     * delivery whose lease ran out is not taken: its outcome is unknown, and it comes back after {@code settleWait}.
     *
     * @param settleWait how long a lost request may still be applied by the target's server
     */
    public Claim claim(String target, int most, Duration lease, Duration settleWait) {
        return transaction.execute(status -> {
            UUID token = UUID.randomUUID();
            Map<String, Instant> lanes = leaseLanes(target, token, most, lease);
            Instant now =
                    db.sql("SELECT hub.now()").query(Timestamp.class).single().toInstant();
            if (lanes.isEmpty()) {
                return new Claim(target, token, Set.of(), now, now, List.of(), anythingDue(target));
            }
            String[] leased = lanes.keySet().toArray(String[]::new);
            noteLostWrites(target, leased, settleWait);
            Instant until = lanes.values().iterator().next();
            List<Claim.Claimed> taken = take(target, token, leased, most, until);
            return new Claim(target, token, Set.copyOf(lanes.keySet()), now, until, taken, false);
        });
    }

    private Map<String, Instant> leaseLanes(String target, UUID token, int most, Duration lease) {
        Map<String, Instant> lanes = new LinkedHashMap<>();
        db.sql("""
                        WITH due AS MATERIALIZED (
                            SELECT lane FROM hub.delivery
                            WHERE target = :target AND due_at <= (SELECT hub.now())
                            ORDER BY priority, due_at LIMIT :look),
                        ranked AS (
                            SELECT lane, min(place) AS place, count(*) AS rows
                            FROM (SELECT lane, row_number() OVER () AS place FROM due) AS placed GROUP BY lane),
                        free AS (
                            SELECT l.lane, r.place, r.rows FROM hub.lane l JOIN ranked r ON r.lane = l.lane
                            WHERE l.target = :target AND (l.token IS NULL OR l.leased_until <= (SELECT hub.now()))
                            ORDER BY r.place LIMIT :most FOR UPDATE OF l SKIP LOCKED),
                        enough AS (
                            SELECT lane, sum(rows) OVER (ORDER BY place) - rows AS before FROM free)
                        UPDATE hub.lane l SET token = :token, leased_until = hub.now() + make_interval(secs => :lease)
                        FROM enough e
                        WHERE l.target = :target AND l.lane = e.lane AND e.before < :most
                        RETURNING l.lane, l.leased_until""")
                .param("target", target)
                .param("look", most * LOOK_AHEAD)
                .param("most", most)
                .param("token", token)
                .param("lease", lease.toMillis() / 1000.0)
                .query(row -> {
                    lanes.put(row.getString(1), row.getTimestamp(2).toInstant());
                });
        return lanes;
    }

    /** Whether a target is owed something that may be claimed now. */
    public boolean anythingDue(String target) {
        return db.sql(
                        "SELECT EXISTS (SELECT FROM hub.delivery WHERE target = :target AND due_at <= (SELECT hub.now()))")
                .param("target", target)
                .query(Boolean.class)
                .single();
    }

    private void noteLostWrites(String target, String[] lanes, Duration settleWait) {
        int lost = db.sql("""
                        UPDATE hub.delivery SET
                            state = 'unknown', token = NULL,
                            uncertain_since = coalesce(uncertain_since, due_at),
                            due_at = due_at + make_interval(secs => :wait),
                            reason_code = 'unknown',
                            reason = 'The hub that was sending it stopped before it could note the outcome; it will be read back'
                        WHERE target = :target AND lane = ANY (:lanes::text[]) AND state = 'in_flight'
                          AND due_at <= (SELECT hub.now())""")
                .param("target", target)
                .param("lanes", lanes)
                .param("wait", settleWait.toMillis() / 1000.0)
                .update();
        if (lost > 0) {
            log.info(
                    "{}: {} deliveries were in flight when their hub stopped; they are read back by key", target, lost);
        }
    }

    private List<Claim.Claimed> take(String target, UUID token, String[] lanes, int most, Instant until) {
        return db.sql("""
                        WITH due AS MATERIALIZED (
                            SELECT guid FROM hub.delivery
                            WHERE target = :target AND lane = ANY (:lanes::text[]) AND due_at <= (SELECT hub.now())
                              AND state <> 'in_flight'
                            ORDER BY priority, due_at LIMIT :most FOR UPDATE SKIP LOCKED)
                        UPDATE hub.delivery d SET
                            state = 'in_flight', claimed_revision = revision, token = :token, due_at = :until
                        FROM due
                        WHERE d.target = :target AND d.guid = due.guid
                        RETURNING d.guid, d.kind, d.lane, d.operation, d.revision, d.attempts, d.uncertain_since""")
                .param("target", target)
                .param("token", token)
                .param("lanes", lanes)
                .param("most", most)
                .param("until", Timestamp.from(until))
                .query((row, n) -> new Claim.Claimed(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        "D".equals(row.getString(4)),
                        row.getLong(5),
                        row.getInt(6),
                        instant(row.getTimestamp(7))))
                .list();
    }

    /**
     * Leases further lanes under a token that is already held: where a record moves from one household to another, both
     * lanes are needed. Never waits.
     *
     * @return those that could be had
     */
    public Set<String> leaseAlso(Claim claim, Collection<String> lanes) {
        if (lanes.isEmpty()) {
            return Set.of();
        }
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
                .param("lanes", lanes.stream().distinct().sorted().toArray(String[]::new))
                .query(String.class)
                .list());
    }

    /** Prolongs the lease of a writer that is still at work; what another hub has taken over stays with it. */
    public void renew(String target, UUID token, Collection<String> lanes, Duration lease) {
        String[] held = lanes.stream().sorted().toArray(String[]::new);
        transaction.executeWithoutResult(status -> {
            db.sql("""
                            UPDATE hub.lane SET leased_until = hub.now() + make_interval(secs => :lease)
                            WHERE target = :target AND lane IN (
                                SELECT lane FROM hub.lane
                                WHERE target = :target AND lane = ANY (:lanes::text[]) AND token = :token
                                  AND leased_until > (SELECT hub.now())
                                ORDER BY lane FOR UPDATE SKIP LOCKED)""")
                    .param("target", target)
                    .param("token", token)
                    .param("lanes", held)
                    .param("lease", lease.toMillis() / 1000.0)
                    .update();
            db.sql("""
                            UPDATE hub.delivery SET due_at = hub.now() + make_interval(secs => :lease)
                            WHERE target = :target AND guid IN (
                                SELECT guid FROM hub.delivery
                                WHERE target = :target AND lane = ANY (:lanes::text[]) AND token = :token
                                  AND state = 'in_flight' AND due_at > (SELECT hub.now())
                                ORDER BY guid FOR UPDATE SKIP LOCKED)""")
                    .param("target", target)
                    .param("token", token)
                    .param("lanes", held)
                    .param("lease", lease.toMillis() / 1000.0)
                    .update();
        });
    }

    /** Gives the lanes of a finished claim back. */
    public void release(String target, UUID token, Collection<String> lanes) {
        db.sql("""
                        UPDATE hub.lane SET token = NULL, leased_until = NULL
                        WHERE target = :target AND lane = ANY (:lanes::text[]) AND token = :token""")
                .param("target", target)
                .param("token", token)
                .param("lanes", lanes.stream().sorted().toArray(String[]::new))
                .update();
    }

    /**
     * Writes down what became of claimed deliveries: states, links, the run's counts, and frees or fails what waited for
     * them, in one transaction. What another hub has taken over meanwhile is not touched but marked, because this hub's
     * request may have arrived after the other's. A settlement that the database refuses is split until the culprit is
     * alone, which then needs attention.
     */
    public void settle(String target, UUID token, long run, List<Settlement> settlements) {
        if (settlements.isEmpty()) {
            return;
        }
        try {
            transaction.executeWithoutResult(status -> settleTogether(target, token, run, settlements));
        } catch (org.springframework.dao.ConcurrencyFailureException e) {
            log.info("{}: settling {} deliveries again after a lost lock", target, settlements.size());
            transaction.executeWithoutResult(status -> settleTogether(target, token, run, settlements));
        } catch (org.springframework.dao.NonTransientDataAccessException e) {
            splitAndSettle(target, token, run, settlements, e);
        }
    }

    private void splitAndSettle(
            String target, UUID token, long run, List<Settlement> settlements, DataAccessException cause) {
        if (settlements.size() > 1) {
            int half = settlements.size() / 2;
            settle(target, token, run, settlements.subList(0, half));
            settle(target, token, run, settlements.subList(half, settlements.size()));
            return;
        }
        Settlement culprit = settlements.get(0);
        if (culprit.link() == null) {
            throw cause;
        }
        boolean taken = cause instanceof org.springframework.dao.DuplicateKeyException;
        String reason = taken
                ? "Another entity is already linked to the target's record that this one found or created"
                : "The database refused to store the agreement reached with the target";
        log.warn("{}: delivery of {} needs attention: {}", target, culprit.guid(), reason);
        Settlement attention = Settlement.attention(
                culprit.guid(),
                culprit.claimedRevision(),
                taken ? State.CONFLICT : State.REJECTED,
                taken ? "already-linked" : "not-storable",
                reason,
                null);
        transaction.executeWithoutResult(status -> settleTogether(target, token, run, List.of(attention)));
    }

    private void settleTogether(String target, UUID token, long run, List<Settlement> settlements) {
        Map<String, Settlement> byGuid = new HashMap<>();
        settlements.forEach(s -> byGuid.put(s.guid(), s));
        String[] own = settlements.stream().map(Settlement::guid).sorted().toArray(String[]::new);
        String[] parents = settlements.stream()
                .map(Settlement::blockedOn)
                .filter(p -> p != null)
                .distinct()
                .toArray(String[]::new);
        Set<String> stillOwned = lock(target, token, own, parents);
        List<Settlement> mine =
                settlements.stream().filter(s -> stillOwned.contains(s.guid())).toList();
        upsertLinks(target, mine);
        Set<String> linkedParents = parents.length == 0 ? Set.of() : linked(target, parents);
        updateDeliveries(target, mine, linkedParents);
        freeChildren(target, mine);
        failChildren(target, mine);
        count(run, mine);
        if (mine.size() < settlements.size()) {
            markLostFence(target, settlements, stillOwned);
        }
    }

    private Set<String> lock(String target, UUID token, String[] own, String[] parents) {
        Set<String> owned = new HashSet<>();
        db.sql("""
                        SELECT guid, token = :token AND state = 'in_flight' FROM hub.delivery
                        WHERE target = :target
                          AND (guid = ANY (:own::text[]) OR guid = ANY (:parents::text[])
                               OR blocked_on = ANY (:own::text[]))
                        ORDER BY guid FOR UPDATE""")
                .param("target", target)
                .param("token", token)
                .param("own", own)
                .param("parents", parents)
                .query(row -> {
                    if (row.getBoolean(2)) {
                        owned.add(row.getString(1));
                    }
                });
        return owned;
    }

    private Set<String> linked(String target, String[] guids) {
        return new HashSet<>(db.sql("SELECT guid FROM hub.link WHERE target = :target AND guid = ANY (:guids::text[])"
                        + " AND deleted_at IS NULL")
                .param("target", target)
                .param("guids", guids)
                .query(String.class)
                .list());
    }

    private void upsertLinks(String target, List<Settlement> settlements) {
        List<Settlement> agreed =
                settlements.stream().filter(s -> s.link() != null).toList();
        if (agreed.isEmpty()) {
            return;
        }
        List<Agreement> links = new ArrayList<>();
        for (Settlement s : agreed) {
            if (s.link() != null) {
                links.add(s.link());
            }
        }
        db.sql("""
                        INSERT INTO hub.link AS l (target, guid, kind, external_id, version, base, mapping_hash, lane, deleted_at)
                        SELECT :target, guid, kind, external_id, version, base, mapping_hash, lane,
                               CASE WHEN deleted THEN hub.now() END
                        FROM unnest(:guids::text[], :kinds::text[], :ids::text[], :versions::text[], :bases::bytea[],
                                    :hashes::text[], :lanes::text[], :deleted::boolean[])
                             AS agreed (guid, kind, external_id, version, base, mapping_hash, lane, deleted)
                        ORDER BY guid
                        ON CONFLICT (target, guid) DO UPDATE SET
                            kind = excluded.kind,
                            external_id = excluded.external_id,
                            previous_version = l.version,
                            previous_base = l.base,
                            version = coalesce(excluded.version, l.version),
                            base = coalesce(excluded.base, l.base),
                            mapping_hash = excluded.mapping_hash,
                            lane = excluded.lane,
                            revision = l.revision + 1,
                            agreed_at = hub.now(),
                            deleted_at = excluded.deleted_at""")
                .param("target", target)
                .param("guids", agreed.stream().map(Settlement::guid).toArray(String[]::new))
                .param("kinds", links.stream().map(Agreement::kind).toArray(String[]::new))
                .param("ids", links.stream().map(Agreement::externalId).toArray(String[]::new))
                .param("versions", links.stream().map(Agreement::version).toArray(String[]::new))
                .param("bases", links.stream().map(l -> Base.toBytes(l.base())).toArray(byte[][]::new))
                .param("hashes", links.stream().map(Agreement::mappingHash).toArray(String[]::new))
                .param("lanes", links.stream().map(Agreement::lane).toArray(String[]::new))
                .param("deleted", links.stream().map(Agreement::deleted).toArray(Boolean[]::new))
                .update();
    }

    private void updateDeliveries(String target, List<Settlement> settlements, Set<String> linkedParents) {
        if (settlements.isEmpty()) {
            return;
        }
        int n = settlements.size();
        String[] guids = new String[n];
        Long[] revisions = new Long[n];
        String[] states = new String[n];
        Double[] dueIn = new Double[n];
        String[] blockedOn = new String[n];
        Boolean[] uncertain = new Boolean[n];
        Integer[] attempts = new Integer[n];
        String[] codes = new String[n];
        String[] reasons = new String[n];
        String[] reasonsAt = new String[n];
        for (int i = 0; i < n; i++) {
            Settlement s = settlements.get(i);
            // The parent was linked between mapping and settling: nobody would wake this child again.
            boolean parentCame = s.state() == State.BLOCKED && linkedParents.contains(s.blockedOn());
            guids[i] = s.guid();
            revisions[i] = s.claimedRevision();
            states[i] = parentCame ? State.PENDING.column() : s.state().column();
            dueIn[i] = parentCame
                    ? Double.valueOf(0)
                    : s.dueIn() == null ? null : s.dueIn().toMillis() / 1000.0;
            blockedOn[i] = parentCame ? null : s.blockedOn();
            uncertain[i] = s.uncertain();
            attempts[i] = s.attempted() ? 1 : 0;
            codes[i] = parentCame ? null : s.reasonCode();
            reasons[i] = parentCame ? null : clean(s.reason());
            reasonsAt[i] = parentCame ? null : s.reasonAt();
        }
        db.sql("""
                        UPDATE hub.delivery d SET
                            state = CASE WHEN d.revision > s.revision AND s.state <> 'unknown' THEN 'pending' ELSE s.state END,
                            due_at = CASE WHEN d.revision > s.revision AND s.state <> 'unknown' THEN at.now
                                          ELSE at.now + make_interval(secs => s.due_in) END,
                            blocked_on = CASE WHEN d.revision > s.revision THEN NULL ELSE s.blocked_on END,
                            uncertain_since = CASE
                                WHEN s.uncertain THEN coalesce(d.uncertain_since, at.now)
                                WHEN d.revision > s.revision THEN d.uncertain_since END,
                            attempts = CASE WHEN s.state = 'delivered' OR d.revision > s.revision THEN 0
                                            ELSE d.attempts + s.attempt END,
                            first_failed_at = CASE WHEN s.attempt = 1 AND s.state <> 'delivered'
                                                   THEN coalesce(d.first_failed_at, at.now)
                                                   WHEN s.state = 'delivered' THEN NULL ELSE d.first_failed_at END,
                            reason_code = s.code, reason = s.reason, reason_at = s.reason_at,
                            token = NULL, settled_at = at.now,
                            owed_since = CASE WHEN d.revision > s.revision AND s.state = 'delivered'
                                              THEN at.now ELSE d.owed_since END
                        FROM unnest(:guids::text[], :revisions::bigint[], :states::text[], :dueIn::float8[],
                                    :blockedOn::text[], :uncertain::boolean[], :attempts::int[], :codes::text[],
                                    :reasons::text[], :reasonsAt::text[])
                             AS s (guid, revision, state, due_in, blocked_on, uncertain, attempt, code, reason, reason_at),
                             (SELECT hub.now() AS now) AS at
                        WHERE d.target = :target AND d.guid = s.guid""")
                .param("target", target)
                .param("guids", guids)
                .param("revisions", revisions)
                .param("states", states)
                .param("dueIn", dueIn)
                .param("blockedOn", blockedOn)
                .param("uncertain", uncertain)
                .param("attempts", attempts)
                .param("codes", codes)
                .param("reasons", reasons)
                .param("reasonsAt", reasonsAt)
                .update();
    }

    private void freeChildren(String target, List<Settlement> settlements) {
        String[] arrived = settlements.stream()
                .filter(s -> s.link() != null && !s.link().deleted())
                .map(Settlement::guid)
                .toArray(String[]::new);
        if (arrived.length > 0) {
            db.sql("""
                            UPDATE hub.delivery SET state = 'pending', due_at = hub.now(), blocked_on = NULL,
                                   reason_code = NULL, reason = NULL
                            WHERE target = :target AND blocked_on = ANY (:arrived::text[])
                              AND state IN ('blocked', 'rejected')""").param("target", target).param("arrived", arrived).update();
        }
    }

    private void failChildren(String target, List<Settlement> settlements) {
        String[] refused = settlements.stream()
                .filter(s -> s.state() == State.REJECTED)
                .map(Settlement::guid)
                .toArray(String[]::new);
        if (refused.length > 0) {
            db.sql("""
                            UPDATE hub.delivery SET state = 'rejected', due_at = NULL, reason_code = 'parent-rejected',
                                   reason = 'Waits for record ' || blocked_on || ', which is rejected: mend that one first'
                            WHERE target = :target AND blocked_on = ANY (:refused::text[]) AND state = 'blocked'""").param("target", target).param("refused", refused).update();
        }
    }

    private void markLostFence(String target, List<Settlement> settlements, Set<String> stillOwned) {
        String[] lost = settlements.stream()
                .filter(s -> s.tally() != Tally.NONE)
                .map(Settlement::guid)
                .filter(guid -> !stillOwned.contains(guid))
                .toArray(String[]::new);
        log.warn("{}: {} deliveries were taken over by another hub; they will be read back", target, lost.length);
        db.sql("""
                        UPDATE hub.delivery SET
                            revision = revision + 1,
                            uncertain_since = hub.now(),
                            state = CASE WHEN state IN ('in_flight', 'unknown') THEN state ELSE 'pending' END,
                            due_at = CASE WHEN state IN ('in_flight', 'unknown') THEN due_at ELSE hub.now() END
                        WHERE target = :target AND guid = ANY (:lost::text[])""").param("target", target).param("lost", lost).update();
    }

    private void count(long run, List<Settlement> settlements) {
        Map<Tally, Integer> n = new EnumMap<>(Tally.class);
        for (Settlement s : settlements) {
            n.merge(s.tally(), 1, Integer::sum);
        }
        db.sql("""
                        UPDATE hub.run SET
                            created = created + :created, updated = updated + :updated, adopted = adopted + :adopted,
                            deleted = deleted + :deleted, unchanged = unchanged + :unchanged,
                            rejected = rejected + :rejected, retried = retried + :retried, blocked = blocked + :blocked,
                            conflicts = conflicts + :conflicts, unknown = unknown + :unknown
                        WHERE id = :run""")
                .param("run", run)
                .param("created", n.getOrDefault(Tally.CREATED, 0))
                .param("updated", n.getOrDefault(Tally.UPDATED, 0))
                .param("adopted", n.getOrDefault(Tally.ADOPTED, 0))
                .param("deleted", n.getOrDefault(Tally.DELETED, 0))
                .param("unchanged", n.getOrDefault(Tally.UNCHANGED, 0))
                .param("rejected", n.getOrDefault(Tally.REJECTED, 0))
                .param("retried", n.getOrDefault(Tally.RETRIED, 0))
                .param("blocked", n.getOrDefault(Tally.BLOCKED, 0))
                .param("conflicts", n.getOrDefault(Tally.CONFLICTS, 0))
                .param("unknown", n.getOrDefault(Tally.UNKNOWN, 0))
                .update();
    }

    /**
     * How the records that others wait for stand.
     *
     * @return guid to state; a record without a delivery is absent
     */
    public Map<String, State> states(String target, Collection<String> guids) {
        Map<String, State> states = new HashMap<>();
        if (guids.isEmpty()) {
            return states;
        }
        db.sql("SELECT guid, state FROM hub.delivery WHERE target = :target AND guid = ANY (:guids::text[])")
                .param("target", target)
                .param("guids", guids.toArray(String[]::new))
                .query(row -> {
                    states.put(row.getString(1), State.of(row.getString(2)));
                });
        return states;
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
     * Stops deletions that are too many at once and lets a person decide: deleting an app in DataCollect deletes its
     * whole tenant.
     *
     * @param share of the linked records, 0 to 1
     * @param number in absolute terms; whichever is lower stops
     * @return how many deletions are held, 0 when they were few enough
     */
    public int holdExcessDeletes(String target, double share, int number) {
        long due = db.sql("""
                        SELECT count(*) FROM (SELECT FROM hub.delivery
                        WHERE target = :target AND operation = 'D' AND due_at IS NOT NULL AND state = 'pending'
                          AND reason_code IS DISTINCT FROM 'delete-confirmed' LIMIT :most) AS due""")
                .param("target", target)
                .param("most", number + 1)
                .query(Long.class)
                .single();
        if (due == 0) {
            return 0;
        }
        if (due <= number) {
            long linked = db.sql("SELECT count(*) FROM hub.link WHERE target = :target AND deleted_at IS NULL")
                    .param("target", target)
                    .query(Long.class)
                    .single();
            if (due <= Math.max(1, linked * share)) {
                return 0;
            }
        }
        return db.sql("""
                        UPDATE hub.delivery SET state = 'held', due_at = NULL, reason_code = 'too-many-deletes',
                               reason = 'More deletions at once than maxDeletes allows: confirm or discard them'
                        WHERE target = :target AND guid IN (
                            SELECT guid FROM hub.delivery
                            WHERE target = :target AND operation = 'D' AND state = 'pending'
                              AND reason_code IS DISTINCT FROM 'delete-confirmed'
                            ORDER BY guid FOR UPDATE)""").param("target", target).update();
    }

    /**
     * Lets deletions go on that waited for a person's yes.
     *
     * @return how many
     */
    public int confirmDeletes(String target) {
        return db.sql("""
                        UPDATE hub.delivery SET state = 'pending', due_at = hub.now(), reason_code = 'delete-confirmed',
                               reason = NULL
                        WHERE target = :target AND state = 'held' AND operation = 'D'""").param("target", target).update();
    }

    /**
     * Owes again what a target was already owed or sent, whole or by state: the heart of a resync.
     *
     * @param kinds only these record kinds; empty means all
     * @param guids only these entities; empty means all
     * @param onlyRejected only what needs attention
     * @return how many deliveries are owed again
     */
    public int oweAgain(String target, Collection<String> kinds, Collection<String> guids, boolean onlyRejected) {
        return db.sql("""
                        UPDATE hub.delivery SET
                            revision = revision + 1, attempts = 0, priority = :priority, blocked_on = NULL,
                            uncertain_since = coalesce(uncertain_since, CASE WHEN operation = 'U' THEN hub.now() END),
                            state = CASE WHEN state = 'in_flight' THEN state ELSE 'pending' END,
                            due_at = CASE WHEN state = 'in_flight' THEN due_at ELSE hub.now() END,
                            reason_code = NULL, reason = NULL, reason_at = NULL,
                            owed_since = CASE WHEN state = 'delivered' THEN hub.now() ELSE owed_since END
                        WHERE target = :target AND guid IN (
                            SELECT guid FROM hub.delivery
                            WHERE target = :target AND state NOT IN ('excluded', 'held', 'unknown')
                              AND (cardinality(:kinds::text[]) = 0 OR kind = ANY (:kinds::text[]))
                              AND (cardinality(:guids::text[]) = 0 OR guid = ANY (:guids::text[]))
                              AND (NOT :onlyRejected OR state IN ('rejected', 'conflict', 'discarded'))
                            ORDER BY guid FOR UPDATE)""")
                .param("target", target)
                .param("kinds", kinds.toArray(String[]::new))
                .param("guids", guids.toArray(String[]::new))
                .param("onlyRejected", onlyRejected)
                .param("priority", Debt.BACKFILL)
                .update();
    }

    /**
     * Lets every delivery be mapped again because the mapping changed; what comes out the same costs no request.
     *
     * @return how many
     */
    public int oweForMapping(String target) {
        return db.sql("""
                        UPDATE hub.delivery SET
                            revision = revision + 1, attempts = 0, priority = :priority,
                            state = CASE WHEN state IN ('in_flight', 'unknown') THEN state ELSE 'pending' END,
                            due_at = CASE WHEN state IN ('in_flight', 'unknown') THEN due_at ELSE hub.now() END
                        WHERE target = :target AND guid IN (
                            SELECT guid FROM hub.delivery
                            WHERE target = :target AND operation = 'U'
                              AND (state NOT IN ('excluded', 'held', 'discarded') OR reason_code = 'no-kind')
                            ORDER BY guid FOR UPDATE)""")
                .param("target", target)
                .param("priority", Debt.BACKFILL)
                .update();
    }

    /**
     * Frees what is blocked on a record that has a link by now (a parent linked through another path than a settlement),
     * and fails what waits for a record that cannot come. Run as housekeeping.
     *
     * @return how many were freed
     */
    public int sweepBlocked(String target) {
        return db.sql("""
                        UPDATE hub.delivery SET state = 'pending', due_at = hub.now(), blocked_on = NULL,
                               reason_code = NULL, reason = NULL
                        WHERE (target, guid) IN (
                            SELECT d.target, d.guid FROM hub.delivery d
                            JOIN hub.link l ON l.target = d.target AND l.guid = d.blocked_on AND l.deleted_at IS NULL
                            WHERE d.target = :target AND d.blocked_on IS NOT NULL AND d.state IN ('blocked', 'rejected')
                            ORDER BY d.guid FOR UPDATE OF d SKIP LOCKED)""").param("target", target).update();
    }

    /** Folds the counters' deltas; one statement, so that readers always see a whole sum. */
    public void foldCounts() {
        db.sql("""
                        WITH taken AS (
                            DELETE FROM hub.delivery_delta WHERE ctid = ANY (ARRAY(
                                SELECT ctid FROM hub.delivery_delta LIMIT 10000 FOR UPDATE SKIP LOCKED))
                            RETURNING target, kind, state, n)
                        INSERT INTO hub.delivery_count AS c (target, kind, state, n)
                        SELECT target, kind, state, sum(n) FROM taken GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
                        ON CONFLICT (target, kind, state) DO UPDATE SET n = c.n + excluded.n""").update();
    }

    /** What PostgreSQL's text cannot hold is replaced, so that a server's odd answer never stops a settlement. */
    private static @Nullable String clean(@Nullable String text) {
        return text == null ? null : text.replace('\u0000', '\uFFFD');
    }

    private static @Nullable Instant instant(@Nullable Timestamp timestamp) {
        return timestamp == null ? null : timestamp.toInstant();
    }
}
