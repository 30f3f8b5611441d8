package org.synchub.simulator.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Something that goes wrong with one request. Several may hit the same request: delays and work add up, the first of the
 * others wins.
 */
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

    /** The request waits before it is applied. */
    record Delay(Duration time) implements Fault {}

    /** A proxy's answer instead of the system's. */
    record Status(int code, @Nullable Duration retryAfter, boolean applied) implements Fault {}

    /** Something else answers; nothing is applied. */
    record Instead(Answer answer) implements Fault {}

    /** The connection ends. */
    record Connection(Cut at) implements Fault {}

    /** Something happens before the request is applied, for instance an edit that gets in between. */
    record Before(Runnable work) implements Fault {}

    /** Something happens after the request is applied and before it is answered, for instance the client dies. */
    record After(Runnable work) implements Fault {}

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

    /** Any answer at all; nothing is applied. */
    static Fault instead(Answer answer) {
        return new Instead(answer);
    }

    static Fault cut(Cut at) {
        return new Connection(at);
    }

    static Fault before(Runnable work) {
        return new Before(work);
    }

    static Fault after(Runnable work) {
        return new After(work);
    }
}
