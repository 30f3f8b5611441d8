package org.synchub.conflict;

import java.util.List;
import java.util.stream.Collectors;

/** Settings for conflicts that cannot be followed. Every mistake is told at once. */
public final class PolicyException extends IllegalArgumentException {

    private final transient List<Problem> problems;

    /**
     * One mistake.
     *
     * @param place the setting, as keys joined by dots under the name that the reader was given
     * @param message what is wrong, the value quoted, and what would be right
     */
    public record Problem(String place, String message) {
        @Override
        public String toString() {
            return place + ": " + message;
        }
    }

    PolicyException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
