package org.synchub.ledger;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.ledger.Settlement.Agreement;
import org.synchub.ledger.Settlement.Tally;

/**
 * Writes down what became of claimed deliveries. Where rows of others may have to be changed, all are locked first, at once
 * and in key order; a record that one of these begins to wait for only if nobody else has it in hand.
 */
final class Settling {

    private static final Logger log = LoggerFactory.getLogger(Settling.class);
    private static final int TRIES = 4;

    private final JdbcClient db;
    private final TransactionTemplate transaction;
    private final Sent sent;
    private final Vault vault;
    private final Resealing resealing;
    private final Dependents dependents;

    Settling(JdbcClient db, TransactionTemplate transaction, Sent sent, Vault vault) {
        this.db = db;
        this.sent = sent;
        this.vault = vault;
        this.resealing = new Resealing(db, transaction, vault);
        this.transaction = transaction;
        this.dependents = new Dependents(db);
    }

    List<Settled> settle(String target, UUID token, long run, List<Settlement> settlements, Map<String, Leaving> left) {
        if (settlements.isEmpty()) {
            return List.of();
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return transaction.execute(status -> settleTogether(target, token, run, settlements, left));
            } catch (DataAccessException e) {
                String state = stateOf(e);
                if (isRefusal(state)) {
                    return splitAndSettle(target, token, run, settlements, left, e);
                }
                if (!isLostLock(state) || attempt == TRIES) {
                    throw e;
                }
                log.info("{}: settling {} deliveries again after a lost lock", target, settlements.size());
            }
        }
    }

    /** Serialization failure, deadlock, or a lock that was not to be had in time. */
    private static boolean isLostLock(String state) {
        return state.startsWith("40") || state.equals("55P03");
    }

    /**
     * Whether the database refused what was to be stored: data exception, integrity constraint violation, program limit
     * exceeded (a key too long for its index). A lost connection says nothing about the records.
     */
    private static boolean isRefusal(String state) {
        return state.startsWith("22") || state.startsWith("23") || state.startsWith("54");
    }

    private static String stateOf(DataAccessException e) {
        return e.getMostSpecificCause() instanceof SQLException sql && sql.getSQLState() != null
                ? sql.getSQLState()
                : "";
    }

    private List<Settled> splitAndSettle(
            String target,
            UUID token,
            long run,
            List<Settlement> settlements,
            Map<String, Leaving> left,
            DataAccessException cause) {
        if (settlements.size() > 1) {
            int half = settlements.size() / 2;
            List<Settled> settled = new ArrayList<>(settle(target, token, run, settlements.subList(0, half), left));
            settled.addAll(settle(target, token, run, settlements.subList(half, settlements.size()), left));
            return settled;
        }
        Settlement culprit = settlements.get(0);
        if (culprit.exchange() != null) {
            // Why it needs attention matters more than what was exchanged over it.
            return settle(target, token, run, List.of(culprit.with(null)), left);
        }
        if (culprit.state() == State.REJECTED && "not-storable".equals(culprit.reasonCode())) {
            throw cause;
        }
        boolean taken = cause instanceof DuplicateKeyException && culprit.link() != null;
        String reason = taken
                ? "Another entity is already linked to the target's record that this one found or created"
                : "The database refused to store what became of it; see the hub's log";
        log.warn(
                "{}: delivery of {} needs attention: {} (SQLSTATE {})", target, culprit.guid(), reason, stateOf(cause));
        // The write may have reached the target: its base is not to be trusted any more.
        Settlement attention = new Settlement(
                culprit.guid(),
                culprit.claimedRevision(),
                taken ? State.CONFLICT : State.REJECTED,
                null,
                null,
                culprit.link() != null || culprit.uncertain(),
                true,
                taken ? Tally.CONFLICTS : Tally.REJECTED,
                taken ? "already-linked" : "not-storable",
                reason,
                null,
                null);
        return settle(target, token, run, List.of(attention), left);
    }

    private List<Settled> settleTogether(
            String target, UUID token, long run, List<Settlement> settlements, Map<String, Leaving> left) {
        String[] own = settlements.stream().map(Settlement::guid).toArray(String[]::new);
        String[] parents = settlements.stream()
                .map(Settlement::blockedOn)
                .filter(p -> p != null)
                .distinct()
                .toArray(String[]::new);
        List<Settlement> mine;
        Map<String, Written> written;
        Concern concern = concern(target, own);
        if (parents.length == 0 && !concern.others()) {
            written = updateDeliveries(target, token, settlements);
            mine = heldOf(settlements, written.keySet());
            upsertLinks(target, token, mine, concern);
        } else {
            List<Settlement> held = heldOf(settlements, lock(target, token, own));
            Set<String> hadParents = dependents.lock(target, parents);
            upsertLinks(target, token, held, concern);
            Map<String, Dependents.Parent> met = dependents.parents(target, parents);
            mine = held.stream()
                    .map(s -> Dependents.checkParent(s, met, hadParents))
                    .toList();
            written = updateDeliveries(target, token, mine);
            dependents.hurry(target, hadParents);
        }
        Set<String> stillOwned = mine.stream().map(Settlement::guid).collect(Collectors.toSet());
        sent.forget(
                target,
                token,
                mine,
                settlements.stream().filter(s -> !stillOwned.contains(s.guid())).toList());
        if (concern.oldForms()) {
            forgetOldForms(target, mine);
        }
        dependents.freeChildren(target, mine);
        dependents.failCycles(target, mine);
        dependents.failChildren(target, mine);
        keepExchanges(target, mine);
        count(run, mine, slowest(written.values()));
        markLostFence(target, token, settlements, stillOwned, left);
        return mine.stream().map(s -> settled(s, written.get(s.guid()))).toList();
    }

    private static Settled settled(Settlement settlement, @Nullable Written written) {
        return new Settled(
                written == null ? "" : written.kind(),
                settlement.tally(),
                settlement.reasonCode(),
                written == null ? null : written.lagMs());
    }

    /**
     * A delivery as its row says after it was settled.
     *
     * @param lagMs between owing and acknowledging it; null when it was not delivered
     */
    private record Written(String kind, @Nullable Long lagMs) {}

    private void keepExchanges(String target, List<Settlement> settlements) {
        Map<String, KeptExchange> kept = new HashMap<>();
        for (Settlement s : settlements) {
            if (s.exchange() != null) {
                kept.put(s.guid(), s.exchange());
            }
        }
        Exchanges.keepPushed(db, vault, target, kept);
    }

    private static List<Settlement> heldOf(List<Settlement> settlements, Set<String> held) {
        return settlements.stream().filter(s -> held.contains(s.guid())).toList();
    }

    /**
     * What else a settlement has to look after.
     *
     * @param others whether records wait for one of these: rows of others are to be changed, and all are locked before any is
     * @param oldForms whether the target has forms on the way that were filled in before a pull
     * @param otherKeys whether what was agreed on before was not sealed as it is sealed now, so that equal contents do not
     *     look equal
     */
    private record Concern(boolean others, boolean oldForms, boolean otherKeys) {}

    /** Asked first in the transaction: from here on rows are found by index. */
    private Concern concern(String target, String[] own) {
        return db.sql("""
                        SELECT EXISTS (SELECT FROM hub.delivery
                                       WHERE target = :target AND blocked_on = ANY (:own::text[])),
                               EXISTS (SELECT FROM hub.old_form WHERE target = :target),
                               :keys AND EXISTS (SELECT FROM hub.link
                                                 WHERE target = :target AND guid = ANY (:own::text[])
                                                   AND substring(base FROM 1 FOR :length) <> :header)
                        FROM
""" + ByIndex.PLANNER)
                .param("target", target)
                .param("own", own)
                .param("keys", vault.mayMeetOthers())
                .param("length", vault.header().length)
                .param("header", vault.header())
                .query((row, n) -> new Concern(row.getBoolean(1), row.getBoolean(2), row.getBoolean(3)))
                .single();
    }

    private Set<String> lock(String target, UUID token, String[] own) {
        Set<String> owned = new HashSet<>();
        db.sql("""
                        SELECT guid, token = :token AND state = 'in_flight' FROM hub.delivery
                        WHERE target = :target AND guid IN (
                            SELECT unnest(:own::text[])
                            UNION SELECT guid FROM hub.delivery WHERE target = :target AND blocked_on = ANY (:own::text[]))
                        ORDER BY guid FOR UPDATE""")
                .param("target", target)
                .param("token", token)
                .param("own", own)
                .query(row -> {
                    if (row.getBoolean(2)) {
                        owned.add(row.getString(1));
                    }
                });
        return owned;
    }

    private byte @Nullable [] baseOf(String target, Settlement s) {
        Agreement link = s.link();
        return link == null || link.asNoted() ? null : vault.seal(link.base(), target, s.guid());
    }

    private void upsertLinks(String target, UUID token, List<Settlement> settlements, Concern concern) {
        List<Settlement> agreed = new ArrayList<>();
        List<Agreement> links = new ArrayList<>();
        for (Settlement s : settlements) {
            if (s.link() != null) {
                agreed.add(s);
                links.add(s.link());
            }
        }
        if (agreed.isEmpty()) {
            return;
        }
        if (concern.otherKeys()) {
            resealing.links(target, agreed.stream().map(Settlement::guid).toList());
        }
        db.sql("""
                        WITH at AS MATERIALIZED (SELECT hub.now() AS now)
                        INSERT INTO hub.link AS l (target, guid, kind, external_id, version, base, mapping_hash, lane,
                                                   linked_at, agreed_at, deleted_at)
                        SELECT :target, guid, kind, external_id, version,
                               CASE WHEN as_noted THEN (SELECT s.record FROM hub.sent s
                                                        WHERE s.target = :target AND s.guid = agreed.guid AND s.token = :token)
                                    ELSE base END,
                               mapping_hash, lane, at.now, at.now, CASE WHEN deleted THEN at.now END
                        FROM unnest(:guids::text[], :kinds::text[], :ids::text[], :versions::text[], :bases::bytea[],
                                    :noted::boolean[], :hashes::text[], :lanes::text[], :deleted::boolean[])
                             AS agreed (guid, kind, external_id, version, base, as_noted, mapping_hash, lane, deleted), at
                        ORDER BY guid
                        ON CONFLICT (target, guid) DO UPDATE SET
                            kind = excluded.kind,
                            external_id = excluded.external_id,
                            previous_version = CASE WHEN excluded.base = l.base THEN l.previous_version ELSE l.version END,
                            previous_base = CASE WHEN excluded.base = l.base THEN l.previous_base ELSE l.base END,
                            version = coalesce(excluded.version, l.version),
                            base = coalesce(excluded.base, l.base),
                            mapping_hash = excluded.mapping_hash,
                            lane = excluded.lane,
                            revision = l.revision + 1,
                            agreed_at = excluded.agreed_at,
                            deleted_at = excluded.deleted_at""")
                .param("target", target)
                .param("guids", agreed.stream().map(Settlement::guid).toArray(String[]::new))
                .param("kinds", links.stream().map(Agreement::kind).toArray(String[]::new))
                .param("ids", links.stream().map(Agreement::externalId).toArray(String[]::new))
                .param("versions", links.stream().map(Agreement::version).toArray(String[]::new))
                .param(
                        "bases",
                        sparse(agreed.stream().map(s -> baseOf(target, s)).toArray(byte[][]::new)))
                .param("noted", links.stream().map(Agreement::asNoted).toArray(Boolean[]::new))
                .param("token", token)
                .param("hashes", links.stream().map(Agreement::mappingHash).toArray(String[]::new))
                .param("lanes", links.stream().map(Agreement::lane).toArray(String[]::new))
                .param("deleted", links.stream().map(Agreement::deleted).toArray(Boolean[]::new))
                .update();
        parkDiffering(target, agreed);
    }

    /** Hands records to the next pull that hold something else at the target than was agreed on. */
    private void parkDiffering(String target, List<Settlement> agreed) {
        List<String> ids = new ArrayList<>();
        List<String> kinds = new ArrayList<>();
        List<String> guids = new ArrayList<>();
        for (Settlement s : agreed) {
            if (s.link() != null && s.link().differs()) {
                ids.add(s.link().externalId());
                kinds.add(s.link().kind());
                guids.add(s.guid());
            }
        }
        if (ids.isEmpty()) {
            return;
        }
        db.sql("""
                        INSERT INTO hub.parked AS p (target, external_id, kind, guid, reason_code, reason)
                        SELECT :target, external_id, kind, guid, 'differs',
                               'Changed at the target since it was last agreed on; the next pull reads it'
                        FROM unnest(:ids::text[], :kinds::text[], :guids::text[]) AS d (external_id, kind, guid)
                        ORDER BY external_id
                        ON CONFLICT (target, external_id) DO UPDATE SET last_seen = hub.now(), seen = p.seen + 1""")
                .param("target", target)
                .param("ids", ids.toArray(String[]::new))
                .param("kinds", kinds.toArray(String[]::new))
                .param("guids", guids.toArray(String[]::new))
                .update();
    }

    /**
     * Says what became of those deliveries that are still held under the token, row after row in key order.
     *
     * @return by guid
     */
    private Map<String, Written> updateDeliveries(String target, UUID token, List<Settlement> settled) {
        if (settled.isEmpty()) {
            return Map.of();
        }
        List<Settlement> settlements =
                settled.stream().sorted(Comparator.comparing(Settlement::guid)).toList();
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
        String[] kinds = new String[n];
        for (int i = 0; i < n; i++) {
            Settlement s = settlements.get(i);
            guids[i] = s.guid();
            revisions[i] = s.claimedRevision();
            states[i] = s.state().column();
            dueIn[i] = s.dueIn() == null ? null : Timestamps.seconds(s.dueIn());
            blockedOn[i] = s.blockedOn();
            uncertain[i] = s.uncertain();
            attempts[i] = s.attempted() ? 1 : 0;
            codes[i] = Text.clean(s.reasonCode());
            reasons[i] = Text.clean(s.reason());
            reasonsAt[i] = Text.clean(s.reasonAt());
            kinds[i] = s.link() == null ? null : s.link().kind();
        }
        Map<String, Written> written = new HashMap<>();
        db.sql("""
                        WITH at AS MATERIALIZED (SELECT hub.now() AS now)
                        UPDATE hub.delivery d SET
                            state = CASE WHEN d.revision > s.revision AND s.state <> 'unknown' THEN 'pending' ELSE s.state END,
                            due_at = CASE WHEN d.revision > s.revision AND s.state <> 'unknown' THEN at.now
                                          ELSE at.now + make_interval(secs => s.due_in) END,
                            blocked_on = CASE WHEN d.revision > s.revision THEN NULL ELSE s.blocked_on END,
                            uncertain_since = CASE
                                WHEN s.uncertain THEN coalesce(d.uncertain_since, at.now)
                                WHEN s.state = 'delivered' AND d.revision = s.revision THEN NULL
                                ELSE d.uncertain_since END,
                            reread = d.reread AND NOT (s.state = 'delivered' AND d.revision = s.revision),
                            attempts = CASE WHEN s.state = 'delivered' OR d.revision > s.revision THEN 0
                                            ELSE d.attempts + s.attempt END,
                            first_failed_at = CASE WHEN s.attempt = 1 AND s.state <> 'delivered'
                                                   THEN coalesce(d.first_failed_at, at.now)
                                                   WHEN s.state = 'delivered' THEN NULL ELSE d.first_failed_at END,
                            kind = CASE WHEN d.kind = '' THEN coalesce(s.kind, '') ELSE d.kind END,
                            reason_code = s.code, reason = s.reason, reason_at = s.reason_at,
                            token = NULL, settled_at = at.now,
                            owed_since = CASE WHEN d.revision > s.revision AND s.state = 'delivered'
                                              THEN at.now ELSE d.owed_since END
                        FROM unnest(:guids::text[], :revisions::bigint[], :states::text[], :dueIn::float8[],
                                    :blockedOn::text[], :uncertain::boolean[], :attempts::int[], :codes::text[],
                                    :reasons::text[], :reasonsAt::text[], :kinds::text[])
                             AS s (guid, revision, state, due_in, blocked_on, uncertain, attempt, code, reason, reason_at, kind), at
                        -- Found by key: the index of what is in flight would show all of it, row after row.
                        WHERE d.target = :target AND d.guid = s.guid AND d.token = :token AND d.state || '' = 'in_flight'
                        RETURNING d.guid, d.kind, CASE WHEN d.state = 'delivered'
                                                       THEN (extract(epoch FROM d.settled_at - d.owed_since) * 1000)::bigint END""")
                .param("target", target)
                .param("token", token)
                .param("guids", guids)
                .param("revisions", revisions)
                .param("states", states)
                .param("dueIn", sparse(dueIn))
                .param("blockedOn", sparse(blockedOn))
                .param("uncertain", uncertain)
                .param("attempts", attempts)
                .param("codes", sparse(codes))
                .param("reasons", sparse(reasons))
                .param("reasonsAt", sparse(reasonsAt))
                .param("kinds", sparse(kinds))
                .query(row -> {
                    written.put(row.getString(1), new Written(row.getString(2), row.getObject(3, Long.class)));
                });
        return written;
    }

    private static @Nullable Long slowest(Collection<Written> written) {
        Long slowest = null;
        for (Written one : written) {
            Long lag = one.lagMs();
            slowest = slowest == null || (lag != null && lag > slowest) ? lag : slowest;
        }
        return slowest;
    }

    /** Most settlements say nothing of most columns: unnest fills up with null. */
    private static <T> T[] sparse(T[] column) {
        for (T value : column) {
            if (value != null) {
                return column;
            }
        }
        return Arrays.copyOf(column, 0);
    }

    /** Both sides agree: what a device has sent until now is settled. */
    private void forgetOldForms(String target, List<Settlement> settlements) {
        String[] delivered = settlements.stream()
                .filter(s -> s.state() == State.DELIVERED)
                .map(Settlement::guid)
                .toArray(String[]::new);
        if (delivered.length > 0) {
            db.sql("""
                            DELETE FROM hub.old_form o USING hub.delivery d
                            WHERE o.target = :target AND o.guid = ANY (:delivered::text[])
                              AND d.target = o.target AND d.guid = o.guid AND d.state = 'delivered'""").param("target", target).param("delivered", delivered).update();
        }
    }

    /**
     * What another hub has taken over meanwhile: this hub's request may have arrived after the other's had read the record back
     * and forgotten this one. What never left needs nothing.
     */
    private void markLostFence(
            String target,
            UUID token,
            List<Settlement> settlements,
            Set<String> stillOwned,
            Map<String, Leaving> left) {
        String[] lost = settlements.stream()
                .filter(s -> s.tally() != Tally.NONE)
                .map(Settlement::guid)
                .filter(guid -> left.containsKey(guid) && !stillOwned.contains(guid))
                .toArray(String[]::new);
        if (lost.length == 0) {
            return;
        }
        log.warn("{}: {} deliveries were taken over by another hub; they will be read back", target, lost.length);
        db.sql("""
                        UPDATE hub.delivery SET
                            revision = revision + 1,
                            uncertain_since = hub.now(),
                            state = CASE WHEN state IN ('in_flight', 'unknown', 'held') THEN state ELSE 'pending' END,
                            due_at = CASE WHEN state IN ('in_flight', 'unknown', 'held') THEN due_at ELSE hub.now() END,
                            blocked_on = NULL
                        WHERE target = :target AND guid = ANY (:lost::text[])""").param("target", target).param("lost", lost).update();
        Map<String, Leaving> late = new HashMap<>(left);
        late.keySet().retainAll(Set.of(lost));
        sent.note(target, token, late);
    }

    private void count(long run, List<Settlement> settlements, @Nullable Long lag) {
        Map<Tally, Integer> n = new EnumMap<>(Tally.class);
        for (Settlement s : settlements) {
            n.merge(s.tally(), 1, Integer::sum);
        }
        db.sql("""
                        UPDATE hub.run SET
                            active_at = hub.now(),
                            created = created + :created, updated = updated + :updated, adopted = adopted + :adopted,
                            deleted = deleted + :deleted, unchanged = unchanged + :unchanged,
                            rejected = rejected + :rejected, retried = retried + :retried, blocked = blocked + :blocked,
                            conflicts = conflicts + :conflicts, unknown = unknown + :unknown,
                            lag_ms = greatest(lag_ms, :lag::bigint)
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
                .param("lag", lag)
                .update();
    }
}
