package org.synchub.admin.jmx;

import java.util.List;
import java.util.function.BiConsumer;
import org.springframework.jmx.export.annotation.ManagedAttribute;
import org.springframework.jmx.export.annotation.ManagedNotification;
import org.springframework.jmx.export.annotation.ManagedOperation;
import org.springframework.jmx.export.annotation.ManagedResource;
import org.synchub.admin.Operations;
import org.synchub.sync.Cause;
import org.synchub.sync.Pushes;
import org.synchub.sync.StatusReport;
import org.synchub.sync.StatusReport.TargetStatus;

/** The whole hub as {@code org.synchub:type=Hub}. */
@ManagedResource(description = "Sync Hub: all targets together")
@ManagedNotification(
        name = "javax.management.Notification",
        description =
                "Failures and conflicts of the runs of all targets, and trouble with targets; keys and counts only",
        notificationTypes = {Notices.FAILED, Notices.REJECTED, Notices.CONFLICTS, Notices.TROUBLE})
public class HubMBean extends Notices {

    private final StatusReport status;
    private final Operations operations;
    private final Pushes pushes;
    private final JmxActions actions;

    HubMBean(StatusReport status, Operations operations, Pushes pushes, JmxActions actions) {
        this.actions = actions;
        this.status = status;
        this.operations = operations;
        this.pushes = pushes;
    }

    @ManagedAttribute(description = "Names of the targets that this hub serves")
    public List<String> getTargets() {
        return status.all().stream().map(TargetStatus::name).toList();
    }

    @ManagedAttribute(description = "Names of the targets that are not running: backing off, stopped or paused")
    public List<String> getTroubledTargets() {
        return status.all().stream()
                .filter(target -> !target.condition().equals("running"))
                .map(TargetStatus::name)
                .toList();
    }

    @ManagedAttribute(description = "Records on their way, over all targets")
    public long getOwed() {
        return status.all().stream().mapToLong(TargetStatus::owed).sum();
    }

    @ManagedAttribute(description = "Records that a person has to look at, over all targets")
    public long getNeedAttention() {
        return status.all().stream().mapToLong(TargetStatus::needAttention).sum();
    }

    @ManagedAttribute(description = "The share of records that are in agreement, as in 93.33%")
    public String getSyncRate() {
        return status.stats(null).syncRate();
    }

    @ManagedAttribute(description = "Whether a push is under way in this hub")
    public boolean isPushing() {
        return pushes.isAnyRunning();
    }

    @ManagedOperation(description = "Sends what is owed to every target now")
    public void pushAll() {
        all("pushAll", (target, who) -> operations.push(target, Cause.JMX, who));
    }

    @ManagedOperation(description = "Reads what changed at every target now")
    public void pullAll() {
        all("pullAll", (target, who) -> operations.pull(target, Cause.JMX, who));
    }

    private void all(String operation, BiConsumer<String, String> work) {
        actions.run(
                operation,
                null,
                who -> {
                    getTargets().forEach(target -> work.accept(target, who));
                    return 0;
                },
                Integer::longValue);
    }
}
