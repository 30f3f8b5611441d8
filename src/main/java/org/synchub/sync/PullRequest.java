package org.synchub.sync;

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
 */
public record PullRequest(
        String target,
        Cause cause,
        String by,
        @Nullable Long run,
        @Nullable String client,
        String correlation) {

    /** One that opens its own run. */
    public static PullRequest of(String target, Cause cause, String by) {
        return new PullRequest(target, cause, by, null, ClientMark.current(), Correlation.currentOrNew());
    }
}
