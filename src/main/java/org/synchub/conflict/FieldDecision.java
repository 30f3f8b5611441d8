package org.synchub.conflict;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was decided about one place of a record, and why; the row that explains it later. Values are absent (null here,
 * missing in JSON) where a side has none; they are people's data, so rows that hold them are not for logs.
 *
 * @param path the field, list item or set element; {@link Path#RECORD} for a decision about the record's existence
 * @param base the agreed value
 * @param internal the store's value
 * @param external the target's value
 * @param result the chosen value; for {@link State#PROPOSED} the proposed one, for {@link State#OPEN} and
 *     {@code operator: ignore} the base's
 * @param rule which rule chose: a strategy's word, {@code bean:name}, {@code authority: internal}, {@code one-sided},
 *     {@code only-filled}, {@code agreement}, {@code onExternalDelete: …}, {@code onDelete: …},
 *     {@code approved: …}, {@code operator: …}
 * @param reason the same in a sentence, without values
 * @param state whether the decision stands
 * @param overruled the sides whose own change (or, without a base, whose value) is not in the result
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FieldDecision(
        Path path,
        @Nullable JsonNode base,
        @Nullable JsonNode internal,
        @Nullable JsonNode external,
        @Nullable JsonNode result,
        String rule,
        String reason,
        State state,
        Set<Side> overruled) {

    /** Whether a decision stands. */
    public enum State {
        /** It stands. */
        SETTLED,
        /** A rule proposes it and an admin has to approve it. */
        PROPOSED,
        /** Nobody has decided yet. */
        OPEN
    }

    /** The same decision with another standing. */
    FieldDecision as(State state, String rule, String reason) {
        return new FieldDecision(path, base, internal, external, result, rule, reason, state, overruled);
    }

    /** Without the values, so that it may be logged. */
    @Override
    public String toString() {
        return path + ": " + rule + " (" + reason + ") " + state;
    }
}
