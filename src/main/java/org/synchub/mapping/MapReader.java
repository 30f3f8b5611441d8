package org.synchub.mapping;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads one YAML map whose keys are known: refuses the others, and checks each value's form. */
final class MapReader {

    private static final List<String> FLAGS = List.of("true", "false");
    private static final int LONGEST_QUOTE = 60;

    private final Node map;
    private final Set<String> known;
    private final Problems problems;

    private MapReader(Node map, Set<String> known, Problems problems) {
        this.map = map;
        this.known = known;
        this.problems = problems;
    }

    /** @param what names the map in messages: "a field", "the file" */
    static @Nullable MapReader of(Node node, String what, Set<String> known, Problems problems) {
        return of(node, what, known, key -> null, problems);
    }

    /**
     * As {@link #of(Node, String, Set, Problems)}.
     *
     * @param elsewhere a hint for a key that is known in another place; null for one that is known nowhere
     */
    static @Nullable MapReader of(
            Node node,
            String what,
            Set<String> known,
            Function<String, @Nullable String> elsewhere,
            Problems problems) {
        if (!node.isMap()) {
            problems.error(
                    node,
                    what + " must be a map of keys and values, not " + node.describe(),
                    "known keys are " + String.join(", ", known));
            return null;
        }
        node.rawEntries().forEach((key, entry) -> {
            if (!known.contains(key)) {
                String hint = elsewhere.apply(key);
                problems.error(
                        entry.key(),
                        "unknown key '" + key + "' in " + what,
                        hint == null ? Suggest.hint(key, known) : hint);
            }
        });
        return new MapReader(node, known, problems);
    }

    Node map() {
        return map;
    }

    boolean has(String key) {
        return map.rawEntries().containsKey(key);
    }

    @Nullable
    Node get(String key) {
        return map.get(key);
    }

    /** The key itself where it is given, else the map: the place to point to. */
    Node keyNode(String key) {
        Node.Entry entry = map.rawEntries().get(key);
        return entry == null ? map : entry.key();
    }

    @Nullable
    Node require(String key, String hint) {
        Node value = map.get(key);
        if (value == null && isMisspelt(key)) {
            return null;
        }
        if (value == null || value.isNull()) {
            problems.error(
                    value == null ? map : value,
                    value == null ? "required key '" + key + "' is missing" : "key '" + key + "' has no value",
                    hint);
            return null;
        }
        return value;
    }

    /** A key that is reported as unknown already, with this one as the suggestion, is not missing as well. */
    private boolean isMisspelt(String key) {
        return map.rawEntries().keySet().stream()
                .anyMatch(given -> !known.contains(given) && key.equals(Suggest.nearest(given, known)));
    }

    /** A single value as written; null where absent or of another form. */
    @Nullable
    String text(String key) {
        Node value = map.get(key);
        return value == null ? null : text(key, value);
    }

    @Nullable
    String text(String key, Node value) {
        if (!value.isScalar() || value.isNull()) {
            problems.error(value, "'" + key + "' must be text, not " + value.describe(), "");
            return null;
        }
        return value.text();
    }

    boolean flag(String key, boolean otherwise) {
        Node value = map.get(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.isScalar() || !value.json().isBoolean()) {
            problems.error(
                    value, "'" + key + "' must be true or false" + found(value), Suggest.nearestHint(value, FLAGS));
            return otherwise;
        }
        return value.json().booleanValue();
    }

    int integer(String key, Node value, int least, int otherwise) {
        if (!value.isScalar() || !value.json().isInt() || value.json().intValue() < least) {
            problems.error(value, "'" + key + "' must be a whole number, at least " + least + found(value), "");
            return otherwise;
        }
        return value.json().intValue();
    }

    /** The number under 'priority', from 1 to 9. */
    int priority(int otherwise) {
        Node value = map.get("priority");
        if (value == null) {
            return otherwise;
        }
        if (!value.isScalar()
                || !value.json().isInt()
                || value.json().intValue() < 1
                || value.json().intValue() > 9) {
            problems.error(
                    value, "'priority' must be a whole number from 1 (first) to 9 (last)" + found(value), "5 is usual");
            return otherwise;
        }
        return value.json().intValue();
    }

    <E extends Enum<E>> @Nullable E choice(String key, Class<E> type) {
        Node value = map.get(key);
        if (value == null) {
            return null;
        }
        List<String> words =
                Arrays.stream(type.getEnumConstants()).map(MapReader::word).toList();
        if (value.isScalar()) {
            for (E constant : type.getEnumConstants()) {
                if (word(constant).equals(value.text())) {
                    return constant;
                }
            }
        }
        problems.error(
                value,
                "'" + key + "' must be one of " + String.join(", ", words) + found(value),
                Suggest.nearestHint(value, words));
        return null;
    }

    /** END_MEMBERSHIPS is written end-memberships. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
    }

    /** ", not 'x'" for a single value, ", not a list" for others. */
    static String found(Node value) {
        return value.isScalar() && !value.isNull()
                ? ", not '" + shortened(value.text()) + "'"
                : ", not " + value.describe();
    }
}
