package org.synchub.mapping;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong, said so that an integrator can mend it: where in the mapping file, what, and what to do.
 * A problem of a record never holds a value of that record.
 *
 * @param file the mapping file as it was given to {@link Mapping#load}
 * @param line counted from 1
 * @param column counted from 1
 * @param field the record's field, dotted ({@code reg_ids.0.value}); null when the file itself is wrong
 * @param message what is wrong, and by which rule
 * @param hint what to do next; may be empty
 */
public record Problem(
        String file, int line, int column, @Nullable String field, String message, String hint) {

    /** What is wrong and with which field, without where the file says it. */
    public String what() {
        return field == null ? message : "field '" + field + "': " + message;
    }

    /** {@code mappings/openspp.yaml:12:7: unknown key 'pth' here; did you mean 'path'?} */
    @Override
    public String toString() {
        String where = file + ":" + line + ":" + column + ": ";
        return hint.isEmpty() ? where + what() : where + what() + "; " + hint;
    }
}
