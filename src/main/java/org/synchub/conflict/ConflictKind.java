package org.synchub.conflict;

/** What kind of disagreement a {@link Situation} is. The first word of a pair is what the internal side did. */
public enum ConflictKind {
    /** No conflict: nothing changed, one side changed, both changed different things, or both changed to the same. */
    NONE,
    /** Both sides changed the same thing to different values. */
    UPDATE_UPDATE,
    /** The internal side changed a record that the external side no longer holds. */
    UPDATE_DELETE,
    /** The internal side deleted a record that the external side changed. */
    DELETE_UPDATE,
    /** One side deleted a record that the other left as it was. No conflict, but settings may ask people about it. */
    DELETION,
    /** Both sides deleted the record. Recorded, but nothing to settle. */
    DELETE_DELETE,
    /** Two records that were never linked carry the same key and differ. */
    CREATE_CREATE,
    /** One side refuses a value of the other because another record holds it and it must be unique. */
    CONSTRAINT,
    /** The hub was about to push a change and found that the target had moved since the base. */
    STALE_PUSH;

    /** Whether both sides did something that does not go together. */
    public boolean isConflict() {
        return this != NONE && this != DELETION && this != DELETE_DELETE;
    }
}
