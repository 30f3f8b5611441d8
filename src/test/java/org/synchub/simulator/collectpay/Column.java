package org.synchub.simulator.collectpay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import org.synchub.simulator.http.Json;

/** A column: what it takes, and how its values come out. */
record Column(String name, Kind kind, int scale, boolean required, boolean unique, JsonNode otherwise) {

    enum Kind {
        INTEGER,
        TEXT,
        DECIMAL,
        BOOLEAN,
        JSON,
        DATE
    }

    /** Reads "name:kind", with "!" for required, "*" for unique, "=value" for what it is when left out. */
    static Column parse(String text) {
        String[] parts = text.split("[:=]", -1);
        String kind = parts[1].replaceAll("[^a-z]", "");
        String digits = parts[1].replaceAll("\\D", "");
        Column bare = new Column(
                parts[0],
                Kind.valueOf(kind.toUpperCase(Locale.ROOT)),
                digits.isEmpty() ? 0 : Integer.parseInt(digits),
                parts[1].contains("!"),
                parts[1].contains("*"),
                NullNode.getInstance());
        return parts.length < 3
                ? bare
                : new Column(
                        bare.name,
                        bare.kind,
                        bare.scale,
                        bare.required,
                        bare.unique,
                        bare.stored(TextNode.valueOf(parts[2]), ""));
    }

    /** A value as it is kept and shown. */
    JsonNode stored(JsonNode value, String table) {
        if (Json.isNothing(value)) {
            if (required) {
                throw new SqlException(
                        "23000", "Integrity constraint violation: 1048 Column '" + name + "' cannot be null", table);
            }
            return NullNode.getInstance();
        }
        try {
            return switch (kind) {
                case INTEGER -> IntNode.valueOf(Integer.parseInt(value.asText()));
                case TEXT -> TextNode.valueOf(value.isContainerNode() ? value.toString() : value.asText());
                case DECIMAL ->
                    TextNode.valueOf(new BigDecimal(value.asText())
                            .setScale(scale, RoundingMode.HALF_UP)
                            .toPlainString());
                case BOOLEAN ->
                    BooleanNode.valueOf(
                            value.asText().equals("true") || value.asText().equals("1"));
                case JSON -> value;
                case DATE -> TextNode.valueOf(day(value.asText()));
            };
        } catch (NumberFormatException e) {
            throw new SqlException(
                    "HY000",
                    "General error: 1366 Incorrect " + (kind == Kind.INTEGER ? "integer" : "decimal") + " value: '"
                            + value.asText() + "' for column '" + name + "'",
                    table);
        }
    }

    /** The time of day is dropped, whatever zone it was in. */
    private String day(String text) {
        if (!text.matches("\\d{4}-\\d{2}-\\d{2}.*")) {
            throw new SqlException(
                    "22007",
                    "Invalid datetime format: 1292 Incorrect date value: '" + text + "' for column '" + name + "'",
                    "");
        }
        return text.substring(0, 10) + "T00:00:00.000000Z";
    }
}
