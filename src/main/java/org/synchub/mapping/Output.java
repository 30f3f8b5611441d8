package org.synchub.mapping;

import java.util.ArrayList;
import java.util.List;

/** Gathers, beside the record itself, what one mapping of one record has to say. */
final class Output {

    private final boolean withInward;
    private List<Reference> references = List.of();
    private List<Problem> problems = List.of();

    /** @param withInward whether fields that only flow inwards are wanted too, as a comparison needs them */
    Output(boolean withInward) {
        this.withInward = withInward;
    }

    boolean wants(Field field) {
        return withInward || field.direction().out();
    }

    void reference(String field, String kind, String guid) {
        if (references.isEmpty()) {
            references = new ArrayList<>(2);
        }
        references.add(new Reference(field, kind, guid));
    }

    void problem(Field field, Scope scope, String message, String hint) {
        if (problems.isEmpty()) {
            problems = new ArrayList<>(2);
        }
        problems.add(
                new Problem(field.file(), field.line(), field.column(), scope.nameOf(field.fullName()), message, hint));
    }

    List<Reference> references() {
        return references;
    }

    List<Problem> problems() {
        return problems;
    }
}
