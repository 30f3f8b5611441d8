package org.synchub.conflict;

import java.util.List;
import java.util.stream.Collectors;

/** A person's choice that cannot be carried out; nothing was changed. Every mistake is told at once. */
public final class ChoiceException extends IllegalArgumentException {

    private final transient List<Problem> problems;

    /**
     * One mistake.
     *
     * @param path the place it is about, keys of list items left out; {@code *} for the whole choice
     * @param message what is wrong and what to do, without anybody's values
     */
    public record Problem(String path, String message) {
        @Override
        public String toString() {
            return path + ": " + message;
        }
    }

    ChoiceException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    ChoiceException(Path path, String message) {
        this(List.of(new Problem(path.toString(), message)));
    }

    public List<Problem> problems() {
        return problems;
    }
}
