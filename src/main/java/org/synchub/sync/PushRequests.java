package org.synchub.sync;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synchub.store.StoreConnection;

/** Makes the requests that start pushes, and receives the pushes that failed. */
public class PushRequests {

    private static final Logger log = LoggerFactory.getLogger(PushRequests.class);

    private final TargetRegistry targets;
    private final Pushes pushes;
    private final PushTimes pushTimes;
    private final PullTimes pullTimes;

    public PushRequests(TargetRegistry targets, Pushes pushes, PushTimes pushTimes, PullTimes pullTimes) {
        this.targets = targets;
        this.pushes = pushes;
        this.pushTimes = pushTimes;
        this.pullTimes = pullTimes;
    }

    /** From a row of {@code due-targets.sql}. */
    public PushRequest due(@Body Map<String, Object> row) {
        return PushRequest.of(String.valueOf(row.get("name")), Cause.CHANGE, "hub");
    }

    /** Whether this hub has the target, it is the target's time, and the hub is not at it already; else the request need not be queued. */
    public boolean isWanted(@Body PushRequest request) {
        TargetRuntime target = targets.find(request.target());
        return target != null && !pushes.isBusy(request.target()) && pushTimes.isTime(target);
    }

    /** One for every target of this hub that is not gathering what it is owed. */
    public List<PushRequest> scheduled() {
        return targets.all().stream()
                .filter(pushTimes::isTime)
                .sorted(Comparator.comparingInt(t -> t.mapping().priority()))
                .map(t -> PushRequest.of(t.name(), Cause.SCHEDULE, "hub"))
                .toList();
    }

    /** A pull for every target of this hub whose time has come. */
    public List<PullRequest> scheduledPulls() {
        return targets.all().stream()
                .filter(pullTimes::isDue)
                .sorted(Comparator.comparingInt(t -> t.mapping().priority()))
                .map(t -> PullRequest.of(t.name(), Cause.SCHEDULE, "hub"))
                .toList();
    }

    /** A look for vanished records for every target of this hub. */
    public List<SweepRequest> scheduledSweeps() {
        return targets.all().stream()
                .map(t -> new SweepRequest(t.name(), Cause.SCHEDULE, "hub", false))
                .toList();
    }

    /** A run could not be begun or ended: most often the database is away. */
    public void failed(Exchange exchange) {
        Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        if (!StoreConnection.isAway(cause)) {
            log.error("A push could not go on: {}. What is owed stays owed", rootOf(cause));
        }
        if (exchange.getMessage().getBody() instanceof PushRun run) {
            pushes.abandon(run);
        }
        exchange.getMessage().setBody(null);
    }

    /** A writer met a fault that is not its target's. */
    public void writerFailed(Exchange exchange) {
        Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        if (exchange.getMessage().getBody() instanceof PushWriter writer) {
            pushes.failed(writer, cause);
        }
    }

    static String rootOf(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }
}
