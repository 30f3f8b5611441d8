package org.synchub.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was exchanged with a target over a record that needs attention, ready to be stored: without any secret, and in two
 * forms, so that who may not see people's values is never given more than the first.
 *
 * @param label what was asked, in words fit for logs
 * @param method of HTTP; null for a record that was read and could not be applied
 * @param requestId what the request called itself; null where nobody noted it
 * @param at when it was asked
 * @param took until the answer was there; null where nobody took the time
 * @param records how many records the request was for
 * @param status of the answer; null for a record that was read
 * @param masked {@code path}, {@code headers}, {@code request} and {@code answer} without people's values
 * @param clear the same with them
 */
public record KeptExchange(
        String label,
        @Nullable String method,
        @Nullable String requestId,
        Instant at,
        @Nullable Duration took,
        int records,
        @Nullable Integer status,
        ObjectNode masked,
        ObjectNode clear) {

    /** Names what was asked: the rest holds people's data. */
    @Override
    public String toString() {
        return "KeptExchange[" + label + " " + status + "]";
    }
}
