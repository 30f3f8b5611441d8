package org.synchub.simulator.openspp;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Something that goes wrong with one request. Several may hit the same request: delays add up, the first other wins. */
public sealed interface Fault {

    /** Where a connection is cut. */
    enum Cut {
        /** Nothing was applied. */
        BEFORE_APPLYING,
        /** The request was applied, not a byte of the answer is sent. */
        BEFORE_ANSWER,
        /** The request was applied, half of the answer is sent. */
        IN_ANSWER
    }

    /** The request waits before it is applied; its transaction has begun, so its write_date is the earlier time. */
    record Delay(Duration time) implements Fault {}

    /** A proxy's answer instead of the registry's. */
    record Status(int code, @Nullable Duration retryAfter, boolean applied) implements Fault {}

    /** An Odoo error under HTTP 200; nothing is applied. */
    record Refusal(String exception, String message) implements Fault {}

    /** The connection ends. */
    record Connection(Cut at) implements Fault {}

    static Fault delay(Duration time) {
        return new Delay(time);
    }

    /** For instance 500, 502 or 503; nothing is applied. */
    static Fault status(int code) {
        return new Status(code, null, false);
    }

    /** As 429 and 503 come, with a Retry-After in whole seconds; nothing is applied. */
    static Fault status(int code, Duration retryAfter) {
        return new Status(code, retryAfter, false);
    }

    /** The request is applied, but a proxy answers this: a 502 or 504 that lies. */
    static Fault statusAfterApplying(int code) {
        return new Status(code, null, true);
    }

    /** {@code exception} as in error.data.name, for instance odoo.exceptions.ValidationError. */
    static Fault error(String exception, String message) {
        return new Refusal(exception, message);
    }

    static Fault serializationFailure() {
        OdooError error = OdooError.serializationFailure();
        return new Refusal(error.type(), error.text());
    }

    static Fault cut(Cut at) {
        return new Connection(at);
    }
}
