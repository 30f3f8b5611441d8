package org.synchub.conflict;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * What one side holds of a record now: the record itself, or the fact that it is gone.
 *
 * @param record the record in the target's field names; null when the side does not hold it (deleted, or never created)
 * @param departure how a record that is gone left; null when it is present or was never there
 * @param stamp the side's time and version of this state
 */
public record State(@Nullable ObjectNode record, @Nullable Departure departure, Stamp stamp) {

    /** How a record left a side. Settings may answer each differently ({@code onExternalDelete}). */
    public enum Departure {
        /** An explicit deletion, seen as such. */
        DELETED,
        /** Put away but restorable (Odoo's {@code active = false}). */
        ARCHIVED,
        /** Marked as no longer valid (OpenSPP's {@code disabled}). */
        DISABLED,
        /** Not found any more, with no word about why. */
        VANISHED;

        String word() {
            return Names.kebab(this);
        }
    }

    public State {
        if (record != null && departure != null) {
            throw new IllegalArgumentException("a record that is present cannot also be " + departure.word());
        }
    }

    public static State of(ObjectNode record, Stamp stamp) {
        return new State(record, null, stamp);
    }

    public static State gone(Departure departure, Stamp stamp) {
        return new State(null, departure, stamp);
    }

    public boolean present() {
        return record != null;
    }

    /** Without the record's content, so that it may be logged. */
    @Override
    public String toString() {
        return (departure == null ? record == null ? "absent" : "present" : departure.word()) + " " + stamp;
    }
}
