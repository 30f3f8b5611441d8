package org.synchub.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.KeysInUse;
import org.synchub.ledger.Runs;
import org.synchub.store.Capture;
import org.synchub.sync.Captures;
import org.synchub.sync.Cause;
import org.synchub.sync.Correlation;
import org.synchub.sync.Drain;
import org.synchub.sync.PullRequest;
import org.synchub.sync.Pulls;
import org.synchub.sync.PushRequest;
import org.synchub.sync.Pushes;
import org.synchub.sync.Resync;
import org.synchub.sync.ResyncPlans;
import org.synchub.sync.StatusReport;
import org.synchub.sync.StatusReport.TargetStatus;
import org.synchub.sync.TargetRegistry;
import org.synchub.sync.TargetRuntime;
import org.synchub.target.ConfigurationProblem;
import org.synchub.target.EffectContract;
import org.synchub.target.TargetTrouble;

/** What the commands do once the hub's parts are there. Each returns its exit code. */
public class Commands {

    /** A one-shot push waits for retries that are due this soon, and leaves later ones to the next push. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Whom the runs of a command name. */
    private static final String USER = "command";

    private final Console console;
    private final PrintStream out;
    private final TargetRegistry targets;
    private final Captures captures;
    private final Drain drain;
    private final Capture capture;
    private final Deliveries deliveries;
    private final Pushes pushes;
    private final Pulls pulls;
    private final ResyncPlans plans;
    private final Runs runs;
    private final StatusReport status;
    private final KeysInUse keys;
    private final ObjectMapper json;

    public Commands(
            PrintStream out,
            TargetRegistry targets,
            Captures captures,
            Drain drain,
            Capture capture,
            Deliveries deliveries,
            Pushes pushes,
            Pulls pulls,
            ResyncPlans plans,
            Runs runs,
            StatusReport status,
            KeysInUse keys,
            ObjectMapper json) {
        this.console = new Console(out);
        this.out = out;
        this.targets = targets;
        this.captures = captures;
        this.drain = drain;
        this.capture = capture;
        this.deliveries = deliveries;
        this.pushes = pushes;
        this.pulls = pulls;
        this.plans = plans;
        this.runs = runs;
        this.status = status;
        this.keys = keys;
        this.json = json;
    }

    /**
     * Sends what a target is owed and returns when nothing more is due soon.
     *
     * @param confirmDeletes lets deletions go on that were held
     */
    public int push(String name, boolean confirmDeletes) {
        targets.get(name);
        if (confirmDeletes) {
            console.line("%,d deletions confirmed", deliveries.confirmDeletes(name));
        }
        pushUntilQuiet(name, "push", null);
        return conclude(name);
    }

    /** Reads what changed at a target and applies it. */
    public int pull(String name) {
        targets.get(name);
        pulls.pull(PullRequest.of(name, Cause.COMMAND, USER));
        return conclude(name);
    }

    /** Pushes, then pulls, as one run. */
    public int sync(String name) {
        targets.get(name);
        long run = runs.start(name, "sync", "command", USER, null, Correlation.currentOrNew());
        pushUntilQuiet(name, "push", run);
        if (status.of(name).condition().equals("running")) {
            pulls.pull(PullRequest.partOf(run, name, Cause.COMMAND, USER));
        }
        TargetStatus so = status.of(name);
        Runs.Run counted = runs.get(run);
        boolean troubled = !so.condition().equals("running");
        boolean someLeft = counted.rejected() + counted.conflicts() + counted.parked() > 0;
        runs.end(run, troubled ? "failed" : someLeft ? "partial" : "success", so.reason(), 0, 0, 0);
        return conclude(name);
    }

    /**
     * Pulls, then owes records again and pushes until each is read back, compared and put right.
     *
     * @param dryRun only says what would be compared
     */
    public int resync(String name, Resync.Scope scope, boolean dryRun, boolean confirmed) {
        if (dryRun) {
            captures.sweepUnlessTriggered();
            captures.drain();
            console.plan(plans.of(name, scope, false));
            return ExitCode.OK;
        }
        captures.sweepUnlessTriggered();
        captures.drain();
        plans.check(name, scope, confirmed);
        pulls.pull(PullRequest.of(name, Cause.COMMAND, USER));
        console.line("%,d records are compared", plans.start(name, scope, USER));
        pushUntilQuiet(name, "resync", null);
        return conclude(name);
    }

    private int conclude(String name) {
        TargetStatus so = status.of(name);
        console.target(so);
        return exitCode(so);
    }

    private void pushUntilQuiet(String name, String direction, @Nullable Long run) {
        captures.sweepUnlessTriggered();
        captures.drain();
        drain.backfill(targets.get(name));
        try (Progress progress = new Progress(name)) {
            Instant give = Instant.now().plus(PATIENCE);
            while (true) {
                pushes.push(PushRequest.partOf(run, name, direction, Cause.COMMAND, USER));
                TargetStatus so = status.of(name);
                if (!so.condition().equals("running")) {
                    break;
                }
                Instant next = so.nextDue();
                if (next == null || next.isAfter(give)) {
                    break;
                }
                progress.waitUntil(next);
                captures.drain();
            }
        }
    }

    private static int exitCode(TargetStatus so) {
        return switch (so.condition()) {
            case "backing_off" -> ExitCode.UNAVAILABLE;
            case "stopped" -> ExitCode.CONFIGURATION;
            case "paused" -> ExitCode.ATTENTION;
            default -> so.needAttention() + so.owed() > 0 ? ExitCode.ATTENTION : ExitCode.OK;
        };
    }

    /** Prints what is owed, stuck or rejected, of one target or of all. */
    public int status(@Nullable String name, boolean asJson) {
        List<TargetStatus> all = name == null ? status.all() : List.of(status.of(name));
        if (asJson) {
            out.println(Console.json(json, all));
        } else {
            console.line("Capture: %s", capture.installed() ? "triggers" : "poll");
            console.line("%s", keys.standing());
            status.levels()
                    .forEach((tenant, levels) -> console.line(
                            "Tenant %s: %,d entities EXTERNAL (every target has their newest state), %,d SYNCED, %,d LOCAL",
                            tenant,
                            levels.getOrDefault("EXTERNAL", 0L),
                            levels.getOrDefault("SYNCED", 0L),
                            levels.getOrDefault("LOCAL", 0L)));
            all.forEach(console::target);
        }
        return ExitCode.OK;
    }

    /** Checks every mapping against its server, reads what a first pull would begin with, and says what is guaranteed. */
    public int validate(@Nullable String only) {
        int code = ExitCode.OK;
        for (TargetRuntime target : targets.all()) {
            if (only != null && !only.equals(target.name())) {
                continue;
            }
            try {
                EffectContract contract = target.adapter().prepare();
                // Where no login and no probe asks the server, a wrong address or key would show at the first write
                // only.
                target.adapter().changes(null, 1);
                console.line(
                        "%s: %s fits the server. %s",
                        target.name(), target.mapping().file(), EffectContract.sentence(contract.guarantee()));
            } catch (TargetTrouble trouble) {
                console.line("%s: %s", target.name(), String.valueOf(trouble.getMessage()));
                code = Math.max(code, ExitCode.of(trouble));
            } catch (ConfigurationProblem problem) {
                console.line("%s: the server cannot take this mapping:", target.name());
                problem.problems().forEach(p -> console.line("  %s", p));
                code = ExitCode.CONFIGURATION;
            }
        }
        if (only != null) {
            targets.get(only);
        }
        return code;
    }

    /** Installs, removes or shows the capture triggers. */
    public int capture(String action) {
        switch (action) {
            case "install" -> {
                capture.install();
                console.line("Triggers installed: every write of DataCollect is noticed at once");
            }
            case "remove" -> {
                capture.remove();
                console.line("Triggers removed: changes are noticed by polling");
            }
            default -> console.line("Capture: %s", capture.installed() ? "triggers" : "poll");
        }
        return ExitCode.OK;
    }

    /** Prints how a long push comes along. */
    private final class Progress implements AutoCloseable {

        private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "progress");
            thread.setDaemon(true);
            return thread;
        });

        private Progress(String target) {
            var unused = ticker.scheduleWithFixedDelay(
                    () -> pushes.running(target)
                            .ifPresent(run -> console.line(
                                    "  %s: %,d records settled, %,d still owed",
                                    target,
                                    run.settledSoFar(),
                                    status.of(target).owed())),
                    2,
                    2,
                    TimeUnit.SECONDS);
        }

        private void waitUntil(Instant due) {
            long millis = Math.max(50, Duration.between(Instant.now(), due).toMillis());
            try {
                TimeUnit.MILLISECONDS.sleep(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted while waiting for a retry", e);
            }
        }

        @Override
        public void close() {
            ticker.shutdownNow();
        }
    }
}
