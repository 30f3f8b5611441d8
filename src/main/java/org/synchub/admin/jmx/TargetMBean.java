package org.synchub.admin.jmx;

import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jmx.export.annotation.ManagedAttribute;
import org.springframework.jmx.export.annotation.ManagedNotification;
import org.springframework.jmx.export.annotation.ManagedOperation;
import org.springframework.jmx.export.annotation.ManagedOperationParameter;
import org.springframework.jmx.export.annotation.ManagedResource;
import org.synchub.admin.Operations;
import org.synchub.ledger.Runs;
import org.synchub.ledger.State;
import org.synchub.ledger.Targets.Restored;
import org.synchub.sync.Cause;
import org.synchub.sync.Reconciliation;
import org.synchub.sync.Resync;
import org.synchub.sync.ResyncPlan;
import org.synchub.sync.ResyncPlans;
import org.synchub.sync.StatusReport;

/** One target as {@code org.synchub:type=Target,name=…}. */
@ManagedResource(description = "One external system that the hub keeps in agreement with DataCollect")
@ManagedNotification(
        name = "javax.management.Notification",
        description = "Failures and conflicts of this target's runs, and trouble with the target; keys and counts only",
        notificationTypes = {Notices.FAILED, Notices.REJECTED, Notices.CONFLICTS, Notices.TROUBLE})
public class TargetMBean extends Notices {

    private static final String KIND = "Only this record kind of the mapping; empty means all";

    private static final String GUIDS = "Guids of entities in DataCollect, with commas between them";

    private static final String RESTORED =
            "hub, store, database or target: what was brought back; empty means what the hub has noticed";

    private final String target;
    private final StatusReport status;
    private final Resync resync;
    private final ResyncPlans plans;
    private final Operations operations;
    private final JmxActions actions;

    TargetMBean(
            String target,
            StatusReport status,
            Resync resync,
            ResyncPlans plans,
            Operations operations,
            JmxActions actions) {
        this.actions = actions;
        this.target = target;
        this.status = status;
        this.resync = resync;
        this.plans = plans;
        this.operations = operations;
    }

    @ManagedAttribute(description = "running, backing_off, stopped or paused")
    public String getCondition() {
        return status.of(target).condition();
    }

    @ManagedAttribute(description = "Why the target is not running; empty when it is")
    public String getReason() {
        String reason = status.of(target).reason();
        return reason == null ? "" : reason;
    }

    @ManagedAttribute(description = "Records on their way to the target")
    public long getOwed() {
        return status.of(target).owed();
    }

    @ManagedAttribute(description = "Records delivered in their newest state")
    public long getDelivered() {
        return status.of(target).in(State.DELIVERED);
    }

    @ManagedAttribute(description = "Records that a person has to look at: rejected, in conflict or held")
    public long getNeedAttention() {
        return status.of(target).needAttention();
    }

    @ManagedAttribute(description = "Direction, status and counts of the newest run; empty when there was none")
    public String getLastRun() {
        Runs.Run run = status.of(target).lastRun();
        return run == null
                ? ""
                : run.direction() + " " + run.status() + " (run " + run.id() + "): " + run.delivered() + " delivered, "
                        + run.rejected() + " rejected, " + run.conflicts() + " in conflict, " + run.pulled()
                        + " pulled, "
                        + run.parked() + " parked";
    }

    @ManagedAttribute(description = "When a run last succeeded, as in 2026-11-21T18:00:00Z; empty when none has")
    public String getLastSuccess() {
        return text(status.of(target).lastSuccess());
    }

    @ManagedAttribute(description = "Since when the oldest record on its way is owed; empty when nothing is")
    public String getOldestOwed() {
        return text(status.of(target).oldestOwed());
    }

    @ManagedAttribute(description = "When a target in trouble is tried again; empty when it is not in trouble")
    public String getNextTry() {
        return text(status.of(target).nextTry());
    }

    @ManagedAttribute(description = "When the schedule pushes next; empty when it does not")
    public String getNextPush() {
        return text(status.of(target).nextPush());
    }

    @ManagedAttribute(description = "When the schedule pulls next; empty when it does not")
    public String getNextPull() {
        return text(status.of(target).nextPull());
    }

    @ManagedAttribute(
            description =
                    "Seconds from change to acknowledgement, the longest of the newest delivering run; -1 when there was none")
    public double getLag() {
        Double lag = status.of(target).lag();
        return lag == null ? -1 : lag;
    }

    @ManagedAttribute(description = "Records that wait until a conflict is settled")
    public long getInConflict() {
        return status.of(target).in(State.CONFLICT);
    }

    @ManagedAttribute(description = "The mappingVersion of the mapping file")
    public int getMappingVersion() {
        return status.of(target).mappingVersion();
    }

    private static String text(@Nullable Instant time) {
        return time == null ? "" : time.toString();
    }

    @ManagedAttribute(description = "Records that a resync has still to read back and compare")
    public long getToCompare() {
        return resync.progress(target).toCompare();
    }

    @ManagedOperation(description = "Sends what is owed now")
    public void push() {
        act("push", who -> operations.push(target, Cause.JMX, who));
    }

    @ManagedOperation(
            description = "Lets deletions go on that wait for a person's yes, and sends them; returns how many")
    public int confirmDeletes() {
        return count("confirmDeletes", who -> operations.confirmDeletes(target, Cause.JMX, who));
    }

    @ManagedOperation(description = "Reads what changed at the target now")
    public void pull() {
        act("pull", who -> operations.pull(target, Cause.JMX, who));
    }

    @ManagedOperation(
            description =
                    "Reads every delivered record back, compares it and puts it right; returns how many are owed again")
    @ManagedOperationParameter(name = "kind", description = KIND)
    public int resync(String kind) {
        return count("resync", who -> operations.resync(target, scope(kind), false, Cause.JMX, who));
    }

    @ManagedOperation(
            description = "The same for what became owed or was settled since a time; returns how many are owed again")
    @ManagedOperationParameter(name = "since", description = "Such as 2026-11-21T18:00:00Z; empty means whenever")
    @ManagedOperationParameter(
            name = "confirm",
            description = "true lets it take away or empty more than the mapping's maxDeletes")
    public int resyncSince(String since, boolean confirm) {
        return count("resyncSince", who -> operations.resync(target, since(since), confirm, Cause.JMX, who));
    }

    @ManagedOperation(description = "The same for single records; returns how many are owed again")
    @ManagedOperationParameter(name = "guids", description = GUIDS)
    @ManagedOperationParameter(
            name = "confirm",
            description = "true lets it take away or empty more than the mapping's maxDeletes")
    public int resyncRecords(String guids, boolean confirm) {
        return count("resyncRecords", who -> operations.resync(target, records(guids), confirm, Cause.JMX, who));
    }

    @ManagedOperation(
            description =
                    "Compares every record first, and puts right what is not the same on both sides; returns how many"
                            + " are owed again")
    @ManagedOperationParameter(name = "kind", description = KIND)
    @ManagedOperationParameter(
            name = "confirm",
            description = "true lets it take away or empty more than the mapping's maxDeletes")
    public int resyncDiffering(String kind, boolean confirm) {
        Resync.Scope scope = new Resync.Scope(scope(kind).kinds(), List.of(), false, true, null);
        return count("resyncDiffering", who -> operations.resync(target, scope, confirm, Cause.JMX, who));
    }

    @ManagedOperation(description = "How many records a resync would create, update, and so on, without doing anything")
    @ManagedOperationParameter(name = "kind", description = KIND)
    public Map<String, Long> planResync(String kind) {
        return plan(scope(kind));
    }

    @ManagedOperation(description = "The same for what became owed or was settled since a time")
    @ManagedOperationParameter(name = "since", description = "Such as 2026-11-21T18:00:00Z; empty means whenever")
    public Map<String, Long> planResyncSince(String since) {
        return plan(since(since));
    }

    @ManagedOperation(description = "The same for single records")
    @ManagedOperationParameter(name = "guids", description = GUIDS)
    public Map<String, Long> planResyncRecords(String guids) {
        return plan(records(guids));
    }

    private Map<String, Long> plan(Resync.Scope scope) {
        ResyncPlan plan = JmxActions.told(() -> plans.of(target, scope, false));
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("create", plan.creates());
        counts.put("update", plan.updates());
        counts.put("delete", plan.deletes());
        counts.put("take here", plan.takenHere());
        counts.put("conflict", plan.conflicts());
        counts.put("unchanged", plan.unchanged());
        counts.put("not sent", plan.notSent());
        return counts;
    }

    @ManagedOperation(
            description =
                    "Lets resyncs of this target go no further; returns how many records are not read back any more")
    public int cancelResync() {
        return count("cancelResync", who -> operations.cancelResync(target, who));
    }

    @ManagedOperation(
            description = "Tries again what was rejected, is in conflict or was given up; returns how many records")
    public int retryRejected() {
        Resync.Scope rejected = new Resync.Scope(List.of(), List.of(), true);
        return count("retryRejected", who -> operations.resync(target, rejected, false, Cause.JMX, who));
    }

    @ManagedOperation(description = "What reconcile would do, without doing anything")
    @ManagedOperationParameter(name = "restored", description = RESTORED)
    public Map<String, Long> planReconcile(String restored) {
        return counts(JmxActions.told(() -> operations.planReconcile(target, Restored.of(restored))));
    }

    @ManagedOperation(
            description =
                    "After schema hub, the store or the target was brought back from an older backup: puts both sides right"
                            + " by key and lets the target go on; returns what became of the records")
    @ManagedOperationParameter(name = "restored", description = RESTORED)
    public Map<String, Long> reconcile(String restored) {
        return counts(actions.run(
                "reconcile",
                target,
                who -> operations.reconcile(target, Restored.of(restored), Cause.JMX, who),
                Reconciliation::compared));
    }

    private static Map<String, Long> counts(Reconciliation so) {
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("compared", so.compared());
        counts.put("linked", so.linked());
        counts.put("owed", so.owed());
        counts.put("taken", so.taken());
        counts.put("conflict", so.conflicts());
        counts.put("parked", so.parked());
        counts.put("unchanged", so.unchanged());
        return counts;
    }

    @ManagedOperation(description = "Stops speaking to the target until resume")
    public void pause() {
        act("pause", who -> operations.pause(target, true, who));
    }

    @ManagedOperation(description = "Goes on after pause, or after a stop that a person has mended")
    public void resume() {
        act("resume", who -> operations.pause(target, false, who));
    }

    private void act(String operation, Consumer<String> work) {
        count(operation, who -> {
            work.accept(who);
            return 0;
        });
    }

    private int count(String operation, Function<String, Integer> work) {
        return actions.run(operation, target, work, Integer::longValue);
    }

    private static Resync.Scope since(String since) {
        return new Resync.Scope(
                List.of(), List.of(), false, false, since == null || since.isBlank() ? null : Instant.parse(since));
    }

    private static Resync.Scope records(String guids) {
        List<String> named = guids == null
                ? List.of()
                : Arrays.stream(guids.split(","))
                        .map(String::strip)
                        .filter(guid -> !guid.isEmpty())
                        .toList();
        if (named.isEmpty()) {
            throw new IllegalArgumentException("Name the guids of the records; resync with an empty kind takes all");
        }
        return new Resync.Scope(List.of(), named, false);
    }

    private static Resync.Scope scope(String kind) {
        return kind == null || kind.isBlank() ? Resync.Scope.FULL : new Resync.Scope(List.of(kind), List.of(), false);
    }
}
