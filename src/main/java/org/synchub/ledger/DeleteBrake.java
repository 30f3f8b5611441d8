package org.synchub.ledger;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts the deletions of one run and stops them once they are too many: deleting an app in DataCollect deletes its whole
 * tenant. Deletions that a person confirmed are not counted.
 */
public final class DeleteBrake {

    private final double share;
    private final int number;
    private final Set<String> passed = ConcurrentHashMap.newKeySet();

    /**
     * A brake for one run.
     *
     * @param share of the target's linked records, 0 to 1
     * @param number of records; whichever is lower stops
     */
    public DeleteBrake(double share, int number) {
        this.share = share;
        this.number = number;
    }

    int number() {
        return number;
    }

    /** How many linked records there must be for so many deletions to be few. One deletion is never too many by share. */
    long linkedNeededFor(int deletions) {
        return deletions <= 1 ? 0 : share <= 0 ? Long.MAX_VALUE : (long) Math.ceil(deletions / share);
    }

    /** The run's deletions so far together with these. */
    Set<String> with(Set<String> waiting) {
        Set<String> all = new HashSet<>(passed);
        all.addAll(waiting);
        return all;
    }

    void pass(Set<String> guids) {
        passed.addAll(guids);
    }
}
