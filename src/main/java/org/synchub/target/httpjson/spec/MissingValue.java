package org.synchub.target.httpjson.spec;

/** A request cannot be built because a placeholder in its address has no value for this record. */
public final class MissingValue extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public MissingValue(String name) {
        super("'{" + name + "}' has no value for this record, and the request's address needs it");
    }
}
