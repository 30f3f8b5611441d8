package org.synchub.admin.security;

import java.time.Duration;

/** Too many were refused before; what was sent has not been looked at. */
public final class LoginSlowed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final long seconds;

    LoginSlowed(String why, Duration wait) {
        super(why);
        this.seconds = wait.toSeconds() + 1;
    }

    /** How long to wait. */
    public long seconds() {
        return seconds;
    }
}
