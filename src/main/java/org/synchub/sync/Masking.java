package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;

/**
 * Takes a record's own values out of what a server said about it. Servers quote what they refuse, and what they say ends
 * up in logs, terminals and monitoring, where a person's number or name has no business.
 */
final class Masking {

    private static final String MASK = "‹value›";

    /** Shorter ones occur in any sentence. */
    private static final int SHORTEST = 2;

    private Masking() {}

    /** The server's words without any value of the record. */
    static String mask(String words, JsonNode record) {
        TreeSet<String> values =
                new TreeSet<>(Comparator.comparingInt(String::length).reversed().thenComparing(v -> v));
        collect(record, values);
        String masked = words;
        for (String value : values) {
            masked = masked.replace(value, MASK);
        }
        return masked;
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
