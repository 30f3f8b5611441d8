package org.synchub.sync;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.Runs;
import org.synchub.store.Capture;

/** Notices what changed in the store and turns it into debts; the steps of {@code routes/capture.yaml}. */
public class Captures {

    private static final Logger log = LoggerFactory.getLogger(Captures.class);

    /** Longer than any batch takes: a run that was closed by mistake corrects that when it ends. */
    private static final Duration ABANDONED_AFTER = Duration.ofMinutes(30);

    private final Capture capture;
    private final Drain drain;
    private final TargetRegistry targets;
    private final Deliveries deliveries;
    private final Drifts drifts;
    private final Runs runs;
    private final List<Guard> guards = new CopyOnWriteArrayList<>();
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    public Captures(
            Capture capture, Drain drain, Drifts drifts, TargetRegistry targets, Deliveries deliveries, Runs runs) {
        this.drifts = drifts;
        this.runs = runs;
        this.capture = capture;
        this.drain = drain;
        this.targets = targets;
        this.deliveries = deliveries;
    }

    /** Turns what capture appended into deliveries. */
    public int drain() {
        return drain.drain();
    }

    /** Lets somebody look from now on before each sweep. */
    public void guard(Guard guard) {
        guards.add(guard);
    }

    /**
     * Compares every row's version with what was last seen, for every tenant, and drains what differs. Of a tenant whose
     * tables or whose ledger went back to an older state nothing can be concluded that way until somebody has decided.
     */
    public int sweep() {
        guards.forEach(Guard::beforeRun);
        // What is there before the first backfill is owed by the backfill, page by page.
        targets.all().stream()
                .filter(target -> !drain.isHeld(target.mapping().tenant()))
                .forEach(drain::backfill);
        int found = 0;
        for (String tenant : targets.tenants()) {
            found += drain.isHeld(tenant) ? 0 : capture.sweep(tenant);
        }
        if (found > 0) {
            log.debug("The sweep found {} changes", found);
        }
        drain.drain();
        return found;
    }

    /** Where the triggers are not installed the sweep is the only capture. */
    public void sweepUnlessTriggered() {
        if (!capture.installed()) {
            sweep();
        }
    }

    /** Warns, once each time, of tenants for which DataCollect's server has a connector of its own to write with. */
    public void warnOfOtherConnectors() {
        for (TargetRuntime target : targets.all()) {
            String tenant = target.mapping().tenant();
            if (!capture.externalSyncConfigured(tenant)) {
                warned.remove(target.name());
            } else if (warned.add(target.name())) {
                log.warn(
                        "{}: DataCollect's own external sync is configured for tenant {}. Two connectors on one target"
                                + " make duplicates: remove externalSync from that app's configuration",
                        target.name(),
                        tenant);
            }
        }
    }

    /** Folds counters, closes the runs of hubs that died, frees what is blocked for nothing, and looks for drift. */
    public void housekeeping() {
        warnOfOtherConnectors();
        deliveries.foldCounts();
        runs.closeAbandoned(ABANDONED_AFTER);
        targets.all().forEach(t -> deliveries.sweepBlocked(t.name()));
        drifts.check();
    }
}
