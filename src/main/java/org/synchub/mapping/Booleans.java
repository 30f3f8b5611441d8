package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The ways in which forms write true and false. */
final class Booleans {

    private static final String[][] PAIRS = {{"true", "false"}, {"yes", "no"}, {"1", "0"}};

    private Booleans() {}

    static @Nullable JsonNode convert(JsonNode value) {
        if (value.isBoolean()) {
            return value;
        }
        String text = Texts.of(value);
        if (text == null) {
            return null;
        }
        String word = text.strip().toLowerCase(Locale.ROOT);
        for (String[] pair : PAIRS) {
            if (word.equals(pair[0])) {
                return BooleanNode.TRUE;
            }
            if (word.equals(pair[1])) {
                return BooleanNode.FALSE;
            }
        }
        return null;
    }

    /** In the style of the current value: No where it was Yes, 0 where it was 1. */
    static JsonNode restore(BooleanNode theirs, @Nullable JsonNode current) {
        if (current == null || current.isBoolean() || convert(current) == null) {
            return theirs;
        }
        if (current.isNumber()) {
            return IntNode.valueOf(theirs.booleanValue() ? 1 : 0);
        }
        String old = current.asText().strip();
        for (String[] pair : PAIRS) {
            if (old.equalsIgnoreCase(pair[0]) || old.equalsIgnoreCase(pair[1])) {
                return TextNode.valueOf(inCaseOf(old, theirs.booleanValue() ? pair[0] : pair[1]));
            }
        }
        return theirs;
    }

    private static String inCaseOf(String old, String word) {
        if (old.equals(old.toLowerCase(Locale.ROOT))) {
            return word;
        }
        return old.equals(old.toUpperCase(Locale.ROOT))
                ? word.toUpperCase(Locale.ROOT)
                : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }
}
