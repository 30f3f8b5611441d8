package org.synchub.sync;

import org.synchub.ledger.Runs;
import org.synchub.ledger.Targets;

/**
 * What somebody who watches this hub is told, on the thread where it happens: be quick and do not throw. Other hubs on
 * the same database tell their own.
 */
public interface Happenings {

    /** A run of this hub has ended and its row is closed. */
    default void runEnded(Runs.Run run) {}

    /**
     * A target that ran has got into trouble, or its trouble has become another. Told once, not at each further try.
     *
     * @param reason for people; without values of records
     */
    default void troubled(String target, Targets.Condition now, String reason) {}

    /**
     * Something was decided about one place of a record, and that is committed.
     *
     * @param kind the record's
     * @param conflictKind such as {@code update-update}
     * @param resolution as {@link org.synchub.ledger.DecisionStatistics#resolution} says
     */
    default void decided(String target, String kind, String conflictKind, String resolution) {}
}
