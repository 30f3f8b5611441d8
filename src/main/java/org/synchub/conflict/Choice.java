package org.synchub.conflict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a person says about a conflict. */
public sealed interface Choice {

    /** The contested places take one side's values; what only one side changed stays merged. */
    record Take(Side side) implements Choice {}

    /**
     * The contested places take values of the person's own.
     *
     * @param fields values by the text of a {@link Path}; null removes the place
     */
    record Merged(Map<String, @Nullable JsonNode> fields) implements Choice {
        public Merged {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }

        /** Without the values, so that it may be logged. */
        @Override
        public String toString() {
            return "Merged[" + fields.size() + " fields]";
        }
    }

    /** Each side stays as it is. */
    record Ignore() implements Choice {}

    /** The decisions that a rule proposes stand. */
    record Approve() implements Choice {}

    static Choice internal() {
        return new Take(Side.INTERNAL);
    }

    static Choice external() {
        return new Take(Side.EXTERNAL);
    }

    static Choice merged(Map<String, @Nullable JsonNode> fields) {
        return new Merged(fields);
    }

    static Choice ignore() {
        return new Ignore();
    }

    static Choice approve() {
        return new Approve();
    }

    /**
     * Reads a choice as it is typed or sent: {@code internal} (or client, local), {@code external} (or server, remote),
     * {@code merged} (or merge), {@code ignore}, {@code approve}.
     *
     * @param fields the values for {@code merged}; must be empty for every other word
     * @throws IllegalArgumentException when the word is none of these, or fields come with another word than merged
     */
    static Choice of(String word, Map<String, @Nullable JsonNode> fields) {
        List<String> allowed = List.of("internal", "external", "merged", "ignore", "approve");
        String plain = Names.plain(word);
        Choice choice = plain.equals("merged")
                ? merged(fields)
                : plain.equals("ignore") ? ignore() : plain.equals("approve") ? approve() : byStrategy(plain, fields);
        if (choice == null) {
            throw new IllegalArgumentException("\"" + word + "\" is no resolution; allowed are "
                    + String.join(", ", allowed) + Names.didYouMean(word, allowed));
        }
        if (!(choice instanceof Merged) && !fields.isEmpty()) {
            throw new IllegalArgumentException("\"" + word + "\" takes no fields; only \"merged\" does");
        }
        return choice;
    }

    private static @Nullable Choice byStrategy(String word, Map<String, @Nullable JsonNode> fields) {
        Optional<Strategy> strategy = Strategy.parse(word);
        if (strategy.isEmpty()) {
            return null;
        }
        return switch (strategy.get()) {
            case INTERNAL_WINS -> internal();
            case EXTERNAL_WINS -> external();
            case MERGE -> merged(fields);
            case MANUAL, LAST_WRITE_WINS, BEAN -> null;
        };
    }
}
