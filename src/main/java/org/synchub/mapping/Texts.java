package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** The text of a JSON value, the same wherever values are compared or passed as text. */
final class Texts {

    private Texts() {}

    /** Text as it is, a number in digits (288, 12.5), true or false; null for null, objects and lists. */
    static @Nullable String of(@Nullable JsonNode value) {
        if (value == null) {
            return null;
        }
        if (value.isTextual()) {
            return value.textValue();
        }
        if (value.isIntegralNumber() || value.isBoolean()) {
            return value.asText();
        }
        if (value.isNumber()) {
            BigDecimal number = Numbers.parse(value);
            return number == null
                    ? null
                    : Numbers.node(number).isIntegralNumber()
                            ? number.toBigInteger().toString()
                            : number.stripTrailingZeros().toPlainString();
        }
        return null;
    }

    /** Absent and blank text mean the same to a mapping; JSON null does not, it is a value that was cleared. */
    static boolean isAbsent(@Nullable JsonNode value) {
        return value == null
                || value.isMissingNode()
                || (value.isTextual() && value.textValue().isBlank());
    }
}
