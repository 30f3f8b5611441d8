package org.synchub.admin.security;

/** Somebody is not who they should be, as far as the hub can tell. The message says no more than a stranger may know. */
public final class LoginRefused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LoginRefused(String why) {
        super(why);
    }
}
