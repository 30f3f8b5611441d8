package org.synchub.conflict;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A place in a record. Written {@code name}, {@code address.city}, {@code reg_ids[id_type=National ID].value} for a field
 * of the list item with that key
 * ({@code [a=1,b=2]} where several fields make the key), {@code tags[urgent]} for an element of a set, and {@code *} for the whole record. A
 * reference in brackets is written {@code @guid}; words that would be misread are written as JSON strings.
 *
 * <p>The text carries keys of list items, which may be people's data (a phone number): {@link #toString()} therefore
 * masks them and is fit for logs and messages, {@link #text()} is the full form for rows, forms and commands.
 */
public final class Path {

    /** The whole record. */
    public static final Path RECORD = new Path(List.of());

    /** One step of a path. */
    public sealed interface Segment permits Field, Item, Element {}

    /** The field of an object. */
    public record Field(String name) implements Segment {}

    /**
     * The item of a keyed list.
     *
     * @param keys the fields of its key and their values, sorted by field
     */
    public record Item(List<Key> keys) implements Segment {
        public Item {
            keys = keys.stream().sorted(Comparator.comparing(Key::field)).toList();
        }

        List<String> fields() {
            return keys.stream().map(Key::field).toList();
        }
    }

    /**
     * A field of an item's key.
     *
     * @param value the field's value as canonical JSON
     */
    public record Key(String field, String value) {}

    /**
     * The element of a set.
     *
     * @param value the element as canonical JSON
     */
    public record Element(String value) implements Segment {}

    private final List<Segment> segments;

    private Path(List<Segment> segments) {
        this.segments = segments;
    }

    static Path of(List<Segment> segments) {
        return segments.isEmpty() ? RECORD : new Path(List.copyOf(segments));
    }

    /**
     * Reads a path as {@link #text()} writes it.
     *
     * @throws IllegalArgumentException when the text is no path, saying at which character
     */
    @JsonCreator
    public static Path parse(String text) {
        return new PathReader(text).read();
    }

    public Path field(String name) {
        return then(new Field(name));
    }

    /** The list item whose key field holds the value. */
    public Path item(String keyField, JsonNode key) {
        return item(new Item(List.of(new Key(keyField, PathReader.canonical(key)))));
    }

    Path item(Item item) {
        return then(item);
    }

    /** The set's element that equals the value. */
    public Path element(JsonNode value) {
        return element(PathReader.canonical(value));
    }

    Path element(String canonicalValue) {
        return then(new Element(canonicalValue));
    }

    private Path then(Segment segment) {
        List<Segment> longer = new ArrayList<>(segments.size() + 1);
        longer.addAll(segments);
        longer.add(segment);
        return new Path(List.copyOf(longer));
    }

    public List<Segment> segments() {
        return segments;
    }

    public boolean isRecord() {
        return segments.isEmpty();
    }

    /** The path without its last step; the record's parent is the record. */
    public Path parent() {
        return segments.size() <= 1 ? RECORD : new Path(segments.subList(0, segments.size() - 1));
    }

    /** The record's field in which this place lies; empty for the whole record. */
    public String topField() {
        return !segments.isEmpty() && segments.get(0) instanceof Field field ? field.name() : "";
    }

    /** Whether the other place is this one or lies within it. */
    public boolean covers(Path other) {
        return segments.size() <= other.segments.size() && segments.equals(other.segments.subList(0, segments.size()));
    }

    /** The full form, keys of items included, that {@link #parse} reads. */
    @JsonValue
    public String text() {
        return write(false);
    }

    /** The path with the keys of items and the elements of sets left out: {@code reg_ids[id_type=…].value}. */
    @Override
    public String toString() {
        return write(true);
    }

    private String write(boolean masked) {
        if (segments.isEmpty()) {
            return PathReader.WHOLE_RECORD;
        }
        StringBuilder text = new StringBuilder();
        for (Segment segment : segments) {
            if (segment instanceof Field field) {
                text.append(text.isEmpty() ? "" : ".").append(PathReader.name(field.name()));
            } else if (segment instanceof Item item) {
                char separator = '[';
                for (Key key : item.keys()) {
                    text.append(separator).append(PathReader.name(key.field())).append('=');
                    text.append(masked ? "…" : PathReader.value(key.value()));
                    separator = ',';
                }
                text.append(']');
            } else if (segment instanceof Element element) {
                text.append('[')
                        .append(masked ? "…" : PathReader.value(element.value()))
                        .append(']');
            }
        }
        return text.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Path path && segments.equals(path.segments);
    }

    @Override
    public int hashCode() {
        return segments.hashCode();
    }
}
