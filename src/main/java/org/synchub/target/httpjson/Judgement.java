package org.synchub.target.httpjson;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import org.jspecify.annotations.Nullable;
import org.synchub.target.httpjson.spec.Verdict;

/**
 * What an answer, or one result in it, means.
 *
 * @param code the target's own class of error
 * @param message the target's own words, or the status
 * @param field the field at fault, where the answer names it
 * @param record the target's record as the answer gives it; a missing node if it does not
 * @param id the external id, null if the answer does not tell
 * @param version in the adapter's notation, null if the answer does not tell
 * @param conflict the target's own id of a conflict; a missing node if it keeps none
 * @param said the result it was read from, where the answer holds several; null for the answer as a whole
 */
record Judgement(
        Verdict verdict,
        String code,
        String message,
        @Nullable String field,
        JsonNode record,
        @Nullable String id,
        @Nullable String version,
        JsonNode conflict,
        @Nullable JsonNode said) {

    static Judgement of(Verdict verdict, String code, String message) {
        return new Judgement(
                verdict, code, message, null, MissingNode.getInstance(), null, null, MissingNode.getInstance(), null);
    }
}
