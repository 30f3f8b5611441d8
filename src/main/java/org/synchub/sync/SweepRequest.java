package org.synchub.sync;

/**
 * Asks for a look at which linked records are still there; the body that starts the route {@code vanished}.
 *
 * @param by who asked
 * @param confirmed whether a person has said yes to however many are missing
 */
public record SweepRequest(String target, Cause cause, String by, boolean confirmed) {}
