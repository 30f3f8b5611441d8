package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.synchub.crypto.Envelope;
import org.synchub.mapping.Field;
import org.synchub.mapping.Kind;

/**
 * Takes a record's own values out of what a server said about it. Servers quote what they refuse, and what they say ends
 * up in logs, terminals and monitoring, where a person's number or name has no business.
 */
final class Masking {

    private static final String MASK = "‹value›";

    /** Shorter ones occur in any sentence. */
    private static final int SHORTEST = 2;

    private Masking() {}

    /**
     * The server's words without any value of the record. What the mapping itself calls things by stays: constants, and the
     * words that tell the items of a list apart, such as the type of a document.
     */
    static String mask(String words, JsonNode record, Kind kind) {
        Set<String> values = new HashSet<>();
        collect(record, values);
        values.removeAll(words(kind));
        return mask(words, values);
    }

    /** The words without any of the values, the longest first. */
    static String mask(String words, Set<String> values) {
        TreeSet<String> byLength =
                new TreeSet<>(Comparator.comparingInt(String::length).reversed().thenComparing(v -> v));
        values.forEach(value -> {
            if (value.strip().length() >= SHORTEST) {
                byLength.add(value.strip());
            }
        });
        String masked = Envelope.hidden(words, MASK);
        for (String value : byLength) {
            masked = masked.replace(value, MASK);
        }
        return masked;
    }

    /** What the mapping itself calls things by: nobody's values. */
    static Set<String> words(Kind kind) {
        Set<String> names = new HashSet<>();
        kind.fields().forEach(field -> names(field, field.key(), names));
        return names;
    }

    private static void names(Field field, Collection<String> keys, Set<String> names) {
        if (field.isConstant() || keys.contains(field.name())) {
            field.given().forEach(given -> names.add(given.value().asText().strip()));
        }
        field.fields().forEach(child -> names(child, field.key(), names));
    }

    private static void collect(JsonNode node, Set<String> values) {
        if (node.isValueNode()) {
            String text = node.asText().strip();
            if (!node.isBoolean() && !node.isNull() && text.length() >= SHORTEST) {
                values.add(text);
            }
        } else {
            node.forEach(child -> collect(child, values));
        }
    }
}
