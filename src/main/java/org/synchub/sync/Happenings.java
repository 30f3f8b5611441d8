package org.synchub.sync;

import java.util.List;
import org.synchub.ledger.Runs;
import org.synchub.ledger.Settled;
import org.synchub.ledger.Targets;
import org.synchub.target.TargetTrouble;

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

    /** Deliveries were settled. */
    default void settled(String target, List<Settled> settled) {}

    /**
     * Records of a target's were read and what became of them is written down.
     *
     * @param kind their record kind; empty where it is not known
     * @param outcome what the run counts them as: pulled, echo, parked or conflict
     */
    default void pulled(String target, String kind, String outcome, int records) {}

    /** A target could not be spoken to; told each time. */
    default void failed(String target, TargetTrouble.Kind trouble) {}
}
