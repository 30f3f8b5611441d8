package org.synchub.target;

import java.util.List;

/** The target cannot take what the mapping or its settings ask for. Carries every problem found, one per line. */
public final class ConfigurationProblem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    public ConfigurationProblem(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
