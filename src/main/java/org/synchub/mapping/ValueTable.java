package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The store's values and what each is called in the target. */
final class ValueTable {

    /** What becomes of a value that is not in the table. */
    enum Otherwise {
        REJECT,
        KEEP,
        OMIT,
        CLEAR,
        DEFAULT
    }

    /**
     * @param key the store's value as JSON, as the mapping's author wrote it
     * @param value the target's value
     * @param line where the row stands in the file, from 1
     */
    record Row(JsonNode key, JsonNode value, int line) {}

    private final Map<String, Row> rows;
    private final Map<String, Row> firstByValue = new HashMap<>();
    private final Otherwise otherwise;
    private final @Nullable JsonNode fallback;

    /** @param rows by the text of the store's value */
    ValueTable(Map<String, Row> rows, Otherwise otherwise, @Nullable JsonNode fallback) {
        this.rows = new LinkedHashMap<>(rows);
        this.otherwise = otherwise;
        this.fallback = fallback;
        rows.values().forEach(row -> firstByValue.putIfAbsent(comparable(row.value()), row));
    }

    @Nullable
    JsonNode lookUp(String text) {
        Row row = rows.get(text);
        return row == null ? null : row.value();
    }

    Otherwise otherwise() {
        return otherwise;
    }

    @Nullable
    JsonNode fallback() {
        return fallback;
    }

    /** The store's values that the table knows: they come from the mapping file and may be shown. */
    Set<String> known() {
        return rows.keySet();
    }

    /** The target's values that the table can give. */
    Set<String> given() {
        Set<String> given = new LinkedHashSet<>();
        rows.values().forEach(row -> given.add(comparable(row.value())));
        if (fallback != null) {
            given.add(comparable(fallback));
        }
        return given;
    }

    /** The target's values with their lines; the fallback stands at the field's own. */
    List<Field.Given> givenAt(int fieldLine) {
        List<Field.Given> given = new ArrayList<>();
        rows.values().forEach(row -> given.add(new Field.Given(row.value(), row.line())));
        if (fallback != null) {
            given.add(new Field.Given(fallback, fieldLine));
        }
        return given;
    }

    boolean canGive(String value) {
        return otherwise == Otherwise.KEEP || given().contains(value);
    }

    /** The target's value exactly as the table writes it; null if the table never gives it. */
    @Nullable
    JsonNode spelling(JsonNode theirs) {
        Row row = firstByValue.get(comparable(theirs));
        if (row != null) {
            return row.value();
        }
        return fallback != null && comparable(fallback).equals(comparable(theirs)) ? fallback : null;
    }

    /** The first store's value that gives this target's value, in the JSON type of the current one; null if none. */
    @Nullable
    JsonNode invert(JsonNode theirs, @Nullable JsonNode current) {
        Row row = firstByValue.get(comparable(theirs));
        if (row == null) {
            return null;
        }
        JsonNode key = row.key();
        String text = Texts.of(key);
        if (current != null && current.isTextual() && text != null) {
            return TextNode.valueOf(text);
        }
        if (current != null && current.isNumber() && text != null) {
            BigDecimal number = Numbers.parse(text);
            return number == null ? key : Numbers.node(number);
        }
        return key;
    }

    private static String comparable(JsonNode value) {
        String text = Texts.of(value);
        return text == null ? value.toString() : text;
    }

    ObjectNode definition() {
        ObjectNode definition = JsonNodeFactory.instance.objectNode();
        ObjectNode table = definition.putObject("values");
        rows.forEach((text, row) -> table.set(text, row.value()));
        definition.put("otherwise", MapReader.word(otherwise));
        if (fallback != null) {
            definition.set("fallback", fallback);
        }
        return definition;
    }
}
