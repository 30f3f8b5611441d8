package org.synchub.target;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * A request to a target with its answer, as they went over the wire, for whoever has to look at what became of a record.
 * Holds what the adapter has at hand anyway, copies nothing, and holds secrets and people's values: it is masked before it
 * is stored or shown.
 *
 * @param asked the record's own part of a request that was for several; null where the request was for it alone
 * @param said the record's own part of the answer; null where the answer has no parts
 * @param records how many records the request was for
 */
public record Exchanged(
        TargetHttp.Call call,
        TargetHttp.Answer answer,
        @Nullable JsonNode asked,
        @Nullable JsonNode said,
        int records) {

    /** Of one record. */
    public Exchanged(TargetHttp.Call call, TargetHttp.Answer answer) {
        this(call, answer, null, null, 1);
    }

    /** What of it is about one of several records. */
    public Exchanged part(@Nullable JsonNode ownRequest, @Nullable JsonNode ownAnswer, int of) {
        return new Exchanged(call, answer, ownRequest, ownAnswer, of);
    }

    /** Names what was asked: the rest holds secrets and people's data. */
    @Override
    public String toString() {
        return "Exchanged[" + call.label() + " " + answer.status() + "]";
    }
}
