package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** What a value must be for the target, and how it goes there and back. */
enum FieldType {
    TEXT("a single value, not an object or a list") {
        @Override
        @Nullable
        JsonNode convert(JsonNode value) {
            if (value.isTextual()) {
                return value;
            }
            String text = Texts.of(value);
            return text == null ? null : TextNode.valueOf(text);
        }

        @Override
        JsonNode restore(JsonNode theirs, @Nullable JsonNode current) {
            if (current == null || current.isTextual()) {
                return theirs;
            }
            JsonNode plain = Scalars.json(theirs.textValue(), false);
            boolean sameType = plain.isNumber() ? current.isNumber() : plain.isBoolean() && current.isBoolean();
            return sameType ? plain : theirs;
        }
    },

    INTEGER("a whole number such as 4") {
        @Override
        @Nullable
        JsonNode convert(JsonNode value) {
            if (value.isInt()) {
                return value;
            }
            BigDecimal number = Numbers.parse(value);
            if (number == null || number.stripTrailingZeros().scale() > 0) {
                return null;
            }
            return number.toBigInteger().bitLength() < Long.SIZE ? Numbers.node(number) : null;
        }

        @Override
        JsonNode restore(JsonNode theirs, @Nullable JsonNode current) {
            return restoreNumber(theirs, current);
        }
    },

    DECIMAL("a number such as 12.50, with a point and without thousands separators") {
        @Override
        @Nullable
        JsonNode convert(JsonNode value) {
            BigDecimal number = Numbers.parse(value);
            return number == null ? null : Numbers.node(number);
        }

        @Override
        JsonNode restore(JsonNode theirs, @Nullable JsonNode current) {
            return restoreNumber(theirs, current);
        }
    },

    BOOLEAN("true or false (also yes or no, 1 or 0)") {
        @Override
        @Nullable
        JsonNode convert(JsonNode value) {
            return Booleans.convert(value);
        }

        @Override
        JsonNode restore(JsonNode theirs, @Nullable JsonNode current) {
            return Booleans.restore((BooleanNode) theirs, current);
        }
    },

    DATE("a date such as 2010-03-28, with or without a time after it") {
        @Override
        @Nullable
        JsonNode convert(JsonNode value) {
            if (!value.isTextual()) {
                return null;
            }
            String text = value.textValue();
            if (!Dates.startsWithDate(text)) {
                return null;
            }
            return text.length() == Dates.DATE_LENGTH ? value : TextNode.valueOf(text.substring(0, Dates.DATE_LENGTH));
        }

        @Override
        JsonNode restore(JsonNode theirs, @Nullable JsonNode current) {
            if (current == null || !current.isTextual() || !Dates.startsWithDate(current.textValue())) {
                return theirs;
            }
            return TextNode.valueOf(theirs.textValue() + current.textValue().substring(Dates.DATE_LENGTH));
        }
    },

    DATETIME("a date and time with its offset such as 2010-03-28T10:15:00+07:00") {
        @Override
        @Nullable
        JsonNode convert(JsonNode value) {
            OffsetDateTime time = value.isTextual() ? Dates.time(value.textValue()) : null;
            return time == null ? null : TextNode.valueOf(time.toInstant().toString());
        }

        @Override
        JsonNode restore(JsonNode theirs, @Nullable JsonNode current) {
            OffsetDateTime old = current != null && current.isTextual() ? Dates.time(current.textValue()) : null;
            OffsetDateTime time = Dates.time(theirs.textValue());
            if (old == null || time == null || old.getOffset().equals(ZoneOffset.UTC)) {
                return theirs;
            }
            try {
                return TextNode.valueOf(Dates.WITH_OFFSET.format(time.withOffsetSameInstant(old.getOffset())));
            } catch (DateTimeException outOfRange) {
                return theirs;
            }
        }
    },

    JSON("any JSON value") {
        @Override
        JsonNode convert(JsonNode value) {
            return Field.fresh(value);
        }

        @Override
        JsonNode restore(JsonNode theirs, @Nullable JsonNode current) {
            return Field.fresh(theirs);
        }
    };

    private final String rule;

    FieldType(String rule) {
        this.rule = rule;
    }

    /** Completes the sentence "the value must be …". */
    String rule() {
        return rule;
    }

    /**
     * The value in the one form that a record holds it in; null if it cannot be that. Takes a store's value as well as
     * a target's, so that the two can be compared.
     */
    abstract @Nullable JsonNode convert(JsonNode value);

    /**
     * A converted value in the form in which the entity holds it now: the same JSON type, the same style of yes and no,
     * the same time and offset behind a date.
     */
    abstract JsonNode restore(JsonNode theirs, @Nullable JsonNode current);

    private static JsonNode restoreNumber(JsonNode theirs, @Nullable JsonNode current) {
        String text = current != null && current.isTextual() ? Texts.of(theirs) : null;
        return text == null ? theirs : TextNode.valueOf(text);
    }
}
