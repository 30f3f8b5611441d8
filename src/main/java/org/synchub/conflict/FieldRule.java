package org.synchub.conflict;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * An integrator's own rule for a contested place, named {@code bean:name} in settings. It must be a pure function: the
 * hub asks it again for previews and repeated runs. What it throws parks the record with the bean's name and the field.
 */
@FunctionalInterface
public interface FieldRule {

    /** Decides one contested place; never returns null. */
    Ruling decide(Contest contest);

    /**
     * A place that both sides changed, and not to the same. Values are absent as null; do not alter them.
     *
     * @param path the field or list item; {@link Path#RECORD} when one side deleted what the other changed
     * @param base the agreed value
     * @param internal the store's value
     * @param external the target's value
     * @param internalStamp the store's time and version of its record
     * @param externalStamp the target's, the time corrected to the store's clock
     */
    record Contest(
            Path path,
            @Nullable JsonNode base,
            @Nullable JsonNode internal,
            @Nullable JsonNode external,
            Stamp internalStamp,
            Stamp externalStamp) {

        @Nullable
        JsonNode value(Side side) {
            return side == Side.INTERNAL ? internal : external;
        }

        /** Without the values, so that it may be logged. */
        @Override
        public String toString() {
            return "Contest[" + path + "]";
        }
    }

    /** A rule's answer. Reasons go into decision rows: no people's values in them. */
    sealed interface Ruling permits Take, Give, Ask, Abstain {

        /** One side's value as it is, absence included. */
        static Ruling take(Side side, String reason) {
            return new Take(side, reason);
        }

        /** A value of the rule's own. */
        static Ruling give(JsonNode value, String reason) {
            return new Give(value, reason);
        }

        /** Nothing: the field (or item, or record) goes. */
        static Ruling remove(String reason) {
            return new Give(null, reason);
        }

        /** Somebody has to decide. */
        static Ruling ask(String reason) {
            return new Ask(reason);
        }

        /** The rule has no opinion: the next one decides ({@code then}, or manual). */
        static Ruling abstain() {
            return new Abstain();
        }
    }

    /** See {@link Ruling#take}. */
    record Take(Side side, String reason) implements Ruling {}

    /** See {@link Ruling#give} and {@link Ruling#remove}. */
    record Give(@Nullable JsonNode value, String reason) implements Ruling {}

    /** See {@link Ruling#ask}. */
    record Ask(String reason) implements Ruling {}

    /** See {@link Ruling#abstain}. */
    record Abstain() implements Ruling {}
}
