package org.synchub.target;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The target itself is in trouble, not a record: it backs off or stops, and no record uses up an attempt. The message
 * names the target's setting to check and never holds secrets or people's values.
 */
public final class TargetTrouble extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What kind of trouble decides whether the hub probes again by itself, and how soon. */
    public enum Kind {
        /** Refused, unresolved, TLS, time-out, a 5xx of the server itself: back off and probe. */
        UNREACHABLE,
        /** 429 or an equivalent: wait as long as asked. */
        OVERLOADED,
        /** The credential was refused: stop, say so, probe sparingly. */
        LOGIN_REFUSED,
        /** The server lacks a right, a database or a field that the mapping needs: stop until it is mended. */
        MISCONFIGURED,
        /** Another key sits where the hub's was: the server was restored or swapped. Stop and ask. */
        SWAPPED,
        /** The hub itself gave up waiting for a turn, because it stops. Nothing was sent, nothing is wrong with the target. */
        CALLED_OFF
    }

    private final Kind kind;
    private final boolean maybeApplied;
    private final transient @Nullable Duration retryAfter;

    public TargetTrouble(Kind kind, String message, boolean maybeApplied, @Nullable Duration retryAfter) {
        super(message);
        this.kind = kind;
        this.maybeApplied = maybeApplied;
        this.retryAfter = retryAfter;
    }

    public TargetTrouble(Kind kind, String message) {
        this(kind, message, false, null);
    }

    public Kind kind() {
        return kind;
    }

    /** Whether the request that met the trouble may have been applied: true after a time-out or a cut connection. */
    public boolean maybeApplied() {
        return maybeApplied;
    }

    /** How long the target asked to wait, null when it did not say. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
