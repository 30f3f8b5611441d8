package org.synchub.conflict;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When and as which version a side last changed its record.
 *
 * @param at the side's own time of the change, by the side's own clock; null when it tells none
 * @param version the side's own version of the record, opaque unless both sides' are whole numbers; null when it has none
 */
public record Stamp(@Nullable Instant at, @Nullable String version) {

    /** Neither time nor version is known. */
    public static final Stamp UNKNOWN = new Stamp(null, null);

    public static Stamp at(Instant at) {
        return new Stamp(at, null);
    }

    public static Stamp version(String version) {
        return new Stamp(null, version);
    }
}
