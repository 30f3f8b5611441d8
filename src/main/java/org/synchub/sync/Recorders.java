package org.synchub.sync;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.RecorderCounts;
import org.synchub.mapping.Kind;
import org.synchub.mapping.RecordedBy;

/**
 * Statistics by user or device, where a mapping names the place at which a record says by whom it was recorded. One source for
 * the command line and HTTP. Keys of field workers are values of records: only for those who may see these.
 */
public class Recorders {

    private static final int MOST = 1_000;

    private final TargetRegistry targets;
    private final RecorderCounts ledger;

    public Recorders(TargetRegistry targets, RecorderCounts ledger) {
        this.targets = targets;
        this.ledger = ledger;
    }

    /**
     * One user or device, under the names of the founding documents. Each record counts once, as it stands now.
     *
     * @param who null for records that do not say, or that are gone from the store
     * @param pending on its way, or waiting
     * @param failed rejected or given up
     * @param failureRate failed, of synced, failed and conflicts; null when there is none of them
     */
    public record Recorder(
            @Nullable String who,
            long total,
            long pending,
            long synced,
            long failed,
            long conflicts,
            @Nullable Double failureRate) {

        static Recorder of(RecorderCounts.Count n) {
            long settled = n.synced() + n.failed() + n.conflicts();
            return new Recorder(
                    n.who(),
                    n.total(),
                    n.total() - settled,
                    n.synced(),
                    n.failed(),
                    n.conflicts(),
                    settled == 0 ? null : (double) n.failed() / settled);
        }
    }

    /**
     * The answer.
     *
     * @param kinds whose records are counted
     * @param unnamed kinds of the target whose mapping does not name the place: their records are in no count
     * @param more whether there are others, with fewer records, than those that are listed
     */
    public record Report(
            String target,
            String by,
            @Nullable Instant from,
            @Nullable Instant to,
            List<String> kinds,
            List<String> unnamed,
            List<Recorder> recorders,
            boolean more) {}

    /**
     * Counts.
     *
     * @param by {@code user} or {@code device}
     * @param from as {@link Periods} reads it: only records that came to stand as they do then or later; null for all
     * @param to the first moment that does not count; null for none
     * @throws UnknownTarget when no mapping describes the target
     * @throws IllegalArgumentException saying which value cannot be, or which line of the mapping is missing
     */
    public Report of(String target, String by, @Nullable String from, @Nullable String to, int most) {
        if (most < 1 || most > MOST) {
            throw new IllegalArgumentException("limit is " + most + "; it is between 1 and " + MOST);
        }
        TargetRuntime runtime = targets.get(target);
        RecordedBy who = Stream.of(RecordedBy.values())
                .filter(each -> each.word().equals(by))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("by is '" + by + "'; it is one of "
                        + Stream.of(RecordedBy.values()).map(RecordedBy::word).collect(Collectors.joining(", "))));
        Instant start = from == null ? null : Periods.time("from", from);
        Instant end = to == null ? null : Periods.time("to", to);
        if (start != null && end != null && !start.isBefore(end)) {
            throw new IllegalArgumentException(Periods.order(start, end));
        }
        Map<String, String> paths = new LinkedHashMap<>();
        List<String> unnamed = new ArrayList<>();
        for (Kind kind : runtime.mapping().kinds()) {
            String path = kind.recordedBy(who);
            if (path == null) {
                unnamed.add(kind.name());
            } else {
                paths.put(kind.name(), path);
            }
        }
        if (paths.isEmpty()) {
            throw new IllegalArgumentException("No record kind of target " + target + " says where a record names its "
                    + who.word()
                    + ", and DataCollect's store has no column for it. Where the form has a field for it, add to the"
                    + " kind in " + runtime.mapping().file() + ": recordedBy: {" + who.word() + ": data.FIELD}");
        }
        List<RecorderCounts.Count> counts =
                ledger.counts(target, runtime.mapping().tenant(), paths, start, end, most + 1);
        return new Report(
                target,
                who.word(),
                start,
                end,
                List.copyOf(paths.keySet()),
                List.copyOf(unnamed),
                counts.stream().limit(most).map(Recorder::of).toList(),
                counts.size() > most);
    }
}
