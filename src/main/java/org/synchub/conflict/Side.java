package org.synchub.conflict;

/** One of the two sides that a link holds together. */
public enum Side {
    /** The store: DataCollect's database, and behind it the field devices. */
    INTERNAL,
    /** The target: the external system. */
    EXTERNAL;

    public Side other() {
        return this == INTERNAL ? EXTERNAL : INTERNAL;
    }

    /** As it is written in settings, decision rows and messages: {@code internal} or {@code external}. */
    public String word() {
        return this == INTERNAL ? "internal" : "external";
    }
}
