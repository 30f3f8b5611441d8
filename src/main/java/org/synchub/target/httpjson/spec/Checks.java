package org.synchub.target.httpjson.spec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.MappingException;
import org.synchub.mapping.Problem;

/** Gathers what is wrong with a section part by part, so that everything is reported at once. */
final class Checks {

    private final List<Problem> problems = new ArrayList<>();

    /** What the reader makes; null if it complains, which is remembered. */
    <T> @Nullable T read(Supplier<@Nullable T> reader) {
        try {
            return reader.get();
        } catch (MappingException wrong) {
            problems.addAll(wrong.problems());
            return null;
        }
    }

    /** As {@link #read}, with something to go on with. */
    <T> T read(T otherwise, Supplier<T> reader) {
        try {
            return reader.get();
        } catch (MappingException wrong) {
            problems.addAll(wrong.problems());
            return otherwise;
        }
    }

    void run(Runnable check) {
        try {
            check.run();
        } catch (MappingException wrong) {
            problems.addAll(wrong.problems());
        }
    }

    /** Reports everything gathered in the order of the file; what is wrong in several places is told for the first. */
    void throwIfAny() {
        if (!problems.isEmpty()) {
            Map<String, Problem> first = new LinkedHashMap<>();
            problems.stream()
                    .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
                    .forEach(problem -> first.putIfAbsent(problem.message(), problem));
            throw new MappingException(List.copyOf(first.values()));
        }
    }
}
