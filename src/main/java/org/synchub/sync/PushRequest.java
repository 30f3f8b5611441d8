package org.synchub.sync;

import io.opentelemetry.api.trace.SpanContext;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.ClientMark;

/**
 * Asks for a push; the body that starts the route {@code push}.
 *
 * @param direction what the run is logged as: {@code push} or {@code resync}
 * @param cause why it is asked for
 * @param by who asked
 * @param only pushes this entity alone; null for whatever is due
 * @param run an open run to add to, whose opener closes it; null opens one when there is something to do
 * @param client the X-Client-ID of the HTTP request that asked for it
 * @param correlation what the work is known by
 * @param askedIn the span in which it was asked for, {@link Traces#current}
 */
public record PushRequest(
        String target,
        String direction,
        Cause cause,
        String by,
        @Nullable String only,
        @Nullable Long run,
        @Nullable String client,
        String correlation,
        SpanContext askedIn) {

    /** One that opens its own run. */
    public static PushRequest of(String target, Cause cause, String by) {
        return asked(target, "push", cause, by, null, null);
    }

    /** A push of one entity's delivery, if it is due. */
    public static PushRequest one(String target, String guid, Cause cause, String by) {
        return asked(target, "push", cause, by, guid, null);
    }

    /** A push that is part of a resync. */
    public static PushRequest resync(String target, Cause cause, String by) {
        return asked(target, "resync", cause, by, null, null);
    }

    /**
     * One that is part of an open run.
     *
     * @param run null for one that opens its own
     */
    public static PushRequest partOf(@Nullable Long run, String target, String direction, Cause cause, String by) {
        return asked(target, direction, cause, by, null, run);
    }

    private static PushRequest asked(
            String target, String direction, Cause cause, String by, @Nullable String only, @Nullable Long run) {
        return new PushRequest(
                target,
                direction,
                cause,
                by,
                only,
                run,
                ClientMark.current(),
                Correlation.currentOrNew(),
                Traces.current());
    }
}
