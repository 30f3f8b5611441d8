package org.synchub.admin.jmx;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.Notification;
import org.springframework.jmx.export.notification.NotificationPublisher;
import org.springframework.jmx.export.notification.NotificationPublisherAware;
import org.synchub.ledger.Runs;
import org.synchub.ledger.Targets;

/** The notifications of an MBean, sent wherever it is registered. Keys and counts, never values. */
class Notices implements NotificationPublisherAware {

    /** A run failed. */
    static final String FAILED = "org.synchub.run.failed";

    /** A target refused records in a run. */
    static final String REJECTED = "org.synchub.run.rejected";

    /** A run met conflicts. */
    static final String CONFLICTS = "org.synchub.run.conflicts";

    /** A target got into trouble; told once. */
    static final String TROUBLE = "org.synchub.target.trouble";

    private final List<NotificationPublisher> publishers = new CopyOnWriteArrayList<>();
    private final AtomicLong number = new AtomicLong();

    @Override
    public void setNotificationPublisher(NotificationPublisher publisher) {
        publishers.add(publisher);
    }

    void runEnded(Runs.Run run) {
        String what = run.direction() + " of " + run.target() + " (run " + run.id() + ")";
        if (run.status().equals("failed")) {
            send(FAILED, what + " failed: " + (run.message() == null ? "see the hub's log" : run.message()));
        }
        if (run.rejected() > 0) {
            send(REJECTED, what + ": " + run.rejected() + " records were rejected");
        }
        if (run.conflicts() > 0) {
            send(CONFLICTS, what + ": " + run.conflicts() + " records are in conflict");
        }
    }

    void troubled(String target, Targets.Condition now, String reason) {
        send(
                TROUBLE,
                target + " is " + now.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + ": " + reason);
    }

    private void send(String type, String message) {
        long n = number.incrementAndGet();
        publishers.forEach(publisher ->
                publisher.sendNotification(new Notification(type, getClass().getName(), n, message)));
    }
}
