package org.synchub.mapping;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one YAML map whose keys are known: refuses the others, and checks each value's form. */
final class MapReader {

    private final Node map;
    private final Problems problems;

    private MapReader(Node map, Problems problems) {
        this.map = map;
        this.problems = problems;
    }

    /** @param what names the map in messages: "a field", "the file" */
    static @Nullable MapReader of(Node node, String what, Set<String> known, Problems problems) {
        if (!node.isMap()) {
            problems.error(
                    node,
                    what + " must be a map of keys and values, not " + node.describe(),
                    "known keys are " + String.join(", ", known));
            return null;
        }
        node.rawEntries().forEach((key, entry) -> {
            if (!known.contains(key)) {
                problems.error(entry.key(), "unknown key '" + key + "' in " + what, Suggest.hint(key, known));
            }
        });
        return new MapReader(node, problems);
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
        if (value == null || value.isNull()) {
            problems.error(
                    value == null ? map : value,
                    value == null ? "required key '" + key + "' is missing" : "key '" + key + "' has no value",
                    hint);
            return null;
        }
        return value;
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
            problems.error(value, "'" + key + "' must be true or false" + found(value), "");
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
        String near = value.isScalar() ? Suggest.nearest(value.text(), words) : null;
        problems.error(
                value,
                "'" + key + "' must be one of " + String.join(", ", words) + found(value),
                near == null ? "" : "did you mean '" + near + "'?");
        return null;
    }

    /** END_MEMBERSHIPS is written end-memberships. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** ", not 'x'" for a single value, ", not a list" for others. */
    static String found(Node value) {
        return value.isScalar() && !value.isNull() ? ", not '" + value.text() + "'" : ", not " + value.describe();
    }
}
