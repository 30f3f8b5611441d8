package org.synchub.mapping;

/** What a deletion in the store does to the target's record. */
public enum OnDelete {
    ARCHIVE,
    DISABLE,
    END_MEMBERSHIPS,
    IGNORE,
    ASK
}
