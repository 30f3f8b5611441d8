package org.synchub.admin;

import java.util.List;
import org.springframework.jmx.export.annotation.ManagedAttribute;
import org.springframework.jmx.export.annotation.ManagedOperation;
import org.springframework.jmx.export.annotation.ManagedOperationParameter;
import org.springframework.jmx.export.annotation.ManagedResource;
import org.synchub.ledger.Runs;
import org.synchub.ledger.State;
import org.synchub.sync.Cause;
import org.synchub.sync.Resync;
import org.synchub.sync.StatusReport;

/** One target as {@code org.synchub:type=Target,name=…}. */
@ManagedResource(description = "One external system that the hub keeps in agreement with DataCollect")
public class TargetMBean {

    private final String target;
    private final StatusReport status;
    private final Operations operations;

    TargetMBean(String target, StatusReport status, Operations operations) {
        this.target = target;
        this.status = status;
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
        return run == null ? "" : run.toString();
    }

    @ManagedOperation(description = "Sends what is owed now")
    public void push() {
        operations.push(target, Cause.JMX, "jmx");
    }

    @ManagedOperation(description = "Reads what changed at the target now")
    public void pull() {
        operations.pull(target, Cause.JMX, "jmx");
    }

    @ManagedOperation(
            description =
                    "Reads every delivered record back, compares it and puts it right; returns how many are owed again")
    @ManagedOperationParameter(name = "kind", description = "Only this record kind of the mapping; empty means all")
    public int resync(String kind) {
        Resync.Scope scope =
                kind == null || kind.isBlank() ? Resync.Scope.FULL : new Resync.Scope(List.of(kind), List.of(), false);
        return operations.resync(target, scope, Cause.JMX, "jmx");
    }

    @ManagedOperation(description = "Stops speaking to the target until resume")
    public void pause() {
        operations.pause(target, true, "jmx");
    }

    @ManagedOperation(description = "Goes on after pause, or after a stop that a person has mended")
    public void resume() {
        operations.pause(target, false, "jmx");
    }
}
