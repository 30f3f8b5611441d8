package org.synchub.mapping;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with one file, so that everything is reported at once. */
final class Problems {

    private final String file;
    private final List<Problem> errors = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();

    Problems(String file) {
        this.file = file;
    }

    String file() {
        return file;
    }

    void error(Node at, String message, String hint) {
        error(at.line(), at.column(), message, hint);
    }

    void error(int line, int column, String message, String hint) {
        errors.add(new Problem(file, line, column, null, message, hint));
    }

    void add(List<Problem> others) {
        errors.addAll(others);
    }

    void warning(Node at, String message, String hint) {
        warnings.add(new Problem(file, at.line(), at.column(), null, message, hint));
    }

    List<Problem> warnings() {
        return List.copyOf(warnings);
    }

    int count() {
        return errors.size();
    }

    void throwIfAny() {
        if (!errors.isEmpty()) {
            List<Problem> sorted = new ArrayList<>(errors);
            sorted.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
            throw new MappingException(sorted);
        }
    }
}
