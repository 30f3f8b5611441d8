package org.synchub.sync;

/**
 * Asks for a pull; the body that starts the route {@code pull}.
 *
 * @param cause why: schedule, command, http, jmx
 * @param by who asked
 */
public record PullRequest(String target, String cause, String by) {}
