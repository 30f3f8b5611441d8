package org.synchub.cli;

import org.synchub.target.TargetTrouble;

/** What the hub's commands exit with. */
public final class ExitCode {

    /** Done; nothing needs attention. */
    public static final int OK = 0;

    /** The command line itself was wrong. */
    public static final int USAGE = 64;

    /** Done, but some records need a person's attention. */
    public static final int ATTENTION = 2;

    /** The target, or the database, cannot be reached. */
    public static final int UNAVAILABLE = 3;

    /** Something in the configuration must be changed first. */
    public static final int CONFIGURATION = 4;

    private ExitCode() {}

    /** Why nothing could be done with a target. */
    static int of(TargetTrouble trouble) {
        return switch (trouble.kind()) {
            case UNREACHABLE, OVERLOADED, CALLED_OFF -> UNAVAILABLE;
            case LOGIN_REFUSED, MISCONFIGURED, SWAPPED -> CONFIGURATION;
        };
    }
}
