package org.synchub.sync;

import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synchub.ledger.Deliveries;

/** Owes a target again what it was sent, so that every record is read back, compared and put right. */
public class Resync {

    private static final Logger log = LoggerFactory.getLogger(Resync.class);

    private final TargetRegistry targets;
    private final Deliveries deliveries;

    public Resync(TargetRegistry targets, Deliveries deliveries) {
        this.targets = targets;
        this.deliveries = deliveries;
    }

    /**
     * What to resync.
     *
     * @param kinds only these record kinds; empty means all
     * @param guids only these entities; empty means all
     * @param onlyRejected only what needs attention
     */
    public record Scope(List<String> kinds, List<String> guids, boolean onlyRejected) {

        public static final Scope FULL = new Scope(List.of(), List.of(), false);
    }

    /**
     * Owes everything in scope again. The push that follows reads each record back before it writes. Asking twice costs
     * a second comparison and has no other effect.
     *
     * @return how many records are owed again
     * @throws IllegalArgumentException naming a kind that the mapping does not have
     */
    public int start(String target, Scope scope, String by) {
        TargetRuntime runtime = targets.get(target);
        Collection<String> known =
                runtime.mapping().kinds().stream().map(k -> k.name()).toList();
        for (String kind : scope.kinds()) {
            if (!known.contains(kind)) {
                throw new IllegalArgumentException(
                        "Target " + target + " has no record kind '" + kind + "'; it has " + String.join(", ", known));
            }
        }
        int owed = deliveries.oweAgain(target, scope.kinds(), scope.guids(), scope.onlyRejected());
        log.info("{}: resync asked by {}: {} records are owed again", target, by, owed);
        return owed;
    }
}
