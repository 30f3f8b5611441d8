package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A dotted path over an entity's doc or over one item of a list in it, checked and split once. A segment of digits is
 * a position in a list; inside a list, {@code .} is the item itself and {@code $.} starts at the entity again.
 */
final class DocPath {

    /** What DataCollect's EntityDoc holds at its top. */
    static final Set<String> ENTITY_KEYS =
            Keys.of("guid", "id", "type", "name", "externalId", "version", "data", "lastUpdated", "memberIds");

    /** Where a path starts. */
    enum Start {
        ENTITY,
        ITEM
    }

    private static final int NO_INDEX = -1;

    private final Start start;
    private final String[] segments;
    private final int[] indexes;
    private final String text;

    private DocPath(Start start, List<String> segments) {
        this.start = start;
        this.segments = segments.toArray(new String[0]);
        this.indexes = segments.stream().mapToInt(DocPath::index).toArray();
        this.text = segments.isEmpty() ? "." : String.join(".", segments);
    }

    /** A path over the entity; null, with the reason among the problems, if it is no path. */
    static @Nullable DocPath ofEntity(String text, Node at, Problems problems) {
        String path = text.startsWith("$.") ? text.substring(2) : text;
        if (path.equals(".") || path.equals("$")) {
            problems.error(
                    at, "path '" + text + "' names nothing", "'.' is the item of a list, and there is no list here");
            return null;
        }
        List<String> segments = split(path, at, problems);
        if (segments == null) {
            return null;
        }
        String first = segments.get(0);
        if (!ENTITY_KEYS.contains(first)) {
            String near = Suggest.nearest(first, ENTITY_KEYS);
            problems.error(
                    at,
                    "path '" + text + "': an entity has no '" + first + "' at its top",
                    near == null
                            ? "form values are below data: did you mean 'data." + path + "'?"
                            : "did you mean '" + near + path.substring(first.length()) + "'?");
            return null;
        }
        return new DocPath(Start.ENTITY, segments);
    }

    /** A path over a list's item, or from the entity where it starts with {@code $.}. */
    static @Nullable DocPath ofItem(String text, Node at, Problems problems) {
        if (text.equals(".")) {
            return new DocPath(Start.ITEM, List.of());
        }
        if (text.equals("$") || text.startsWith("$.")) {
            return ofEntity(text, at, problems);
        }
        return relative(text, at, problems);
    }

    /** A path over any JSON value. */
    static @Nullable DocPath relative(String text, Node at, Problems problems) {
        List<String> segments = split(text, at, problems);
        return segments == null ? null : new DocPath(Start.ITEM, segments);
    }

    private static @Nullable List<String> split(String path, Node at, Problems problems) {
        String complaint = complaint(path);
        if (complaint != null) {
            problems.error(
                    at, "path '" + path + "' " + complaint, "a path looks like data.address.city or data.phones.0");
            return null;
        }
        List<String> segments = new ArrayList<>();
        int from = 0;
        for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', from)) {
            segments.add(path.substring(from, dot));
            from = dot + 1;
        }
        segments.add(path.substring(from));
        return segments;
    }

    private static @Nullable String complaint(String path) {
        if (path.isBlank()) {
            return "is empty";
        }
        if (path.startsWith(".") || path.endsWith(".")) {
            return "must not begin or end with a dot";
        }
        if (path.contains("..")) {
            return "has two dots in a row";
        }
        if (path.indexOf('[') >= 0 || path.indexOf(']') >= 0) {
            return "has brackets; write the position of a list's item as a segment of its own";
        }
        if (path.indexOf('*') >= 0) {
            return "has a '*'; to go through a list, use a field with 'list:'";
        }
        if (path.indexOf('$') >= 0) {
            return "has a '$'; only '$.' at the start of a path inside a list is allowed";
        }
        if (path.indexOf('/') >= 0) {
            return "has a '/'; segments are separated by dots";
        }
        for (String segment : path.split("\\.", -1)) {
            if (!segment.equals(segment.strip())) {
                return "has a space beside a dot";
            }
        }
        return null;
    }

    private static int index(String segment) {
        if (segment.isEmpty() || segment.length() > 6) {
            return NO_INDEX;
        }
        for (int i = 0; i < segment.length(); i++) {
            if (segment.charAt(i) < '0' || segment.charAt(i) > '9') {
                return NO_INDEX;
            }
        }
        return Integer.parseInt(segment);
    }

    Start start() {
        return start;
    }

    boolean isSelf() {
        return segments.length == 0;
    }

    int length() {
        return segments.length;
    }

    String segment(int i) {
        return segments[i];
    }

    /** The position a segment stands for, -1 if it is a name only. */
    int index(int i) {
        return indexes[i];
    }

    @Nullable
    JsonNode get(Scope scope) {
        return in(start == Start.ENTITY ? scope.root() : scope.item());
    }

    /** The value at this path below a value; null if there is none. */
    @Nullable
    JsonNode in(@Nullable JsonNode from) {
        JsonNode node = from;
        for (int i = 0; i < segments.length && node != null; i++) {
            if (node.isObject()) {
                node = node.get(segments[i]);
            } else if (node.isArray() && indexes[i] >= 0) {
                node = node.get(indexes[i]);
            } else {
                return null;
            }
        }
        return node;
    }

    /**
     * Writes a value below a container, making the objects and lists on the way; a position may extend a list by one.
     *
     * @return false if something else than a container stands in the way, or the list is too short
     */
    boolean set(JsonNode container, JsonNode value) {
        JsonNode node = container;
        for (int i = 0; i < segments.length - 1; i++) {
            JsonNode next = node.isObject() ? node.get(segments[i]) : indexes[i] < 0 ? null : node.get(indexes[i]);
            if (next == null || next.isNull()) {
                next = indexes[i + 1] >= 0
                        ? JsonNodeFactory.instance.arrayNode()
                        : JsonNodeFactory.instance.objectNode();
                if (!put(node, i, next)) {
                    return false;
                }
            } else if (!next.isContainerNode()) {
                return false;
            }
            node = next;
        }
        return put(node, segments.length - 1, value);
    }

    private boolean put(JsonNode container, int i, JsonNode value) {
        if (container instanceof ObjectNode object) {
            object.set(segments[i], value);
            return true;
        }
        if (container instanceof ArrayNode array && indexes[i] >= 0 && indexes[i] <= array.size()) {
            if (indexes[i] == array.size()) {
                array.add(value);
            } else {
                array.set(indexes[i], value);
            }
            return true;
        }
        return false;
    }

    /** True if a write to one of the two would change what the other reads. */
    boolean overlaps(DocPath other) {
        if (start != other.start) {
            return false;
        }
        int common = Math.min(segments.length, other.segments.length);
        for (int i = 0; i < common; i++) {
            if (!segments[i].equals(other.segments[i])) {
                return false;
            }
        }
        return true;
    }

    /** Form values may be written; the rest of an entity belongs to DataCollect or to the hub. */
    boolean isWritable() {
        return start == Start.ITEM
                || (segments.length > 1 && segments[0].equals("data") && !segments[1].equals("externalId"));
    }

    /** The path as written, without a leading {@code $.}. */
    String text() {
        return text;
    }

    /** For messages: {@code data.first_name}, or {@code 'id_number' of the item}. */
    String words() {
        return start == Start.ENTITY ? text : isSelf() ? "the item" : "'" + text + "' of the item";
    }

    /** As {@link #text()}, with {@code $.} before a path that starts at the entity, so that no two places look alike. */
    String definition() {
        return start == Start.ENTITY ? "$." + text : text;
    }

    @Override
    public String toString() {
        return text;
    }
}
