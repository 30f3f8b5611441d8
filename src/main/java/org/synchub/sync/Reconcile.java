package org.synchub.sync;

import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.ledger.ClientMark;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.Links;
import org.synchub.ledger.PullLedger;
import org.synchub.ledger.Runs;
import org.synchub.ledger.Targets;
import org.synchub.ledger.Targets.Restored;
import org.synchub.target.ChangePage;
import org.synchub.target.RemoteChange;

/**
 * Puts a target and the store right after schema {@code hub}, the store or the target was brought back from an older backup,
 * and lets the target go on. Nothing else is exchanged with the target meanwhile. May be stopped and begun again at any
 * point: what was put right is found right.
 */
public class Reconcile {

    private static final Logger log = LoggerFactory.getLogger(Reconcile.class);

    private static final int PAGE = 200;

    private final TargetRegistry targets;
    private final Targets ledgerTargets;
    private final Links links;
    private final PullLedger ledger;
    private final Deliveries deliveries;
    private final Runs runs;
    private final Captures captures;
    private final Restores restores;
    private final Pull pull;
    private final Pulls pulls;
    private final ReconcilePages pages;
    private final TransactionTemplate transaction;

    public Reconcile(
            TargetRegistry targets,
            Targets ledgerTargets,
            Links links,
            PullLedger ledger,
            Deliveries deliveries,
            Runs runs,
            Captures captures,
            Restores restores,
            Pull pull,
            Pulls pulls,
            ReconcilePages pages,
            TransactionTemplate transaction) {
        this.targets = targets;
        this.ledgerTargets = ledgerTargets;
        this.links = links;
        this.ledger = ledger;
        this.deliveries = deliveries;
        this.runs = runs;
        this.captures = captures;
        this.restores = restores;
        this.pull = pull;
        this.pulls = pulls;
        this.pages = pages;
        this.transaction = transaction;
    }

    /**
     * Says what would be put right. The target is read; nothing is changed anywhere.
     *
     * @param given what was restored; null for what the hub has noticed
     * @throws org.synchub.target.TargetTrouble when the target cannot be read
     * @throws IllegalArgumentException when nothing was noticed and nothing is given
     */
    public Reconciliation plan(String name, @Nullable Restored given) {
        TargetRuntime target = targets.get(name);
        Restored what = what(target, given);
        target.prepare();
        Reconciliation.Count count = new Reconciliation.Count();
        if (what == Restored.STORE || what == Restored.TARGET) {
            Instant to = to(target);
            eachPage(name, page -> pages.of(target, what, to, page).count(count));
        } else if (target.prepare().deltaPull()) {
            String cursor = null;
            boolean more = true;
            while (more) {
                ChangePage page = target.adapter().changes(cursor, PAGE);
                List<PullPlan> plans = pull.decide(target, page.changes(), PullDecider.Answer.POLICY);
                count.add(what == Restored.DATABASE ? pages.revived(target, plans) : plans);
                cursor = page.cursor();
                more = page.more();
            }
        } else {
            count.unchanged(links.count(name));
        }
        return count.of(name, what);
    }

    /**
     * Puts it right, as far as that can be known, and lets the target go on; what cannot be known is left to a person.
     *
     * @param given what was restored; null for what the hub has noticed
     * @throws org.synchub.target.TargetTrouble when the target fails meanwhile; it stays stopped then
     * @throws IllegalArgumentException when nothing was noticed and nothing is given
     */
    public Reconciliation run(String name, @Nullable Restored given, Cause cause, String by) {
        TargetRuntime target = targets.get(name);
        Restored what = what(target, given);
        // From here on nobody else speaks to the target, not even if this hub stops before it is done.
        ledgerTargets.restored(name, what, "The " + what.word() + " was restored; being reconciled by " + by, null);
        boolean deltaPull = target.prepare().deltaPull();
        captures.drain();
        Reconciliation.Count count = new Reconciliation.Count();
        long run = runs.start(name, "reconcile", cause.column(), by, ClientMark.current(), Correlation.currentOrNew());
        HttpTraffic.Reading before = target.traffic().read();
        Traced traced = target.traces()
                .run("reconcile", name, Traces.current())
                .with("run", run)
                .with("cause", cause.column());
        String status = "failed";
        try {
            traced.during(
                    () -> putRight(target, what, count, deltaPull, PullRequest.partOf(run, name, cause, by), run));
            status = runs.get(run).conflicts() + runs.get(run).parked() > 0 ? "partial" : "success";
        } finally {
            HttpTraffic.Reading used = target.traffic().read().since(before);
            runs.end(run, status, null, used.requests(), used.bytesOut(), used.bytesIn());
            traced.outcome(runs.get(run)).with("requests", used.requests()).end();
        }
        Reconciliation done = count.of(name, what);
        log.info("{}: reconciled by {}: {}", name, by, done);
        return done;
    }

    private void putRight(
            TargetRuntime target,
            Restored what,
            Reconciliation.Count count,
            boolean deltaPull,
            PullRequest everything,
            long run) {
        String name = target.name();
        if (what == Restored.STORE || what == Restored.TARGET) {
            Instant to = to(target);
            eachPage(name, page -> pages.settle(target, what, to, run, page, count));
        } else {
            transaction.executeWithoutResult(t -> links.jump(name));
        }
        if (deltaPull && what != Restored.STORE) {
            takeInAll(target, what, run, count, everything);
        }
        if (!deltaPull && (what == Restored.HUB || what == Restored.DATABASE)) {
            count.owed(deliveries.oweAgain(name, Resync.Scope.FULL.reach()));
        }
        pulls.renewMerkleRoot(target);
        ledgerTargets.pause(name, false, "");
        captures.sweep();
    }

    private Restored what(TargetRuntime target, @Nullable Restored given) {
        restores.beforeRun();
        Restored noticed =
                ledgerTargets.find(target.name()).map(Targets.Target::restored).orElse(null);
        Restored what = given == null ? noticed : given;
        if (what == null) {
            throw new IllegalArgumentException(
                    "The hub has not noticed that anything was restored. Name what was: --restored"
                            + " hub, store, database (both of them) or target");
        }
        return what;
    }

    private @Nullable Instant to(TargetRuntime target) {
        return ledgerTargets.find(target.name()).map(Targets.Target::restoredTo).orElse(null);
    }

    /** Goes through all linked records of a target, so many at a time. */
    private void eachPage(String target, Consumer<List<String>> step) {
        String after = "";
        for (List<String> page = links.guids(target, after, PAGE);
                !page.isEmpty();
                page = links.guids(target, after, PAGE)) {
            step.accept(page);
            after = page.get(page.size() - 1);
        }
    }

    /** Reads everything that the target has: what has no link gets it back by the hub's key, then by the mapping's. */
    private void takeInAll(
            TargetRuntime target, Restored what, long run, Reconciliation.Count count, PullRequest request) {
        long linksBefore = links.count(target.name());
        ledger.forgetCursor(target.name(), Pull.STREAM);
        pulls.despiteRestore(request);
        if (what == Restored.DATABASE) {
            pages.reviveParked(target, run, count);
        }
        Runs.Run so = runs.get(run);
        count.pulled(links.count(target.name()) - linksBefore, so);
    }

    /** Whether a record of a page carries the hub's key and has no entity any more. */
    static boolean isKeyUnknown(PullPlan plan) {
        RemoteChange remote = plan.remote();
        return plan.parked() != null && plan.parked().code().equals(Newcomers.KEY_UNKNOWN) && remote.key() != null;
    }
}
