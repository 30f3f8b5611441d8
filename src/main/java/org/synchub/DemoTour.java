package org.synchub;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synchub.demo.DemoRegistry;
import org.synchub.demo.FieldData;
import org.synchub.ledger.Runs;
import org.synchub.sync.Cause;
import org.synchub.sync.Drain;
import org.synchub.sync.PullRequest;
import org.synchub.sync.Pulls;
import org.synchub.sync.TargetRegistry;

/**
 * What happens in the demo once everything is sent: devices come back late, and a registrar edits records at OpenSPP, which
 * arrive in DataCollect and go on to the other targets. Each happens once in the life of a data folder.
 */
final class DemoTour {

    private static final Logger log = LoggerFactory.getLogger(DemoTour.class);
    private static final int RUNS = 50;
    private static final int LOOKS = 300;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

    private final DataSource store;
    private final DemoRegistry registry;
    private final TargetRegistry targets;
    private final Drain drain;
    private final Pulls pulls;
    private final Runs runs;
    private @Nullable Edit edit;

    DemoTour(DataSource store, DemoRegistry registry, TargetRegistry targets, Drain drain, Pulls pulls, Runs runs) {
        this.store = store;
        this.registry = registry;
        this.targets = targets;
        this.drain = drain;
        this.pulls = pulls;
        this.runs = runs;
    }

    /** @param since the registry's newest run before it: that one, if it is a pull under way, or a later one brings it in */
    private record Edit(int records, long since) {}

    /**
     * Lets the late devices sync.
     *
     * @return whether there is something new to send
     */
    boolean lateDevices() throws SQLException {
        if (!new FieldData(Clock.systemUTC()).lateArrivals(store)) {
            return false;
        }
        log.info("Two devices come back late: the households that some people waited for arrive now");
        drain.drain();
        return true;
    }

    /**
     * Lets the registrar edit, and reads the changes in.
     *
     * @return whether there is something new to send
     */
    boolean registrarEdits() {
        long since = runs.newest(DemoRegistry.TARGET, null).map(Runs.Run::id).orElse(0L);
        int edited = targets.find(DemoRegistry.TARGET) == null ? 0 : registry.registrarEdits();
        if (edited == 0) {
            return false;
        }
        log.info("A registrar writes down another occupation of {} people at {}", edited, DemoRegistry.TARGET);
        boolean pulled = pull();
        if (pulled) {
            edit = new Edit(edited, since);
        }
        drain.drain();
        return pulled;
    }

    /** The schedule may be pulling just now; then its turn is over soon. */
    private boolean pull() {
        for (int look = 0; look < LOOKS; look++) {
            if (pulls.pull(PullRequest.of(DemoRegistry.TARGET, Cause.CHANGE, "demo"))
                    .isPresent()) {
                return true;
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
        return false;
    }

    /** How far the registrar's changes came; empty where there were none this time. */
    List<String> told() {
        Edit told = edit;
        if (told == null) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        long pulled = runs.page(DemoRegistry.TARGET, null, RUNS).stream()
                .filter(run -> run.id() >= told.since())
                .mapToLong(Runs.Run::pulled)
                .sum();
        lines.add("From target to target: a registrar changed %,d records at %s; %,d changes were taken over here"
                .formatted(told.records(), DemoRegistry.TARGET, pulled));
        targets.all().forEach(target -> {
            if (!target.name().equals(DemoRegistry.TARGET)) {
                long updated = runs.page(target.name(), null, RUNS).stream()
                        .filter(run -> run.id() > told.since())
                        .mapToLong(Runs.Run::updated)
                        .sum();
                lines.add("  and sent on to %s, where %,d records were updated".formatted(target.name(), updated));
            }
        });
        return lines;
    }
}
