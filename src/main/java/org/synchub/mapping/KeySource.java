package org.synchub.mapping;

/**
 * A place of entities in which the value of a natural key stands as it is.
 *
 * @param jsonPath the place in PostgreSQL's notation; it may name several values
 * @param value the text to look for
 * @param isPrefix whether the entity's text may go on, as a date with a time behind it does
 */
public record KeySource(String jsonPath, String value, boolean isPrefix) {

    /** Without the value, which is a person's. */
    @Override
    public String toString() {
        return "KeySource[" + jsonPath + "]";
    }
}
