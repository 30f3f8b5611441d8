package org.synchub.ledger;

import java.util.Locale;

/** Where a delivery stands. The column {@code hub.delivery.state} holds the name in lower case. */
public enum State {
    PENDING,
    IN_FLIGHT,
    DELIVERED,
    /** Waits for its next attempt. */
    RETRY,
    /** Waits for the record it refers to. */
    BLOCKED,
    /** Both sides changed; somebody or a rule must decide. */
    CONFLICT,
    /** A write may or may not have arrived; will be read back. */
    UNKNOWN,
    /** Needs attention: refused by the mapping or the target. */
    REJECTED,
    /** Waits for a person's yes (a delete, a changed mapping). */
    HELD,
    /** Given up by a person. */
    DISCARDED,
    /** Not owed: only LOCAL events, or no record kind of the mapping matches. */
    EXCLUDED;

    private final String column = name().toLowerCase(Locale.ROOT);

    /** The value stored in the database. */
    public String column() {
        return column;
    }

    public static State of(String column) {
        return valueOf(column.toUpperCase(Locale.ROOT));
    }

    /** Whether a person has to look at it. */
    public boolean needsAttention() {
        return this == REJECTED || this == CONFLICT || this == HELD;
    }
}
