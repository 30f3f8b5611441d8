package org.synchub.store;

import com.fasterxml.jackson.core.io.NumberOutput;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rewrites the text that PostgreSQL gives for a jsonb value into what JavaScript's {@code JSON.stringify} gives for the
 * same value after {@code JSON.parse}: no blanks, numbers as doubles, and keys that look like array indexes first.
 *
 * <p>Strings are copied as they stand: PostgreSQL and ECMA-262 escape the same characters in the same way.
 */
final class JavaScriptJson {

    private static final long LARGEST_INDEX = 4_294_967_294L;
    private static final int EXACT_DIGITS = 15;

    private final String text;
    private int at;

    private JavaScriptJson(String text) {
        this.text = text;
    }

    /** Appends {@code jsonb}, which must be jsonb's own output, to {@code out}. */
    static void append(StringBuilder out, String jsonb) {
        new JavaScriptJson(jsonb).value(out);
    }

    private void value(StringBuilder out) {
        blanks();
        switch (text.charAt(at)) {
            case '{' -> object(out);
            case '[' -> array(out);
            case '"' -> string(out);
            case 't', 'f', 'n' -> word(out);
            default -> number(out);
        }
    }

    private void object(StringBuilder out) {
        int start = out.length();
        Map<Long, String> indexed = Map.of();
        at++;
        blanks();
        while (text.charAt(at) != '}') {
            if (text.charAt(at) == ',') {
                at++;
                blanks();
            }
            int member = out.length();
            out.append(member == start ? '{' : ',');
            string(out);
            long index = arrayIndex(out, member + 2, out.length() - 1);
            blanks();
            at++; // the colon
            out.append(':');
            value(out);
            if (index >= 0) {
                indexed = indexed.isEmpty() ? new TreeMap<>() : indexed;
                indexed.put(index, out.substring(member + 1));
                out.setLength(member);
            }
            blanks();
        }
        at++;
        if (!indexed.isEmpty()) {
            String first = String.join(",", indexed.values());
            if (out.length() == start) {
                out.append('{').append(first);
            } else {
                out.insert(start + 1, first + ",");
            }
        } else if (out.length() == start) {
            out.append('{');
        }
        out.append('}');
    }

    private void array(StringBuilder out) {
        out.append('[');
        at++;
        blanks();
        while (text.charAt(at) != ']') {
            if (text.charAt(at) == ',') {
                at++;
                out.append(',');
            }
            value(out);
            blanks();
        }
        at++;
        out.append(']');
    }

    private void string(StringBuilder out) {
        int end = at + 1;
        while (text.charAt(end) != '"') {
            end += text.charAt(end) == '\\' ? 2 : 1;
        }
        out.append(text, at, end + 1);
        at = end + 1;
    }

    private void word(StringBuilder out) {
        int end = at;
        while (end < text.length() && Character.isLetter(text.charAt(end))) {
            end++;
        }
        out.append(text, at, end);
        at = end;
    }

    private void number(StringBuilder out) {
        int end = at;
        boolean whole = true;
        while (end < text.length() && ",]} ".indexOf(text.charAt(end)) < 0) {
            whole &= text.charAt(end) == '-' || Character.isDigit(text.charAt(end));
            end++;
        }
        String number = text.substring(at, end);
        at = end;
        out.append(whole && number.length() <= EXACT_DIGITS ? number : javaScriptNumber(Double.parseDouble(number)));
    }

    private void blanks() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    /** The index if the key from here to there is one as ECMA-262 means it (canonical, below 2^32 - 1), else -1. */
    private static long arrayIndex(StringBuilder text, int from, int to) {
        int digits = to - from;
        if (digits < 1 || digits > 10 || (digits > 1 && text.charAt(from) == '0')) {
            return -1;
        }
        long index = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            index = index * 10 + (c - '0');
        }
        return index <= LARGEST_INDEX ? index : -1;
    }

    /** ECMA-262's Number::toString for radix 10; {@code JSON.stringify} writes null for what is not finite. */
    private static String javaScriptNumber(double value) {
        if (Double.isInfinite(value) || Double.isNaN(value)) {
            return "null";
        }
        if (value == 0) {
            return "0";
        }
        BigDecimal shortest = shortest(Math.abs(value));
        String digits = shortest.unscaledValue().toString();
        int count = digits.length();
        int point = count - shortest.scale();
        StringBuilder out = new StringBuilder(value < 0 ? "-" : "");
        if (point >= count && point <= 21) {
            out.append(digits).append("0".repeat(point - count));
        } else if (point > 0 && point <= 21) {
            out.append(digits, 0, point).append('.').append(digits, point, count);
        } else if (point > -6 && point <= 0) {
            out.append("0.").append("0".repeat(-point)).append(digits);
        } else {
            out.append(digits.charAt(0));
            if (count > 1) {
                out.append('.').append(digits, 1, count);
            }
            out.append('e').append(point > 0 ? '+' : '-').append(Math.abs(point - 1));
        }
        return out.toString();
    }

    /** The fewest digits that still give {@code value} back. */
    private static BigDecimal shortest(double value) {
        // Java 17's own Double.toString does not always find them. Jackson's does, except that, as Java's format asks,
        // it goes for the nearest two digits where one would do (4.9E-324).
        BigDecimal found = new BigDecimal(NumberOutput.toString(value, true)).stripTrailingZeros();
        if (found.precision() == 2) {
            BigDecimal one =
                    found.round(new MathContext(1, RoundingMode.HALF_UP)).stripTrailingZeros();
            if (one.doubleValue() == value) {
                return one;
            }
        }
        return found;
    }
}
