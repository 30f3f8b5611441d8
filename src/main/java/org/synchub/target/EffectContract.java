package org.synchub.target;

import java.time.Duration;

/**
 * What a target can do, and the guarantee that follows from it. Printed by {@code status} and {@code validate}.
 *
 * @param idempotentCreate a repeated create of the same key has one effect
 * @param conditionalWrite the target refuses a write based on a stale version
 * @param partialUpdate an update may carry changed fields only
 * @param deltaPull the target can list what changed, if need be by listing everything: without it nothing is pulled
 * @param visibleDeletes a deletion can be noticed without a complete scan
 * @param guarantee the promise in words: {@code once}, {@code once except …} or {@code may double when …}
 * @param longestWrite how long a request that the hub gave up on may still be applied by the server
 */
public record EffectContract(
        boolean idempotentCreate,
        boolean conditionalWrite,
        boolean partialUpdate,
        boolean deltaPull,
        boolean visibleDeletes,
        String guarantee,
        Duration longestWrite) {

    /** A guarantee as people read it, without a full stop. */
    public static String sentence(String guarantee) {
        return "Every record arrives" + (guarantee.startsWith("once") ? " " : ", and ") + guarantee;
    }
}
