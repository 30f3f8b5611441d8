package org.synchub.mapping;

/**
 * How many deletions one run may carry out before it stops and asks: whichever of the two limits is lower.
 *
 * @param share of the records known to the target, 0 to 1
 * @param number of records
 */
public record MaxDeletes(double share, int number) {

    static final MaxDeletes DEFAULT = new MaxDeletes(0.05, 50);

    /** How many deletions are few enough among so many linked records. One alone is never too many by share. */
    public int among(long linked) {
        return (int) Math.min(number, Math.max(1, (long) (linked * share)));
    }
}
