package org.synchub.sync;

import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Debt;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapping;

/** Where what changed just now stands among what a target is owed. */
final class Priorities {

    private Priorities() {}

    static int live(Kind kind) {
        return Debt.priority(Debt.LIVE, kind.priority());
    }

    /** A kind that the mapping does not have (any more) stands in the middle. */
    static int live(@Nullable Mapping mapping, String kind) {
        return mapping == null
                ? Debt.LIVE
                : mapping.kindNamed(kind).map(Priorities::live).orElse(Debt.LIVE);
    }
}
