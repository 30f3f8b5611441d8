package org.synchub.target.httpjson.spec;

/** What an answer means. */
public enum Verdict {
    /** Done. */
    ACCEPTED,
    /** Nothing had to be done. */
    UNCHANGED,
    /** A record with this key or a unique value of it is there already. */
    EXISTS,
    /** The target's record is newer than the one the write is based on. */
    CONFLICT,
    /** The target refuses this record and will refuse it again. */
    REJECTED,
    /** This record cannot be written now; the reason may pass. */
    RETRY,
    /** The record is not there (any more). */
    GONE,
    /** It is not known whether the write was applied. */
    UNKNOWN,
    /** The credential was not taken: it is renewed once. */
    LOGIN,
    /** The target itself is in trouble: it is left alone for a while. */
    UNAVAILABLE,
    /** The target lacks a right or an address that the mapping file names: nothing goes on until it is mended. */
    MISCONFIGURED
}
