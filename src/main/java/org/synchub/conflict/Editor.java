package org.synchub.conflict;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads and alters a record at paths. */
final class Editor {

    private final ObjectNode record;
    private final Sameness sameness;

    Editor(ObjectNode record, Shape shape) {
        this.record = record;
        this.sameness = shape.sameness();
    }

    /** The value at the path; null when there is none. */
    @Nullable
    JsonNode get(Path path) {
        JsonNode here = record;
        for (Path.Segment segment : path.segments()) {
            here = here == null ? null : step(here, segment, path);
        }
        return here;
    }

    /** Puts a value, making the objects, lists and items on the way to it. */
    void set(Path path, JsonNode value) {
        List<Path.Segment> segments = path.segments();
        JsonNode here = record;
        for (int i = 0; i < segments.size(); i++) {
            Path.Segment segment = segments.get(i);
            if (i == segments.size() - 1) {
                put(here, segment, value, path);
                return;
            }
            boolean wantsArray = !(segments.get(i + 1) instanceof Path.Field);
            JsonNode next = step(here, segment, path);
            if (next == null || next.isArray() != wantsArray || !next.isContainerNode()) {
                next = wantsArray ? record.arrayNode() : fresh(segment);
                put(here, segment, next, path);
            }
            here = next;
        }
        throw new IllegalArgumentException("the record as a whole cannot be set");
    }

    void remove(Path path) {
        JsonNode parent = get(path.parent());
        if (parent == null || path.isRecord()) {
            return;
        }
        Path.Segment last = path.segments().get(path.segments().size() - 1);
        if (last instanceof Path.Field field && parent instanceof ObjectNode object) {
            object.remove(field.name());
        } else if (!(last instanceof Path.Field) && parent instanceof ArrayNode array) {
            for (int i = indexOf(array, last, path); i >= 0; i = indexOf(array, last, path)) {
                array.remove(i);
            }
        }
    }

    private @Nullable JsonNode step(JsonNode here, Path.Segment segment, Path path) {
        if (segment instanceof Path.Field field) {
            return here.get(field.name());
        }
        if (here instanceof ArrayNode array) {
            int index = indexOf(array, segment, path);
            return index < 0 ? null : array.get(index);
        }
        return null;
    }

    private void put(JsonNode here, Path.Segment segment, JsonNode value, Path path) {
        if (segment instanceof Path.Field field && here instanceof ObjectNode object) {
            object.set(field.name(), value);
        } else if (here instanceof ArrayNode array) {
            int index = indexOf(array, segment, path);
            if (index < 0) {
                array.add(value);
            } else {
                array.set(index, value);
            }
        }
    }

    private ContainerNode<?> fresh(Path.Segment segment) {
        ObjectNode object = record.objectNode();
        if (segment instanceof Path.Item item) {
            item.keys().forEach(key -> object.set(key.field(), PathReader.parseCanonical(key.value())));
        }
        return object;
    }

    private int indexOf(ArrayNode array, Path.Segment segment, Path path) {
        int found = -1;
        for (int i = 0; i < array.size(); i++) {
            if (isAt(array.get(i), segment)) {
                if (segment instanceof Path.Element) {
                    return i;
                }
                if (found >= 0) {
                    throw new IllegalArgumentException(
                            "two items of the list share the key of " + path + "; give the whole list instead");
                }
                found = i;
            }
        }
        return found;
    }

    private boolean isAt(JsonNode element, Path.Segment segment) {
        if (segment instanceof Path.Item item) {
            return sameness.normal(item).equals(sameness.item(element, item.fields()));
        }
        return segment instanceof Path.Element wanted
                && sameness.normalCanonical(wanted.value()).equals(sameness.canonical(element, Shape.Node.NONE));
    }
}
