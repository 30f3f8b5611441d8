package org.synchub.sync;

/**
 * Asks for a push; the body that starts the route {@code push}.
 *
 * @param direction what the run is logged as: {@code push} or {@code resync}
 * @param cause why: schedule, change, command, http, jmx
 * @param by who asked
 */
public record PushRequest(String target, String direction, String cause, String by) {

    public static PushRequest of(String target, String cause) {
        return new PushRequest(target, "push", cause, "hub");
    }
}
