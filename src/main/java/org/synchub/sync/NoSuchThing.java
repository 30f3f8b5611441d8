package org.synchub.sync;

/** Somebody named a run, conflict, cause or record that is not there. */
public final class NoSuchThing extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public NoSuchThing(String message) {
        super(message);
    }
}
