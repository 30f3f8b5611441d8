package org.synchub.sync;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Overview;
import org.synchub.ledger.State;
import org.synchub.sync.StatusReport.TargetStatus;

/** The inspector of the founding documents: what is not in agreement yet, since when, and how far each side was read. */
public class Inspection {

    private final TargetRegistry targets;
    private final StatusReport status;
    private final Overview overview;

    public Inspection(TargetRegistry targets, StatusReport status, Overview overview) {
        this.targets = targets;
        this.status = status;
        this.overview = overview;
    }

    /**
     * One target.
     *
     * @param unsynced records on their way, waiting for another record, or for a person's yes
     * @param synced records that the target has acknowledged
     * @param oldestUnsynced since when the oldest record on its way is owed; null when nothing is
     * @param lastSync when the newest run ended that went through without anything rejected or in conflict; null before it
     * @param conflicts open ones, of both directions
     * @param failed records that the target or the mapping refused
     * @param parked records that came from the target and could not be applied
     * @param drifted entities of the tenant that do not hold what their events say
     * @param cursors how far the target was read
     */
    public record Inspected(
            String target,
            String tenant,
            String condition,
            @Nullable String reason,
            long unsynced,
            long synced,
            @Nullable Instant oldestUnsynced,
            @Nullable Instant lastSync,
            long conflicts,
            long failed,
            long parked,
            long drifted,
            List<Overview.Cursor> cursors) {

        /** Whether a person has something to do here. */
        public boolean needsSomebody() {
            return conflicts + failed + parked > 0;
        }
    }

    /** Every target of this hub. */
    public List<Inspected> all() {
        return targets.all().stream().map(target -> of(target.name())).toList();
    }

    /**
     * One target.
     *
     * @throws UnknownTarget when no mapping describes it
     */
    public Inspected of(String target) {
        TargetStatus so = status.of(target);
        return new Inspected(
                so.name(),
                so.tenant(),
                so.condition(),
                so.reason(),
                so.owed() + so.in(State.HELD),
                so.in(State.DELIVERED),
                so.oldestOwed(),
                so.lastSuccess(),
                overview.openConflicts(target),
                so.in(State.REJECTED),
                overview.parked(target),
                so.drifted(),
                overview.cursors(target));
    }
}
