package org.synchub.sync;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.DecisionStatistics;
import org.synchub.ledger.RunStatistics;
import org.synchub.ledger.RunStatistics.Range;
import org.synchub.ledger.RunStatistics.Sums;
import org.synchub.ledger.Runs;

/**
 * How the runs of some time went, in periods and together. One source for the command line and HTTP. A run counts in the
 * period in which it ended; one that goes on, that found nothing to do, or that was forgotten by age, does not count.
 */
public class Statistics {

    private static final List<String> DIRECTIONS = List.of("push", "pull", "sync", "resync", "reconcile");

    /** How many of the slowest runs are named. */
    private static final int SLOWEST = 5;

    private final TargetRegistry targets;
    private final RunStatistics ledger;
    private final DecisionStatistics decisions;
    private final Clock clock;

    public Statistics(TargetRegistry targets, RunStatistics ledger, DecisionStatistics decisions, Clock clock) {
        this.decisions = decisions;
        this.targets = targets;
        this.ledger = ledger;
        this.clock = clock;
    }

    /**
     * What was asked for, as it was written; null where the usual will do. The times are those of {@link Periods#read}.
     *
     * @param target null for all that this hub has
     * @param direction push, pull, sync, resync or reconcile; null for all
     */
    public record Question(
            @Nullable String target,
            @Nullable String direction,
            @Nullable String from,
            @Nullable String to,
            @Nullable String by,
            @Nullable String zone) {}

    /**
     * Sums and shares. A share is between 0 and 1, and null where there is nothing to be a share of.
     *
     * @param runSuccessRate succeeded, of succeeded, partial and failed; a run that a person cancelled is neither
     * @param moved records that went through, either way, also where both sides were found to agree
     * @param rejected by the target
     * @param parked came in and could not be applied
     * @param conflicts as often as a run met one
     * @param recordSuccessRate moved, of moved, rejected, parked and conflicts
     * @param conflictRate conflicts, of the same
     * @param retries deliveries that failed and were put off, as often as they were
     * @param averageDurationMs of the runs, in milliseconds; null when there was none
     * @param longestLagMs the longest from a change becoming owed to being acknowledged, in milliseconds; null when nothing was
     *     delivered
     * @param bytesOut of bodies before compression, as {@code bytesIn}
     */
    public record Figures(
            long runs,
            long succeeded,
            long partial,
            long failed,
            long cancelled,
            @Nullable Double runSuccessRate,
            long moved,
            long rejected,
            long parked,
            long conflicts,
            @Nullable Double recordSuccessRate,
            @Nullable Double conflictRate,
            long retries,
            @Nullable Long averageDurationMs,
            @Nullable Long longestDurationMs,
            @Nullable Long longestLagMs,
            long requests,
            long bytesOut,
            long bytesIn) {

        static Figures of(Sums sums) {
            long records = sums.moved() + sums.rejected() + sums.parked() + sums.conflicts();
            boolean none = sums.runs() == 0;
            return new Figures(
                    sums.runs(),
                    sums.succeeded(),
                    sums.partial(),
                    sums.failed(),
                    sums.cancelled(),
                    share(sums.succeeded(), sums.succeeded() + sums.partial() + sums.failed()),
                    sums.moved(),
                    sums.rejected(),
                    sums.parked(),
                    sums.conflicts(),
                    share(sums.moved(), records),
                    share(sums.conflicts(), records),
                    sums.retried(),
                    none ? null : sums.tookMs() / sums.runs(),
                    none ? null : sums.longestMs(),
                    sums.lagMs(),
                    sums.requests(),
                    sums.bytesOut(),
                    sums.bytesIn());
        }

        private static @Nullable Double share(long part, long whole) {
            return whole == 0 ? null : (double) part / whole;
        }
    }

    /**
     * A period and its figures.
     *
     * @param to the first moment after it
     */
    public record Period(Instant from, Instant to, Figures figures) {}

    /**
     * The answer.
     *
     * @param target null for all that this hub has
     * @param direction null for all
     * @param to the first moment that does not count
     * @param periods every one, also those in which no run ended
     * @param decisions taken in this time, whenever their run ended; the most frequent first
     * @param slowest the runs that took longest, the longest first; a few
     */
    public record Report(
            @Nullable String target,
            @Nullable String direction,
            Instant from,
            Instant to,
            String by,
            String zone,
            Figures total,
            List<Period> periods,
            List<DecisionStatistics.Count> decisions,
            List<Runs.Run> slowest) {}

    /**
     * Answers.
     *
     * @throws UnknownTarget when no mapping describes the target
     * @throws IllegalArgumentException saying which value cannot be, and what could
     */
    public Report of(Question question) {
        String direction = question.direction();
        if (direction != null && !DIRECTIONS.contains(direction)) {
            throw new IllegalArgumentException(
                    "direction is '" + direction + "'; it is one of " + String.join(", ", DIRECTIONS));
        }
        String target = question.target();
        List<String> names = target == null
                ? targets.all().stream().map(TargetRuntime::name).toList()
                : List.of(targets.get(target).name());
        Periods periods = Periods.read(question.from(), question.to(), question.by(), question.zone(), clock.instant());
        Range range = new Range(names, direction, periods.from(), periods.to());
        List<Sums> sums = ledger.sums(range, periods.starts());
        List<Period> each = new ArrayList<>();
        for (int i = 0; i < sums.size(); i++) {
            each.add(new Period(periods.starts().get(i), periods.end(i), Figures.of(sums.get(i))));
        }
        return new Report(
                target,
                direction,
                periods.from(),
                periods.to(),
                periods.by().word(),
                periods.zone().getId(),
                Figures.of(sums.stream().reduce(Sums.NONE, Sums::and)),
                List.copyOf(each),
                decisions.counts(range),
                ledger.slowest(range, SLOWEST));
    }
}
