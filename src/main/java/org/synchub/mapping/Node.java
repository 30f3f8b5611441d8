package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a YAML file that knows where it stands. Immutable. Scalars follow YAML 1.2's core schema, so {@code no}
 * and {@code 2020-01-01} stay text; a number with a leading zero stays text too, because it is a code, not an amount.
 */
public final class Node {

    /** A map's entry; the key is a node so that an error can point to it. */
    record Entry(Node key, Node value) {}

    private final int line;
    private final int column;
    private final @Nullable String text;
    private final boolean quoted;
    private final @Nullable Map<String, Entry> entries;
    private final @Nullable List<Node> items;

    private Node(
            int line,
            int column,
            @Nullable String text,
            boolean quoted,
            @Nullable Map<String, Entry> entries,
            @Nullable List<Node> items) {
        this.line = line;
        this.column = column;
        this.text = text;
        this.quoted = quoted;
        this.entries = entries;
        this.items = items;
    }

    static Node scalar(int line, int column, String text, boolean quoted) {
        return new Node(line, column, text, quoted, null, null);
    }

    static Node map(int line, int column, Map<String, Entry> entries) {
        return new Node(line, column, null, false, Collections.unmodifiableMap(new LinkedHashMap<>(entries)), null);
    }

    static Node list(int line, int column, List<Node> items) {
        return new Node(line, column, null, false, null, List.copyOf(items));
    }

    /** Counted from 1. */
    public int line() {
        return line;
    }

    /** Counted from 1. */
    public int column() {
        return column;
    }

    public boolean isScalar() {
        return text != null;
    }

    public boolean isMap() {
        return entries != null;
    }

    public boolean isList() {
        return items != null;
    }

    /** True for {@code null}, {@code ~} and nothing at all. */
    public boolean isNull() {
        return text != null && !quoted && Scalars.isNull(text);
    }

    /** The scalar as it is written in the file, without quotes; fails on a map or a list. */
    public String text() {
        if (text == null) {
            throw new IllegalStateException("line " + line + " holds " + describe() + ", not a single value");
        }
        return text;
    }

    boolean quoted() {
        return quoted;
    }

    /** A map's values by key in the file's order; empty unless this is a map. */
    public Map<String, Node> entries() {
        Map<String, Node> values = new LinkedHashMap<>();
        rawEntries().forEach((key, entry) -> values.put(key, entry.value()));
        return values;
    }

    Map<String, Entry> rawEntries() {
        return entries == null ? Map.of() : entries;
    }

    public @Nullable Node get(String key) {
        Entry entry = rawEntries().get(key);
        return entry == null ? null : entry.value();
    }

    /** A list's items; empty unless this is a list. */
    public List<Node> items() {
        return items == null ? List.of() : items;
    }

    /** "a map", "a list", "text", "a number" …: for messages. */
    public String describe() {
        if (isMap()) {
            return "a map";
        }
        if (isList()) {
            return "a list";
        }
        JsonNode value = json();
        if (value.isNull()) {
            return "nothing";
        }
        return value.isNumber() ? "a number" : value.isBoolean() ? "true or false" : "text";
    }

    /** The same content as JSON. */
    public JsonNode json() {
        return json((node, key) -> null);
    }

    /** As {@link #json()}, but where {@code instead} gives a value for a node, that value is taken. */
    JsonNode json(BiFunction<Node, String, @Nullable JsonNode> instead) {
        return json("", instead);
    }

    private JsonNode json(String key, BiFunction<Node, String, @Nullable JsonNode> instead) {
        JsonNode other = instead.apply(this, key);
        if (other != null) {
            return other;
        }
        if (entries != null) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            entries.forEach((name, entry) -> object.set(name, entry.value().json(name, instead)));
            return object;
        }
        if (items != null) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            items.forEach(item -> array.add(item.json(key, instead)));
            return array;
        }
        return Scalars.json(text(), quoted);
    }

    /** The place only: an adapter's settings may hold secrets. */
    @Override
    public String toString() {
        return "Node[" + line + ":" + column + "]";
    }
}
