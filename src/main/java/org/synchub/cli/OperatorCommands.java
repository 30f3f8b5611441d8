package org.synchub.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.RecordSearch.Row;
import org.synchub.ledger.Runs;
import org.synchub.ledger.Targets;
import org.synchub.ledger.Targets.Restored;
import org.synchub.sync.Cause;
import org.synchub.sync.Reconcile;
import org.synchub.sync.Reconciliation;
import org.synchub.sync.RecordReport;
import org.synchub.sync.RecordReport.Whole;
import org.synchub.sync.TargetRegistry;
import org.synchub.sync.Timeline;

/** What somebody who runs the hub asks at the terminal: pause, runs, one record. Each command returns its exit code. */
public class OperatorCommands {

    private static final String USER = "command";

    private final Console console;
    private final TargetRegistry targets;
    private final Targets ledgerTargets;
    private final Runs runs;
    private final RecordReport records;
    private final Timeline timeline;
    private final Reconcile reconcile;

    public OperatorCommands(
            PrintStream out,
            TargetRegistry targets,
            Targets ledgerTargets,
            Runs runs,
            RecordReport records,
            Timeline timeline,
            Reconcile reconcile) {
        this.reconcile = reconcile;
        this.console = new Console(out);
        this.targets = targets;
        this.ledgerTargets = ledgerTargets;
        this.runs = runs;
        this.records = records;
        this.timeline = timeline;
    }

    /** Stops every hub of this database speaking to a target, or lets them go on. */
    public int pause(String target, boolean pause) {
        targets.get(target);
        ledgerTargets.pause(target, pause, "Paused by " + USER);
        console.line(pause ? "%1$s is paused; 'resume %1$s' lets it go on" : "%1$s goes on", target);
        return ExitCode.OK;
    }

    /** Prints the newest runs, of one target or of all. */
    public int runs(@Nullable String target, int limit) {
        if (target != null) {
            targets.get(target);
        }
        List<Runs.Run> newest = runs.page(target, null, Math.max(1, limit));
        newest.forEach(run -> console.line(
                "%8d  %s  %-12s %-9s %-9s by %s: %,d delivered, %,d rejected, %,d in conflict, %,d pulled, %,d parked%s",
                run.id(),
                Console.time(run.startedAt()),
                run.target(),
                run.direction(),
                run.status(),
                run.startedBy(),
                run.delivered(),
                run.rejected(),
                run.conflicts(),
                run.pulled(),
                run.parked(),
                run.message() == null ? "" : ": " + run.message()));
        return ExitCode.OK;
    }

    /** Prints how one record stands with every target, and what happened to it. */
    public int record(String guid) {
        for (Whole whole : records.of(guid)) {
            console.line(
                    "%s of tenant %s: %s", guid, whole.tenant(), whole.level() == null ? "deleted" : whole.level());
            whole.targets().forEach(this::row);
        }
        for (Timeline.Told told : timeline.of(guid)) {
            console.line("What happened in tenant %s, the oldest first:", told.tenant());
            for (Timeline.Entry entry : told.entries()) {
                console.line(
                        "  %s  %s%s",
                        Console.time(entry.at()), entry.target() == null ? "" : entry.target() + ": ", entry.text());
            }
        }
        return ExitCode.OK;
    }

    /**
     * Puts right what a restore has left behind.
     *
     * @param what was brought back; null for what the hub has noticed
     */
    public int reconcile(String target, @Nullable Restored what, boolean dryRun) {
        Reconciliation so = dryRun ? reconcile.plan(target, what) : reconcile.run(target, what, Cause.COMMAND, USER);
        console.line("%s, after a restore of the %s:", target, so.restored());
        console.line("%,9d compared", so.compared());
        console.line("%,9d linked again", so.linked());
        console.line("%,9d owed to the target again", so.owed());
        console.line("%,9d taken over from the target", so.taken());
        console.line("%,9d in conflict: `conflicts list %s`", so.conflicts(), target);
        console.line("%,9d could not be applied: `attention list %s`", so.parked(), target);
        console.line("%,9d unchanged", so.unchanged());
        console.line(
                "%s",
                dryRun
                        ? "Nothing has been done; without --dry-run it is, and the target goes on"
                        : "The target goes on; what is owed goes out with the next push");
        return !dryRun && so.conflicts() + so.parked() > 0 ? ExitCode.ATTENTION : ExitCode.OK;
    }

    private void row(Row row) {
        console.line(
                "  %s: %s%s, %s%s%s",
                row.target(),
                row.delete() ? "deletion " : "",
                row.state().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                row.externalId() == null ? "not linked" : "record " + row.externalId(),
                row.agreedAt() == null ? "" : ", agreed " + Console.time(row.agreedAt()),
                row.reason() == null ? "" : ": " + row.reason() + (row.at() == null ? "" : " (" + row.at() + ")"));
    }
}
