package org.synchub.mapping;

/** Which way a field flows: out to the target, in to the store, or both. */
public enum Direction {
    OUT,
    IN,
    BOTH;

    public boolean out() {
        return this != IN;
    }

    public boolean in() {
        return this != OUT;
    }
}
