package org.synchub.mapping;

import java.util.List;
import java.util.stream.Collectors;

/** A mapping file that cannot be used. Carries every problem found, one per line of its message. */
public final class MappingException extends RuntimeException {

    private final transient List<Problem> problems;

    public MappingException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
