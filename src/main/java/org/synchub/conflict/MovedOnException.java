package org.synchub.conflict;

/** The record has changed since the person was shown it: show it again and ask again; nothing was changed. */
public final class MovedOnException extends IllegalStateException {

    MovedOnException() {
        super("the record has moved on since this conflict was shown; look at it again and decide again");
    }
}
