package org.synchub.sync;

import io.opentelemetry.api.trace.SpanContext;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.ClientMark;

/**
 * Asks for a pull; the body that starts the route {@code pull}.
 *
 * @param cause why it is asked for
 * @param by who asked
 * @param run an open run to add to, whose opener closes it; null opens one
 * @param client the X-Client-ID of the HTTP request that asked for it
 * @param correlation what the work is known by
 * @param askedIn the span in which it was asked for, {@link Traces#current}
 */
public record PullRequest(
        String target,
        Cause cause,
        String by,
        @Nullable Long run,
        @Nullable String client,
        String correlation,
        SpanContext askedIn) {

    /** One that opens its own run. */
    public static PullRequest of(String target, Cause cause, String by) {
        return partOf(null, target, cause, by);
    }

    /**
     * One that is part of an open run.
     *
     * @param run null for one that opens its own
     */
    public static PullRequest partOf(@Nullable Long run, String target, Cause cause, String by) {
        return new PullRequest(
                target, cause, by, run, ClientMark.current(), Correlation.currentOrNew(), Traces.current());
    }
}
