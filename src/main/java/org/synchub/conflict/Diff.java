package org.synchub.conflict;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds what changed between two records, once, for everybody who needs to know: push, pull, preview and audit. */
public final class Diff {

    private final Sameness sameness;
    private final List<Change> changes = new ArrayList<>(0);

    private Diff(Shape shape) {
        this.sameness = shape.sameness();
    }

    /**
     * The differences at the deepest places where they can be told: within nested objects field by field, within keyed
     * lists item by item, within sets element by element, everything else as one value.
     *
     * @param from the earlier record; null when there was none, so that every field counts as added
     * @param to the later record
     */
    public static Delta between(@Nullable ObjectNode from, ObjectNode to, Shape shape) {
        Diff diff = new Diff(shape);
        diff.fields(Path.RECORD, from == null ? to.objectNode() : from, to, shape.root());
        return new Delta(diff.changes, shape);
    }

    private void fields(Path path, ObjectNode from, ObjectNode to, Shape.Node at) {
        for (Map.Entry<String, JsonNode> entry : to.properties()) {
            String name = entry.getKey();
            JsonNode before = from.get(name);
            JsonNode after = entry.getValue();
            Shape.Node field = at.field(name);
            if (!sameness.same(before, after, field)) {
                differing(path.field(name), before, after, field);
            }
        }
        for (Map.Entry<String, JsonNode> entry : from.properties()) {
            String name = entry.getKey();
            if (!to.has(name) && !sameness.same(entry.getValue(), null, at.field(name))) {
                changes.add(Change.of(path.field(name), entry.getValue(), null));
            }
        }
    }

    private void differing(Path path, @Nullable JsonNode from, @Nullable JsonNode to, Shape.Node at) {
        if (from instanceof ObjectNode before
                && to instanceof ObjectNode after
                && Sameness.isNested(before)
                && Sameness.isNested(after)) {
            fields(path, before, after, at);
            return;
        }
        if (from != null && to != null && from.isArray() && to.isArray()) {
            if (at.isSet()) {
                elements(path, sameness.elements(from), sameness.elements(to));
                return;
            }
            Map<Path.Item, ObjectNode> before = sameness.items(from, at);
            Map<Path.Item, ObjectNode> after = before == null ? null : sameness.items(to, at);
            if (before != null && after != null) {
                items(path, before, after, at);
                return;
            }
        }
        changes.add(Change.of(path, from, to));
    }

    private void items(Path path, Map<Path.Item, ObjectNode> from, Map<Path.Item, ObjectNode> to, Shape.Node at) {
        to.forEach((key, item) -> {
            ObjectNode before = from.get(key);
            if (before == null) {
                changes.add(Change.of(path.item(key), null, item));
            } else if (!sameness.same(before, item, at)) {
                differing(path.item(key), before, item, at);
            }
        });
        from.forEach((key, item) -> {
            if (!to.containsKey(key)) {
                changes.add(Change.of(path.item(key), item, null));
            }
        });
    }

    private void elements(Path path, Map<String, JsonNode> from, Map<String, JsonNode> to) {
        to.forEach((text, element) -> {
            if (!from.containsKey(text)) {
                changes.add(Change.of(path.element(text), null, element));
            }
        });
        from.forEach((text, element) -> {
            if (!to.containsKey(text)) {
                changes.add(Change.of(path.element(text), element, null));
            }
        });
    }
}
