package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * One JSON node for one number, and the one that Jackson gives when it reads the written record back. A record that
 * went through jsonb therefore equals the record that was written, node by node.
 */
final class Numbers {

    private static final int LONGEST = 40;

    private Numbers() {}

    static JsonNode node(long value) {
        return value == (int) value ? IntNode.valueOf((int) value) : LongNode.valueOf(value);
    }

    static JsonNode node(BigDecimal value) {
        if (value.signum() == 0) {
            return IntNode.valueOf(0);
        }
        BigDecimal plain = value.stripTrailingZeros();
        if (plain.scale() <= 0) {
            BigInteger whole = plain.toBigInteger();
            return whole.bitLength() < Long.SIZE ? node(whole.longValueExact()) : BigIntegerNode.valueOf(whole);
        }
        double nearest = plain.doubleValue();
        return !Double.isInfinite(nearest) && BigDecimal.valueOf(nearest).compareTo(plain) == 0
                ? DoubleNode.valueOf(nearest)
                : DecimalNode.valueOf(plain);
    }

    /** The number that a JSON number or a text holds; null if it holds none or one of absurd size. */
    static @Nullable BigDecimal parse(JsonNode value) {
        if (value.isNumber()) {
            if ((value.isDouble() || value.isFloat()) && !Double.isFinite(value.doubleValue())) {
                return null;
            }
            BigDecimal number = value.decimalValue();
            return Math.abs((long) number.scale()) + number.precision() <= 2 * LONGEST ? number : null;
        }
        return value.isTextual() ? parse(value.textValue()) : null;
    }

    /** Digits with an optional sign and decimal point; no exponent, no thousands separator. */
    static @Nullable BigDecimal parse(String text) {
        String digits = text.strip();
        int length = digits.length();
        if (length == 0 || length > LONGEST) {
            return null;
        }
        boolean point = false;
        boolean digit = false;
        for (int i = 0; i < length; i++) {
            char c = digits.charAt(i);
            if (c >= '0' && c <= '9') {
                digit = true;
            } else if (c == '.' && !point) {
                point = true;
            } else if (i > 0 || (c != '-' && c != '+')) {
                return null;
            }
        }
        return digit ? new BigDecimal(digits) : null;
    }
}
