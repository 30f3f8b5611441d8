package org.synchub.sync;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.ledger.ConflictQueue;
import org.synchub.ledger.Debt;
import org.synchub.ledger.DecisionStatistics;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.Exchanges;
import org.synchub.ledger.Links;
import org.synchub.ledger.PullLedger;
import org.synchub.ledger.PullLedger.Parked;
import org.synchub.ledger.Runs;
import org.synchub.ledger.State;
import org.synchub.ledger.StoredLink;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.OnDelete;
import org.synchub.store.PulledChange;
import org.synchub.store.PulledStore;
import org.synchub.store.WriteResult;

/** Writes what was decided about a page, in one short transaction: all of it or nothing. */
public class PullWriter {

    private final PullLedger ledger;
    private final ConflictQueue queue;
    private final Deliveries deliveries;
    private final Links links;
    private final Runs runs;
    private final PulledStore store;
    private final TransactionTemplate transaction;
    private final Transcripts transcripts;
    private final List<Happenings> watchers = new CopyOnWriteArrayList<>();

    public PullWriter(
            PullLedger ledger,
            ConflictQueue queue,
            Deliveries deliveries,
            Links links,
            Runs runs,
            PulledStore store,
            Exchanges exchanges,
            Clock clock,
            TransactionTemplate transaction) {
        this.transcripts = new Transcripts(exchanges.isKept(), clock);
        this.ledger = ledger;
        this.queue = queue;
        this.deliveries = deliveries;
        this.links = links;
        this.runs = runs;
        this.store = store;
        this.transaction = transaction;
    }

    /** Who decided, for the rows that say so. */
    record Author(String name, String choice) {
        static final Author HUB = new Author("hub", "rule");
    }

    /** The entities were changed by others, or a lock was not free: decide again. */
    private static final class Again extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Again() {
            super(null, null, false, false);
        }
    }

    /**
     * Writes the plans.
     *
     * @param last what else belongs into the transaction
     * @return false when others changed a record since it was read: nothing is written then
     */
    boolean write(TargetRuntime target, long run, Author author, List<PullPlan> plans, Runnable last) {
        Map<String, Count> counts;
        try {
            counts = transaction.execute(status -> writeAll(target, run, author, plans, last));
        } catch (Again | ConcurrencyFailureException moved) {
            return false;
        }
        tell(target.name(), plans, counts);
        return true;
    }

    /** Tells somebody from now on what is decided and what became of records that were read. */
    public void watch(Happenings watcher) {
        watchers.add(watcher);
    }

    private void tell(String target, List<PullPlan> plans, Map<String, Count> counts) {
        for (Happenings watcher : watchers) {
            counts.forEach((kind, n) -> {
                watcher.pulled(target, kind, "pulled", n.pulled);
                watcher.pulled(target, kind, "echo", n.echoes);
                watcher.pulled(target, kind, "parked", n.parked);
                watcher.pulled(target, kind, "conflict", n.conflicts);
            });
        }
        for (PullPlan plan : plans) {
            for (PullLedger.Decision decision : plan.decisions()) {
                String resolution = DecisionStatistics.resolution(decision.standing(), decision.rule());
                watchers.forEach(
                        watcher -> watcher.decided(target, plan.remote().kind(), decision.conflictKind(), resolution));
            }
        }
    }

    /** Counts what was seen without being a record of a page. */
    void count(String target, long run, int echoes, int parked) {
        runs.countPull(run, 0, echoes, parked, 0);
        watchers.forEach(watcher -> {
            watcher.pulled(target, "", "echo", echoes);
            watcher.pulled(target, "", "parked", parked);
        });
    }

    /** @return what is to be counted, by record kind */
    private Map<String, Count> writeAll(
            TargetRuntime target, long run, Author author, List<PullPlan> plans, Runnable last) {
        String name = target.name();
        // In the order in which a settling push takes its locks: deliveries, then links, then the store.
        deliveries.owe(name, debts(target.mapping(), plans), false);
        Set<String> pulled = new HashSet<>();
        for (PulledChange change : parts(plans, PullPlan::change)) {
            if (change.doc() != null) {
                pulled.add(change.entityGuid());
            }
        }
        if (!ledger.agree(name, parts(plans, PullPlan::agreed), pulled)) {
            throw new Again();
        }
        Map<String, Count> counts = new HashMap<>();
        ledger.park(name, parts(plans, plan -> parked(target, plan))).forEach((kind, n) -> of(counts, kind).parked = n);
        List<String> settled = new ArrayList<>();
        List<String> known = new ArrayList<>();
        for (PullPlan plan : plans) {
            if (plan.parked() == null) {
                of(counts, plan.remote().kind()).add(plan);
                known.add(plan.remote().externalId());
            }
            if (plan.unsettled() != null) {
                queue.put(name, plan.unsettled());
            } else if (plan.parked() == null) {
                settled.add(plan.remote().externalId());
            }
        }
        ledger.record(
                name,
                run,
                author.name(),
                plans.stream().flatMap(plan -> plan.decisions().stream()).toList());
        ledger.unpark(name, known);
        queue.close(name, settled, author.name(), author.choice());
        Count all = new Count();
        counts.values().forEach(all::add);
        runs.countPull(run, all.pulled, all.echoes, all.parked, all.conflicts);
        last.run();
        // The store's lock is held from here to the end.
        writeEvents(target, plans);
        return counts;
    }

    private static Count of(Map<String, Count> counts, String kind) {
        return counts.computeIfAbsent(kind, k -> new Count());
    }

    /** With what was read of it, unless it is only put off until the next pull. */
    private @Nullable Parked parked(TargetRuntime target, PullPlan plan) {
        Parked parked = plan.parked();
        return parked == null || plan.isBusy() ? parked : transcripts.tell(target, parked, plan.remote());
    }

    /** What the plans have of one kind. */
    private static <T> List<T> parts(List<PullPlan> plans, Function<PullPlan, @Nullable T> part) {
        List<T> parts = new ArrayList<>();
        for (PullPlan plan : plans) {
            T one = part.apply(plan);
            if (one != null) {
                parts.add(one);
            }
        }
        return parts;
    }

    /** A delivery that waits for this conflict to be settled is owed again, even if nothing is left to send. */
    private List<Debt> debts(Mapping mapping, List<PullPlan> plans) {
        String target = mapping.target();
        List<String> agreed = new ArrayList<>();
        for (PullPlan plan : plans) {
            if (plan.agreed() != null && plan.owe() == null && !plan.agreed().deleted()) {
                agreed.add(plan.agreed().guid());
            }
        }
        for (PullPlan plan : plans) {
            if (plan.unsettled() != null && plan.unsettled().leave()) {
                agreed.add(String.valueOf(plan.unsettled().guid()));
            }
        }
        Map<String, State> states = deliveries.states(target, agreed);
        List<Debt> debts = new ArrayList<>();
        for (PullPlan plan : plans) {
            if (plan.owe() != null) {
                debts.add(plan.owe());
            } else if (plan.unsettled() != null
                    && plan.unsettled().leave()
                    && states.get(String.valueOf(plan.unsettled().guid())) == State.CONFLICT) {
                debts.add(new Debt(
                        String.valueOf(plan.unsettled().guid()),
                        plan.unsettled().kind(),
                        String.valueOf(plan.unsettled().guid()),
                        false,
                        State.DISCARDED,
                        Debt.LIVE,
                        Conclusion.LEFT,
                        "Each side is left as it is"));
            } else if (plan.agreed() != null && states.get(plan.agreed().guid()) == State.CONFLICT) {
                debts.add(Conclusion.owe(
                        plan.agreed().guid(),
                        plan.agreed().kind(),
                        plan.agreed().lane(),
                        Priorities.live(mapping, plan.agreed().kind())));
            }
        }
        return debts;
    }

    private static final class Count {
        private int pulled;
        private int echoes;
        private int parked;
        private int conflicts;

        void add(PullPlan plan) {
            if (plan.unsettled() != null) {
                conflicts += plan.unsettled().leave() ? 0 : 1;
            } else if (plan.agreed() != null) {
                pulled++;
            } else {
                echoes++;
            }
        }

        void add(Count other) {
            pulled += other.pulled;
            echoes += other.echoes;
            parked += other.parked;
            conflicts += other.conflicts;
        }
    }

    private void writeEvents(TargetRuntime target, List<PullPlan> plans) {
        List<PulledChange> changes = parts(plans, PullPlan::change);
        if (changes.isEmpty()) {
            return;
        }
        ledger.oweMerkleRoot(target.name());
        List<String> cascaded = new ArrayList<>();
        for (WriteResult result : store.write(target.mapping().tenant(), target.name(), changes)) {
            if (result instanceof WriteResult.MovedOn) {
                throw new Again();
            }
            if (result instanceof WriteResult.Written written) {
                cascaded.addAll(written.cascaded());
            }
        }
        deliveries.owe(target.name(), deletions(target, cascaded), false);
    }

    /** Members that went with their group are still at the target. */
    private List<Debt> deletions(TargetRuntime target, List<String> cascaded) {
        List<Debt> debts = new ArrayList<>();
        for (StoredLink link : links.byGuid(target.name(), cascaded).values()) {
            if (!link.deleted()) {
                boolean ask = target.mapping()
                        .kindNamed(link.kind())
                        .map(Kind::onDelete)
                        .filter(OnDelete.ASK::equals)
                        .isPresent();
                debts.add(new Debt(
                        link.guid(),
                        link.kind(),
                        link.lane(),
                        true,
                        ask ? State.HELD : State.PENDING,
                        Priorities.live(target.mapping(), link.kind()),
                        ask ? "delete-asks" : null,
                        ask ? "Deleted with its group; the mapping's onDelete asks before it goes" : null));
            }
        }
        return debts;
    }
}
