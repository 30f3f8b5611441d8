package org.synchub.target.httpjson.spec;

import org.synchub.mapping.Settings;

/**
 * What the system does about repeated and overtaken writes.
 *
 * @param lookFirst whether the hub looks for the record before every create, not only after one whose outcome is unknown
 */
public record WriteSpec(Repeat repeat, boolean lookFirst, Check check) {

    static final String[] KEYS = {"repeat", "lookFirst", "check"};

    /** What a repeated create does. */
    public enum Repeat {
        /** Nothing: it has one effect. */
        SAFE,
        /** It is refused with the outcome {@code exists}. */
        REFUSED,
        /** It makes a second record. */
        DOUBLES
    }

    /** Who notices that the target's record has moved on. */
    public enum Check {
        /** Nobody. */
        NONE,
        /** The hub reads the record before it writes. */
        READ,
        /** The hub reads what changed since the last pull before it writes a batch. */
        CHANGES,
        /** The server compares versions and answers with the outcome {@code conflict}. */
        SERVER
    }

    private enum Look {
        ALWAYS,
        WHEN_UNCERTAIN
    }

    static WriteSpec read(Settings adapter) {
        Settings write = adapter.child("write");
        write.onlyKnown(KEYS);
        return new WriteSpec(
                write.choice("repeat", Repeat.class, Repeat.DOUBLES),
                write.choice("lookFirst", Look.class, Look.ALWAYS) == Look.ALWAYS,
                write.choice("check", Check.class, Check.NONE));
    }
}
