package org.synchub.mapping;

/** What happens to records already sent when the mapping that made them has changed. */
public enum MappingChange {
    /** They are owed to the target at once. */
    OWE,
    /** They are listed, and owed when an operator says so. */
    ASK
}
