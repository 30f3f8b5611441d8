package org.synchub.target.openspp.record;

/** A record names something that the server's vocabulary does not have, so there is no id to send. */
public final class UnknownName extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String field;

    /** The name itself stays out of the message: it came with a person's record. */
    public UnknownName(String field, String model, String label, boolean ambiguous) {
        super(
                ambiguous
                        ? "the server has several " + model + " with this " + label
                                + ", so none can be chosen; rename all but one"
                        : "the server has no " + model + " with this " + label + "; add it there or mend the record");
        this.field = field;
    }

    public String field() {
        return field;
    }
}
