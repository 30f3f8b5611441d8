package org.synchub.sync;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.apache.camel.ProducerTemplate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.Runs;
import org.synchub.ledger.Targets;
import org.synchub.store.StoreConnection;
import org.synchub.target.ConfigurationProblem;
import org.synchub.target.EffectContract;
import org.synchub.target.TargetTrouble;

/**
 * Begins and ends pushes: opens the run, asks the server what it allows, lets the writers loose, and judges at the end
 * whether the target is well. A hub pushes one target once at a time; other hubs on the same database share the work.
 */
public class Pushes {

    private static final Logger log = LoggerFactory.getLogger(Pushes.class);

    /** How soon a target that needs a person is asked again: sparingly, some servers lock accounts. */
    private static final Duration SPARINGLY = Duration.ofMinutes(5);

    private final TargetRegistry targets;
    private final Targets ledgerTargets;
    private final Deliveries deliveries;
    private final Runs runs;
    private final Push push;
    private final Retries retries;
    private final Supplier<ProducerTemplate> routes;
    private final Map<String, Object> busy = new ConcurrentHashMap<>();
    private final Map<String, PushRun> running = new ConcurrentHashMap<>();
    private final List<Happenings> watchers = new CopyOnWriteArrayList<>();
    private final List<Guard> guards = new CopyOnWriteArrayList<>();
    private volatile boolean stopping;

    public Pushes(
            TargetRegistry targets,
            Targets ledgerTargets,
            Deliveries deliveries,
            Runs runs,
            Push push,
            Retries retries,
            Supplier<ProducerTemplate> routes) {
        this.targets = targets;
        this.ledgerTargets = ledgerTargets;
        this.deliveries = deliveries;
        this.runs = runs;
        this.push = push;
        this.retries = retries;
        this.routes = routes;
    }

    /**
     * Pushes a target through the route {@code push} and returns when nothing more is due.
     *
     * @return the run, empty when nothing was due, the target may not be tried now, or this hub is at it already
     */
    public Optional<Runs.Run> push(PushRequest request) {
        targets.get(request.target());
        Object ended = routes.get().requestBody("direct:push", request);
        return ended instanceof PushRun run ? runs.find(run.id()) : Optional.empty();
    }

    /**
     * Step of the route: opens a run when there is something to do.
     *
     * @return the run, or null: the route then ends
     */
    public @Nullable PushRun begin(PushRequest request) {
        return Correlation.<@Nullable PushRun>during(request.correlation(), () -> beginNow(request));
    }

    private @Nullable PushRun beginNow(PushRequest request) {
        TargetRuntime target = targets.find(request.target());
        String name = request.target();
        if (target == null || stopping || busy.putIfAbsent(name, request) != null) {
            return null;
        }
        PushRun run = null;
        try {
            run = open(target, request);
            if (run != null) {
                running.put(name, run);
            }
            return run;
        } catch (TargetTrouble trouble) {
            note(target, trouble);
            return null;
        } catch (ConfigurationProblem problem) {
            stop(target, problem.getMessage() == null ? "misconfigured" : problem.getMessage());
            return null;
        } finally {
            if (run == null) {
                busy.remove(name);
            }
        }
    }

    private @Nullable PushRun open(TargetRuntime target, PushRequest request) {
        String name = target.name();
        Optional<Targets.Target> known = ledgerTargets.find(name);
        refuseOtherMapping(target, known);
        resumeLoad(target, known);
        lookFirst();
        if (!ledgerTargets.mayTry(name, request.cause().isPerson())) {
            return null;
        }
        if (!deliveries.anythingDue(name)) {
            return null;
        }
        Traced traced = target.traces().run(request.direction(), name, request.askedIn());
        EffectContract contract = prepared(target, traced);
        if (ledgerTargets.well(name)) {
            log.info("{}: answers again, going on", name);
        }
        Long open = request.run();
        long id = open != null
                ? open
                : runs.start(
                        name,
                        request.direction(),
                        request.cause().column(),
                        request.by(),
                        request.client(),
                        request.correlation());
        traced.with("run", id).with("cause", request.cause().column());
        return new PushRun(
                target,
                contract,
                id,
                open == null,
                request.cause().isPerson(),
                request.only(),
                request.correlation(),
                traced,
                () -> keepLoad(target));
    }

    /** As {@link #prepare}; a run that comes to its end here is traced too. */
    private EffectContract prepared(TargetRuntime target, Traced traced) {
        try {
            return traced.during(() -> prepare(target));
        } catch (RuntimeException e) {
            traced.with("status", "failed").end();
            throw e;
        }
    }

    private static void resumeLoad(TargetRuntime target, Optional<Targets.Target> known) {
        target.load()
                .resume(known.map(Targets.Target::lowered)
                        .map(low -> new Load.Level(low.batchSize(), low.writers(), low.because()))
                        .orElse(null));
    }

    /** Other hubs, and this one after a restart, begin with what this one has come to. */
    private void keepLoad(TargetRuntime target) {
        target.load().change().ifPresent(change -> {
            Load.Level to = change.to();
            if (to == null) {
                ledgerTargets.raised(target.name());
                log.info("{}: is given everything again", target.name());
            } else {
                ledgerTargets.lowered(target.name(), to.batchSize(), to.writers(), to.because(), change.down());
                if (change.down()) {
                    log.info(
                            "{}: is given batches of {} by {} at a time for now, because {}",
                            target.name(),
                            to.batchSize(),
                            to.writers(),
                            to.because());
                }
            }
        });
    }

    /** To be called before it is asked whether a target may be spoken to. */
    void lookFirst() {
        guards.forEach(Guard::beforeRun);
    }

    /** As {@link TargetRuntime#prepare}; a target that is met anew is looked at first. */
    EffectContract prepare(TargetRuntime target) {
        boolean known = target.contract() != null;
        EffectContract contract = target.prepare();
        if (!known) {
            guards.forEach(guard -> guard.beforeFirst(target));
        }
        return contract;
    }

    /** Two hubs that write one target by different mappings would undo each other's work for ever. */
    private static void refuseOtherMapping(TargetRuntime target, Optional<Targets.Target> known) {
        if (known.isPresent()
                && !known.get().mappingHash().equals(target.mapping().hash())) {
            throw new ConfigurationProblem(List.of(target.mapping().file()
                    + " is not the mapping that this target was last started with (another hub on this database has"
                    + " version " + known.get().mappingVersion() + "): give all hubs the same file and restart them"));
        }
    }

    /** Step of the route: one writer for each that the target takes at a time. */
    public List<PushWriter> writers(PushRun run) {
        List<PushWriter> writers = new ArrayList<>();
        for (int i = 0; i < run.writers(); i++) {
            writers.add(new PushWriter(run));
        }
        return writers;
    }

    /** Step of the error route: a writer failed for a reason that is not the target's (the database, a fault). */
    public void failed(PushWriter writer, Throwable cause) {
        writer.during(() -> giveUp(writer, cause));
    }

    private void giveUp(PushWriter writer, Throwable cause) {
        writer.run().failed(cause);
        writer.traced().failed(cause);
        if (!StoreConnection.isAway(cause)) {
            log.error(
                    "{}: a writer stopped: {}. What it held is taken up again",
                    writer.run().target().name(),
                    cause.toString());
        }
        try {
            push.abandon(writer);
        } catch (RuntimeException e) {
            if (!StoreConnection.isAway(e)) {
                log.warn(
                        "{}: what the writer held stays leased until the lease runs out ({})",
                        writer.run().target().name(),
                        e.getClass().getSimpleName());
            }
        }
    }

    /** Step of the route: closes the run and notes how the target is. */
    public void end(PushRun run) {
        run.during(run.traced(), () -> close(run));
    }

    private void close(PushRun run) {
        String name = run.target().name();
        try {
            TargetTrouble trouble = run.trouble();
            Throwable failure = run.failure();
            run.traced().failed(trouble != null ? trouble : failure);
            if (trouble != null) {
                note(run.target(), trouble);
            }
            if (trouble == null && failure == null) {
                ledgerTargets.calm(name);
            }
            if (run.isIdle()) {
                // A row for each such look would bury the others.
                runs.forget(run.id());
                return;
            }
            HttpTraffic.Reading traffic = run.traffic();
            run.traced().with("requests", traffic.requests());
            if (!run.ownsRun()) {
                runs.addTraffic(run.id(), traffic.requests(), traffic.bytesOut(), traffic.bytesIn());
                return;
            }
            Runs.Run so = runs.get(run.id());
            String status = trouble != null || failure != null
                    ? so.delivered() > 0 ? "partial" : "failed"
                    : run.isCancelled() ? "cancelled" : so.rejected() + so.conflicts() > 0 ? "partial" : "success";
            String message = trouble != null
                    ? trouble.getMessage()
                    : failure != null ? failure.getClass().getSimpleName() + ", see the hub's log" : null;
            runs.end(run.id(), status, message, traffic.requests(), traffic.bytesOut(), traffic.bytesIn());
            Runs.Run ended = runs.get(run.id());
            run.traced().outcome(ended);
            log.info("{}", summary(ended));
            report(ended);
        } finally {
            running.remove(name);
            busy.remove(name);
            if (!run.isIdle() || run.traffic().requests() > 0) {
                run.traced().end();
            }
        }
    }

    /** Lets somebody look from now on before anything is exchanged. */
    public void guard(Guard guard) {
        guards.add(guard);
    }

    /** Tells somebody from now on what happens in this hub. */
    public void watch(Happenings watcher) {
        watchers.add(watcher);
        push.watch(watcher);
    }

    /** Hands a finished run to the route {@code run-report}; whoever listens there must not hold the run up. */
    void report(Runs.Run ended) {
        watchers.forEach(watcher -> watcher.runEnded(ended));
        routes.get().sendBody("seda:run-ended?waitForTaskToComplete=Never&discardWhenFull=true", ended);
    }

    private static String summary(Runs.Run run) {
        return String.format(
                "%s: %s %s (run %d): %d created, %d updated, %d adopted, %d deleted, %d unchanged, %d rejected, %d in"
                        + " conflict, %d waiting for another record, %d to be read back, %d requests",
                run.target(),
                run.direction(),
                run.status(),
                run.id(),
                run.created(),
                run.updated(),
                run.adopted(),
                run.deleted(),
                run.unchanged(),
                run.rejected(),
                run.conflicts(),
                run.blocked(),
                run.unknown(),
                run.requests());
    }

    void note(TargetRuntime target, TargetTrouble trouble) {
        if (trouble.kind() == TargetTrouble.Kind.CALLED_OFF) {
            log.info("{}", trouble.getMessage());
            return;
        }
        target.forgetContract();
        watchers.forEach(watcher -> watcher.failed(target.name(), trouble.kind()));
        String reason = String.valueOf(trouble.getMessage());
        switch (trouble.kind()) {
            case UNREACHABLE, OVERLOADED -> {
                int failures = ledgerTargets
                        .find(target.name())
                        .map(Targets.Target::failures)
                        .orElse(0);
                Duration wait = retries.after(failures);
                Duration asked = trouble.retryAfter();
                if (asked != null && asked.compareTo(wait) > 0) {
                    wait = asked;
                }
                trouble(target.name(), Targets.Condition.BACKING_OFF, reason, wait);
                target.load().refused(reason);
                target.pages().refused(reason);
                keepLoad(target);
                log.warn("{}: {}. Nothing is lost; next try in {} s", target.name(), reason, wait.toMillis() / 1000.0);
            }
            case LOGIN_REFUSED, MISCONFIGURED -> stop(target, reason);
            case SWAPPED -> {
                trouble(target.name(), Targets.Condition.STOPPED, reason, null);
                log.error("{}: stopped. {}", target.name(), reason);
                guards.forEach(guard -> guard.swapped(target, reason));
            }
            case CALLED_OFF -> {
                // Nothing is wrong with the target.
            }
        }
    }

    private void trouble(String name, Targets.Condition now, String reason, @Nullable Duration nextTry) {
        Optional<Targets.Target> before = ledgerTargets.find(name);
        ledgerTargets.trouble(name, now, reason, nextTry);
        if (before.map(Targets.Target::condition).filter(c -> c != now).isPresent()) {
            watchers.forEach(watcher -> watcher.troubled(name, now, reason));
        }
    }

    void stop(TargetRuntime target, String reason) {
        target.forgetContract();
        trouble(target.name(), Targets.Condition.STOPPED, reason, SPARINGLY);
        log.error(
                "{}: stopped. {}\nNothing is lost; the hub looks again in {} min and goes on by itself once it is mended",
                target.name(),
                reason,
                SPARINGLY.toMinutes());
    }

    /** Tells those who watch that a target was stopped by somebody else than a run. */
    void tellStopped(String name, String reason) {
        watchers.forEach(watcher -> watcher.troubled(name, Targets.Condition.STOPPED, reason));
    }

    /** The run that this hub has under way for a target. */
    public Optional<PushRun> running(String target) {
        return Optional.ofNullable(running.get(target));
    }

    /** Lets every writer finish its batch and take no more. */
    public void stopAll() {
        stopping = true;
        targets.stopWaiting();
        running.values().forEach(PushRun::cancel);
    }

    /** Whether this hub is at a target just now. */
    boolean isBusy(String target) {
        return busy.containsKey(target);
    }

    /** Frees a target whose run could not be closed; the run's row says "running" until the housekeeping closes it. */
    void abandon(PushRun run) {
        run.traced().failed(run.failure());
        run.traced().end();
        running.remove(run.target().name());
        busy.remove(run.target().name());
    }

    /** Whether any push is under way in this hub. */
    public boolean isAnyRunning() {
        return !busy.isEmpty();
    }
}
