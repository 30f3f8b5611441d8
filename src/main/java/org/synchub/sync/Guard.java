package org.synchub.sync;

import org.synchub.target.TargetTrouble;

/** Looks before anything is exchanged with a target. */
public interface Guard {

    /** Before each push and pull of any target. */
    void beforeRun();

    /**
     * When a target is met for the first time since the hub's start, or since it was in trouble.
     *
     * @throws TargetTrouble when nothing may be exchanged with it
     */
    void beforeFirst(TargetRuntime target);

    /** When a target turns out to be another one, or to have gone back to an older state. */
    void swapped(TargetRuntime target, String reason);
}
