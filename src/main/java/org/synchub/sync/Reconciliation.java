package org.synchub.sync;

import java.util.List;
import org.synchub.ledger.Runs;
import org.synchub.ledger.Targets.Restored;

/**
 * What a reconciliation did, or would do.
 *
 * @param restored what had gone back to an older state: hub, store, database or target
 * @param compared linked records, and records of the target that have no link
 * @param linked records of the target that were linked again, by the hub's key or the mapping's keys
 * @param owed owed to the target again: gone there, or older than what was agreed on
 * @param taken taken from the target into DataCollect: lost there, or older than what was agreed on
 * @param conflicts somebody has to decide
 * @param parked could not be applied; see {@code attention list}
 * @param unchanged both sides hold what was agreed on
 */
public record Reconciliation(
        String target,
        String restored,
        long compared,
        long linked,
        long owed,
        long taken,
        long conflicts,
        long parked,
        long unchanged) {

    /** Counts while it goes on. */
    static final class Count {

        private long compared;
        private long linked;
        private long owed;
        private long taken;
        private long conflicts;
        private long parked;
        private long unchanged;

        void add(List<PullPlan> plans) {
            plans.forEach(this::add);
        }

        private void add(PullPlan plan) {
            compared++;
            if (plan.agreed() != null && plan.agreed().linkRevision() == 0) {
                linked++;
            }
            if (plan.unsettled() != null) {
                conflicts++;
            } else if (plan.parked() != null) {
                parked++;
            } else if (plan.change() != null) {
                taken++;
            } else if (plan.owe() != null) {
                owed++;
            } else if (plan.agreed() == null || plan.agreed().linkRevision() != 0) {
                unchanged++;
            }
        }

        void owed(int records) {
            compared += records;
            owed += records;
        }

        void unchanged(long records) {
            compared += records;
            unchanged += records;
        }

        /**
         * Adds what a pull did.
         *
         * @param relinked links that there are more than before it
         */
        void pulled(long relinked, Runs.Run so) {
            compared += so.pulled() + so.echoes() + so.parked() + so.conflicts();
            linked += relinked;
            taken += Math.max(0, so.pulled() - relinked);
            conflicts += so.conflicts();
            parked += so.parked();
            unchanged += so.echoes();
        }

        Reconciliation of(String target, Restored restored) {
            return new Reconciliation(
                    target, restored.word(), compared, linked, owed, taken, conflicts, parked, unchanged);
        }
    }
}
