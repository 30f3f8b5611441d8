package org.synchub.sync;

/** What somebody asked for does not go with how the thing stands. */
public final class NotNow extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public NotNow(String message) {
        super(message);
    }
}
