package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;

/** YAML 1.2's core schema for a single value: null, true, false, whole and decimal numbers; all else is text. */
final class Scalars {

    private Scalars() {}

    static boolean isNull(String plain) {
        return plain.isEmpty()
                || plain.equals("~")
                || plain.equals("null")
                || plain.equals("Null")
                || plain.equals("NULL");
    }

    static JsonNode json(String text, boolean quoted) {
        if (quoted) {
            return TextNode.valueOf(text);
        }
        if (isNull(text)) {
            return NullNode.instance;
        }
        return switch (text) {
            case "true", "True", "TRUE" -> BooleanNode.TRUE;
            case "false", "False", "FALSE" -> BooleanNode.FALSE;
            default -> isNumber(text) ? Numbers.node(new BigDecimal(text)) : TextNode.valueOf(text);
        };
    }

    private static boolean isNumber(String text) {
        int start = text.startsWith("-") ? 1 : 0;
        int end = text.length();
        int point = -1;
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (c == '.' && point < 0) {
                point = i;
            } else if (c < '0' || c > '9') {
                return false;
            }
        }
        int whole = (point < 0 ? end : point) - start;
        boolean leadingZero = whole > 1 && text.charAt(start) == '0';
        return whole > 0 && !leadingZero && point != end - 1 && end <= 40;
    }
}
