package org.synchub.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.synchub.ledger.Settlement.Tally;

/** Records that wait for another one to arrive first: freed when it does, failed when it cannot. */
final class Dependents {

    /** When a record is tried again whose parent somebody else has in hand just now. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    private final JdbcClient db;

    Dependents(JdbcClient db) {
        this.db = db;
    }

    /** A record that another one waits for, as it stands now that its row is locked. */
    record Parent(@Nullable State state, boolean linked) {}

    /**
     * Locks the records that others are about to wait for, so that none of them arrives or fails unseen meanwhile. Does not
     * wait for one that another hub has in hand, or is stopped over.
     *
     * @return those that could be had
     */
    Set<String> lock(String target, String[] parents) {
        return parents.length == 0
                ? Set.of()
                : db.sql("""
                                SELECT guid FROM hub.delivery WHERE target = :target AND guid = ANY (:parents::text[])
                                ORDER BY guid FOR UPDATE SKIP LOCKED""")
                        .param("target", target)
                        .param("parents", parents)
                        .query(String.class)
                        .set();
    }

    Map<String, Parent> parents(String target, String[] guids) {
        Map<String, Parent> parents = new HashMap<>();
        if (guids.length > 0) {
            db.sql("""
                            SELECT p.guid, d.state, l.guid IS NOT NULL
                            FROM unnest(:guids::text[]) AS p (guid)
                            LEFT JOIN hub.delivery d ON d.target = :target AND d.guid = p.guid
                                AND NOT (d.operation = 'D' AND d.state IN ('delivered', 'excluded'))
                            LEFT JOIN hub.link l ON l.target = :target AND l.guid = p.guid AND l.deleted_at IS NULL""").param("target", target).param("guids", guids).query(row -> {
                String state = row.getString(2);
                parents.put(row.getString(1), new Parent(state == null ? null : State.of(state), row.getBoolean(3)));
            });
        }
        return parents;
    }

    /**
     * Between mapping and settling the parent may have been linked, then nobody would wake this child again; or it may
     * have failed, then nobody would fail it.
     */
    static Settlement checkParent(Settlement child, Map<String, Parent> parents, Set<String> locked) {
        String guid = child.blockedOn();
        if (guid == null) {
            return child;
        }
        Parent parent = parents.get(guid);
        if (parent != null && parent.linked()) {
            return Settlement.givenBack(child.guid(), child.claimedRevision(), Duration.ZERO);
        }
        if (parent != null && parent.state() != null && !locked.contains(guid)) {
            return Settlement.givenBack(child.guid(), child.claimedRevision(), LOOK_AGAIN);
        }
        Obstacle obstacle = child.state() == State.BLOCKED ? obstacle(parent == null ? null : parent.state()) : null;
        if (obstacle == null) {
            return child;
        }
        return new Settlement(
                child.guid(),
                child.claimedRevision(),
                State.REJECTED,
                null,
                guid,
                child.uncertain(),
                false,
                Tally.REJECTED,
                obstacle.code(),
                obstacle.reason("record " + guid),
                null,
                null);
    }

    /** Why a record without a link cannot be waited for. */
    private static @Nullable Obstacle obstacle(@Nullable State parent) {
        if (parent == null) {
            return Obstacle.ABSENT;
        }
        return switch (parent) {
            case REJECTED, CONFLICT, HELD -> Obstacle.REJECTED;
            case EXCLUDED, DISCARDED, DELIVERED -> Obstacle.EXCLUDED;
            case PENDING, IN_FLIGHT, RETRY, BLOCKED, UNKNOWN -> null;
        };
    }

    /**
     * What a change of today waits for is as urgent as that change; else it would wait for the rest of a backfill.
     *
     * @param parents locked in this transaction
     */
    void hurry(String target, Set<String> parents) {
        if (parents.isEmpty()) {
            return;
        }
        db.sql("""
                        WITH waiting AS (
                            SELECT blocked_on, min(priority) AS priority FROM hub.delivery
                            WHERE target = :target AND blocked_on = ANY (:parents::text[]) GROUP BY 1)
                        UPDATE hub.delivery d SET priority = waiting.priority FROM waiting
                        WHERE d.target = :target AND d.guid = waiting.blocked_on
                          AND d.state = 'pending' AND d.priority > waiting.priority""")
                .param("target", target)
                .param("parents", parents.toArray(String[]::new))
                .update();
    }

    void freeChildren(String target, List<Settlement> settlements) {
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

    /** Records that two writers blocked on each other at the same time: neither could see it when it mapped. */
    void failCycles(String target, List<Settlement> settlements) {
        String[] blocked = settlements.stream()
                .filter(s -> s.state() == State.BLOCKED)
                .map(Settlement::guid)
                .toArray(String[]::new);
        if (blocked.length > 0) {
            failWaiting(target, failCyclic(target, blocked), Obstacle.REJECTED);
        }
    }

    /** Of these blocked records, fails those that wait, through any number of others, for themselves. */
    private List<String> failCyclic(String target, String[] blocked) {
        return db.sql("""
                        WITH RECURSIVE chain (start, guid, depth) AS (
                            SELECT guid, blocked_on, 1 FROM hub.delivery
                            WHERE target = :target AND guid = ANY (:blocked::text[]) AND state = 'blocked'
                            UNION ALL
                            SELECT c.start, d.blocked_on, c.depth + 1 FROM chain c
                            JOIN hub.delivery d ON d.target = :target AND d.guid = c.guid
                            WHERE d.state = 'blocked' AND c.guid <> c.start AND c.depth < 100)
                        UPDATE hub.delivery SET state = 'rejected', due_at = NULL, reason_code = :code,
                               reason = replace(:reason, '%s', 'record ' || blocked_on)
                        WHERE target = :target AND guid IN (SELECT start FROM chain WHERE guid = start)
                        RETURNING guid""")
                .param("target", target)
                .param("blocked", blocked)
                .param("code", Obstacle.CYCLIC.code())
                .param("reason", Obstacle.CYCLIC.reason("%s"))
                .query(String.class)
                .list();
    }

    void failChildren(String target, List<Settlement> settlements) {
        Map<Obstacle, List<String>> failed = new EnumMap<>(Obstacle.class);
        for (Settlement s : settlements) {
            Obstacle obstacle = s.state() == State.DELIVERED ? null : obstacle(s.state());
            if (obstacle != null) {
                failed.computeIfAbsent(obstacle, o -> new ArrayList<>()).add(s.guid());
            }
        }
        failed.forEach((obstacle, guids) -> failWaiting(target, guids, obstacle));
    }

    /** Fails what waits for these records, and what waits for that. */
    private void failWaiting(String target, Collection<String> parents, Obstacle obstacle) {
        Collection<String> failed = parents;
        Obstacle why = obstacle;
        while (!failed.isEmpty()) {
            failed = db.sql("""
                            UPDATE hub.delivery SET state = 'rejected', due_at = NULL, reason_code = :code,
                                   reason = replace(:reason, '%s', 'record ' || blocked_on)
                            WHERE target = :target AND blocked_on = ANY (:failed::text[]) AND state = 'blocked'
                              AND NOT EXISTS (SELECT FROM hub.link l WHERE l.target = :target
                                              AND l.guid = delivery.blocked_on AND l.deleted_at IS NULL)
                            RETURNING guid""")
                    .param("target", target)
                    .param("failed", failed.toArray(String[]::new))
                    .param("code", why.code())
                    .param("reason", why.reason("%s"))
                    .query(String.class)
                    .list();
            why = Obstacle.REJECTED;
        }
    }

    /**
     * Frees what is blocked on a record that has a link by now, and fails what waits for a record that cannot come.
     *
     * @return how many were freed
     */
    int sweepBlocked(String target) {
        int freed = db.sql("""
                        UPDATE hub.delivery SET state = 'pending', due_at = hub.now(), blocked_on = NULL,
                               reason_code = NULL, reason = NULL
                        WHERE target = :target AND guid IN (
                            SELECT d.guid FROM hub.delivery d
                            JOIN hub.link l ON l.target = d.target AND l.guid = d.blocked_on AND l.deleted_at IS NULL
                            WHERE d.target = :target AND d.blocked_on IS NOT NULL AND d.state IN ('blocked', 'rejected')
                            ORDER BY d.guid FOR UPDATE OF d SKIP LOCKED)""").param("target", target).update();
        record Waiting(String parent, @Nullable State state) {}
        List<Waiting> waiting = db.sql("""
                        SELECT DISTINCT d.blocked_on, p.state FROM hub.delivery d
                        LEFT JOIN hub.delivery p ON p.target = d.target AND p.guid = d.blocked_on
                            AND NOT (p.operation = 'D' AND p.state IN ('delivered', 'excluded'))
                        WHERE d.target = :target AND d.blocked_on IS NOT NULL AND d.state = 'blocked'""")
                .param("target", target)
                .query((row, n) ->
                        new Waiting(row.getString(1), row.getString(2) == null ? null : State.of(row.getString(2))))
                .list();
        Map<Obstacle, List<String>> hopeless = new EnumMap<>(Obstacle.class);
        List<String> blockedParents = new ArrayList<>();
        for (Waiting w : waiting) {
            Obstacle obstacle = obstacle(w.state());
            if (obstacle != null) {
                hopeless.computeIfAbsent(obstacle, o -> new ArrayList<>()).add(w.parent());
            } else if (w.state() == State.BLOCKED) {
                blockedParents.add(w.parent());
            }
        }
        hopeless.forEach((obstacle, parents) -> failWaiting(target, parents, obstacle));
        if (!blockedParents.isEmpty()) {
            failWaiting(target, failCyclic(target, blockedParents.toArray(String[]::new)), Obstacle.REJECTED);
        }
        return freed;
    }
}
