package org.synchub.admin;

import java.util.function.Supplier;
import org.apache.camel.ProducerTemplate;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.Targets;
import org.synchub.sync.Cause;
import org.synchub.sync.PullRequest;
import org.synchub.sync.PushRequest;
import org.synchub.sync.Reconcile;
import org.synchub.sync.Reconciliation;
import org.synchub.sync.Resync;
import org.synchub.sync.ResyncPlans;
import org.synchub.sync.TargetRegistry;

/** What people may ask of a running hub, whichever way they ask. Long work is queued; the run shows how it goes. */
public class Operations {

    private final TargetRegistry targets;
    private final Targets ledgerTargets;
    private final Deliveries deliveries;
    private final Resync resync;
    private final ResyncPlans plans;
    private final Reconcile reconcile;
    private final Supplier<ProducerTemplate> routes;

    public Operations(
            TargetRegistry targets,
            Targets ledgerTargets,
            Deliveries deliveries,
            Resync resync,
            ResyncPlans plans,
            Reconcile reconcile,
            Supplier<ProducerTemplate> routes) {
        this.plans = plans;
        this.targets = targets;
        this.ledgerTargets = ledgerTargets;
        this.deliveries = deliveries;
        this.resync = resync;
        this.reconcile = reconcile;
        this.routes = routes;
    }

    /** Queues a push. */
    public void push(String target, Cause cause, String by) {
        targets.get(target);
        routes.get().sendBody("seda:push?waitForTaskToComplete=Never", PushRequest.of(target, cause, by));
    }

    /**
     * Lets deletions go on that wait for a person's yes, and queues the push that sends them.
     *
     * @return how many
     */
    public int confirmDeletes(String target, Cause cause, String by) {
        targets.get(target);
        int confirmed = deliveries.confirmDeletes(target);
        push(target, cause, by);
        return confirmed;
    }

    /** Queues a pull. */
    public void pull(String target, Cause cause, String by) {
        targets.get(target);
        routes.get().sendBody("seda:pull?waitForTaskToComplete=Never", PullRequest.of(target, cause, by));
    }

    /**
     * Pulls first, so that an edit at the target that has not come back yet is merged and not met as a conflict. Then owes
     * everything in scope again and queues the push that compares it.
     *
     * @param confirmed whether a person has said yes to however much it takes away or empties
     * @return how many records are owed again
     * @throws org.synchub.sync.NotNow when it would take away or empty suspiciously much, and nobody has said yes
     */
    public int resync(String target, Resync.Scope scope, boolean confirmed, Cause cause, String by) {
        targets.get(target);
        plans.check(target, scope, confirmed);
        routes.get().requestBody("direct:pull", PullRequest.of(target, cause, by));
        int owed = plans.start(target, scope, by);
        routes.get().sendBody("seda:push?waitForTaskToComplete=Never", PushRequest.resync(target, cause, by));
        return owed;
    }

    /**
     * Lets the resyncs of a target go no further.
     *
     * @return how many records are not read back any more
     */
    public int cancelResync(String target, String by) {
        return resync.cancel(target, by);
    }

    /**
     * What {@link #reconcile} would do.
     *
     * @param restored what went back to an older state; null for what the hub has noticed
     */
    public Reconciliation planReconcile(String target, Targets.@Nullable Restored restored) {
        return reconcile.plan(target, restored);
    }

    /**
     * Puts right what a restore has left behind, lets the target go on and queues a push.
     *
     * @param restored what went back to an older state; null for what the hub has noticed
     */
    public Reconciliation reconcile(String target, Targets.@Nullable Restored restored, Cause cause, String by) {
        Reconciliation done = reconcile.run(target, restored, cause, by);
        push(target, cause, by);
        return done;
    }

    /** Stops or lets go on what the hub sends to a target and reads from it. */
    public void pause(String target, boolean pause, String by) {
        targets.get(target);
        ledgerTargets.pause(target, pause, "Paused by " + by);
    }
}
