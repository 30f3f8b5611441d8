package org.synchub.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Runs.Run;
import org.synchub.sync.Recorders;
import org.synchub.sync.Statistics;
import org.synchub.sync.Statistics.Figures;
import org.synchub.sync.Statistics.Period;
import org.synchub.sync.Statistics.Question;
import org.synchub.sync.Statistics.Report;

/** {@code statistics}: how the runs of some time went; {@code recorders}: how the records stand by who recorded them. */
public class StatisticsCommand {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    private final PrintStream out;
    private final Console console;
    private final Statistics statistics;
    private final Recorders recorders;
    private final ObjectMapper json;

    public StatisticsCommand(PrintStream out, Statistics statistics, Recorders recorders, ObjectMapper json) {
        this.recorders = recorders;
        this.out = out;
        this.console = new Console(out);
        this.statistics = statistics;
        this.json = json;
    }

    /** Prints a row for each period in which a run ended, and one for all of them. */
    public int print(Question question, boolean asJson) {
        Report report = statistics.of(question);
        if (asJson) {
            out.println(Console.json(json, report));
            return ExitCode.OK;
        }
        ZoneId zone = ZoneId.of(report.zone());
        console.line(
                "%s, from %s to %s (%s), by %s; periods without a run are left out",
                report.target() == null ? "All targets" : report.target(),
                time(report.from(), zone),
                time(report.to(), zone),
                zone,
                report.by());
        console.line(
                "%-16s %7s %7s %9s %8s %6s %8s %8s %8s %8s %8s %7s %9s %7s %7s",
                "period",
                "runs",
                "runs ok",
                "moved",
                "rejected",
                "parked",
                "conflict",
                "rec. ok",
                "rec. con",
                "average",
                "longest",
                "retried",
                "requests",
                "sent",
                "read");
        report.periods().stream()
                .filter(period -> period.figures().runs() > 0)
                .forEach(period -> row(start(period, zone), period.figures()));
        row("total", report.total());
        report.decisions()
                .forEach(n -> console.line(
                        "Decided: %,d places, %s, by %s", n.decisions(), n.conflictKind(), n.resolution()));
        report.slowest().forEach(this::slow);
        return ExitCode.OK;
    }

    /**
     * Prints a row for each user or device.
     *
     * @param from null for all, as {@code to}
     */
    public int recorders(
            String target, String by, @Nullable String from, @Nullable String to, int most, boolean asJson) {
        Recorders.Report report = recorders.of(target, by, from, to, most);
        if (asJson) {
            out.println(Console.json(json, report));
            return ExitCode.OK;
        }
        console.line(
                "%s, records of %s, as they stand now%s",
                report.target(),
                String.join(", ", report.kinds()),
                report.unnamed().isEmpty()
                        ? ""
                        : "; not of " + String.join(", ", report.unnamed()) + ", whose mapping names no "
                                + report.by());
        console.line(
                "%-32s %9s %9s %9s %8s %8s %8s",
                report.by(), "total", "pending", "synced", "failed", "conflict", "failures");
        for (Recorders.Recorder each : report.recorders()) {
            console.line(
                    "%-32s %,9d %,9d %,9d %,8d %,8d %8s",
                    each.who() == null ? "(not said)" : each.who(),
                    each.total(),
                    each.pending(),
                    each.synced(),
                    each.failed(),
                    each.conflicts(),
                    percent(each.failureRate()));
        }
        if (report.more()) {
            console.line("… and others with fewer records; --limit shows up to 1000");
        }
        return ExitCode.OK;
    }

    private static String start(Period period, ZoneId zone) {
        return time(period.from(), zone);
    }

    private void row(String label, Figures so) {
        console.line(
                "%-16s %,7d %7s %,9d %,8d %,6d %,8d %8s %8s %8s %8s %,7d %,9d %7s %7s",
                label,
                so.runs(),
                percent(so.runSuccessRate()),
                so.moved(),
                so.rejected(),
                so.parked(),
                so.conflicts(),
                percent(so.recordSuccessRate()),
                percent(so.conflictRate()),
                seconds(so.averageDurationMs()),
                seconds(so.longestDurationMs()),
                so.retries(),
                so.requests(),
                bytes(so.bytesOut()),
                bytes(so.bytesIn()));
    }

    private void slow(Run run) {
        Instant ended = run.endedAt();
        console.line(
                "Slow: run %d, %s of %s, %s, began %s, took %s, %,d records delivered, %,d pulled",
                run.id(),
                run.direction(),
                run.target(),
                run.status(),
                Console.time(run.startedAt()),
                seconds(
                        ended == null
                                ? null
                                : ended.toEpochMilli() - run.startedAt().toEpochMilli()),
                run.delivered(),
                run.pulled());
    }

    private static String time(Instant instant, ZoneId zone) {
        return TIME.format(instant.atZone(zone));
    }

    /** Cut, not rounded: only what is all of it is 100.0%. */
    private static String percent(@Nullable Double share) {
        return share == null ? "-" : String.format(Locale.ROOT, "%.1f%%", Math.floor(share * 1000) / 10);
    }

    private static String seconds(@Nullable Long millis) {
        return millis == null ? "-" : String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }

    private static String bytes(long n) {
        if (n < 10_000) {
            return n + " B";
        }
        return n < 10_000_000 ? n / 1_000 + " kB" : n / 1_000_000 + " MB";
    }
}
