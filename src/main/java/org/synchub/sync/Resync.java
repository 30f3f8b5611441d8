package org.synchub.sync;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.Runs;

/** Owes a target again what it was sent, so that every record is read back, compared and put right. */
public class Resync {

    private static final Logger log = LoggerFactory.getLogger(Resync.class);

    private final TargetRegistry targets;
    private final Deliveries deliveries;
    private final Runs runs;

    public Resync(TargetRegistry targets, Deliveries deliveries, Runs runs) {
        this.targets = targets;
        this.deliveries = deliveries;
        this.runs = runs;
    }

    /**
     * What to resync.
     *
     * @param kinds only these record kinds; empty means all
     * @param guids only these entities; empty means all
     * @param onlyRejected only what needs attention
     * @param onlyDiffering only what is found to be not the same on both sides, see {@link ResyncPlans#start}
     * @param since only what became owed or was settled then or later; null means whenever. For a target that was
     *     restored to its state of that time
     */
    public record Scope(
            List<String> kinds,
            List<String> guids,
            boolean onlyRejected,
            boolean onlyDiffering,
            @Nullable Instant since) {

        public static final Scope FULL = new Scope(List.of(), List.of(), false);

        public Scope(List<String> kinds, List<String> guids, boolean onlyRejected) {
            this(kinds, guids, onlyRejected, false, null);
        }

        Deliveries.Reach reach() {
            return new Deliveries.Reach(kinds, guids, onlyRejected, since);
        }
    }

    /**
     * How far the resyncs of a target are.
     *
     * @param toCompare records that are still to be read back and compared
     * @param run the newest run that a resync was logged as; null when there was none
     */
    public record Progress(String target, long toCompare, Runs.@Nullable Run run) {}

    /**
     * Owes everything in scope again. The push that follows reads each record back before it writes. What an earlier
     * resync has not come to yet is not owed twice.
     *
     * @return how many records are owed again
     * @throws IllegalArgumentException naming a kind that the mapping does not have
     */
    public int start(String target, Scope scope, String by) {
        check(target, scope);
        int owed = deliveries.oweAgain(target, scope.reach());
        log.info("{}: resync asked by {}: {} records are owed again", target, by, owed);
        return owed;
    }

    /**
     * How many records of each kind {@link #start} would have read back and compared. What would become of each says {@link
     * ResyncPlans}.
     *
     * @throws IllegalArgumentException naming a kind that the mapping does not have
     */
    public Map<String, Long> plan(String target, Scope scope) {
        check(target, scope);
        return deliveries.wouldOweAgain(target, scope.reach());
    }

    public Progress progress(String target) {
        targets.get(target);
        return new Progress(
                target,
                deliveries.toReread(target),
                runs.newest(target, "resync").orElse(null));
    }

    /**
     * Lets the resyncs of a target go no further: what they have not come to yet is not read back.
     *
     * @return how many records that are
     */
    public int cancel(String target, String by) {
        targets.get(target);
        int forgone = deliveries.forgoReread(target);
        log.info("{}: resync cancelled by {}: {} records are not read back", target, by, forgone);
        return forgone;
    }

    void check(String target, Scope scope) {
        Collection<String> known = targets.get(target).mapping().kinds().stream()
                .map(k -> k.name())
                .toList();
        for (String kind : scope.kinds()) {
            if (!known.contains(kind)) {
                throw new IllegalArgumentException(
                        "Target " + target + " has no record kind '" + kind + "'; it has " + String.join(", ", known));
            }
        }
    }
}
