package org.synchub.conflict;

/** What a {@link Resolution} asks its caller to do with the record as a whole. */
public enum Verdict {
    /** Both sides already hold the result (or both no longer hold the record): only the base moves. */
    AGREED,
    /** The result is what the internal side holds: write it to the external side, creating it where it is gone. */
    TAKE_INTERNAL,
    /** The result is what the external side holds: write it to the internal side, creating it where it is gone. */
    TAKE_EXTERNAL,
    /** The result is a mixture: write it to both sides. */
    MERGED,
    /** Somebody has to decide or approve first: write nothing, keep the base. */
    MANUAL,
    /** The record goes from the side that still holds it. */
    DELETE,
    /** Leave each side as it is, although they differ. */
    KEEP
}
