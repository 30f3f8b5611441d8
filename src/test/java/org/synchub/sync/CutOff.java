package org.synchub.sync;

/** The hub's process ends right here. An error, so that nothing of the hub's can catch it and go on. */
final class CutOff extends Error {

    private static final long serialVersionUID = 1L;

    CutOff(String where) {
        super("cut off at " + where, null, false, false);
    }
}
