package org.synchub.target;

/** Whether a record is there, as the target tells it apart. */
public enum RemoteState {
    PRESENT,
    ARCHIVED,
    DISABLED,
    GONE
}
