package org.synchub.target.httpjson;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.conflict.Shape;
import org.synchub.mapping.Kind;
import org.synchub.target.RecordShape;

/**
 * What has to be written so that the target holds what the store wants: only what the store changed; what only the
 * target changed is left alone; what both changed to different values is a conflict. Pure.
 *
 * @param changes the fields to write, with references as {@code {"$ext": id}}
 * @param conflicts the fields that both sides changed
 * @param open the fields in which a record that was found holds something else: the mapping's rules decide about them when
 *     it is pulled
 */
record Difference(ObjectNode changes, Set<String> conflicts, Set<String> open) {

    /** How far the base may be believed. */
    enum Trust {
        /** Both sides agreed on the base. */
        BASE,
        /** There is none: the record was found, and can be pulled. What it lacks is written, what differs is left open. */
        FOUND,
        /** There is none: the record was found, and is never pulled. Differences are written, nothing is taken away. */
        FOUND_FOR_GOOD,
        /** Earlier writes may or may not have arrived, but what they carried is known. */
        SENT,
        /** What was written before is not known: the store's state is brought about whatever is there. */
        UNCERTAIN
    }

    /**
     * Compares the three.
     *
     * @param ours what the store wants
     * @param base what both sides last agreed on; null if there is none
     * @param sent what earlier writes carried that may have arrived, oldest first
     * @param theirs what the target holds; null if it was not asked. A field that is absent is one it does not tell of
     * @param stale fields that it holds, or may hold, in another way than they are sent now: written even if they are equal
     */
    static Difference of(
            Kind kind,
            ObjectNode ours,
            @Nullable ObjectNode base,
            List<ObjectNode> sent,
            @Nullable ObjectNode theirs,
            Set<String> stale,
            Trust trust) {
        Shape shape = RecordShape.of(kind);
        ObjectNode before = before(shape, base, sent, theirs, trust);
        ObjectNode changes = JsonNodeFactory.instance.objectNode();
        Set<String> conflicts = new LinkedHashSet<>();
        Set<String> open = new LinkedHashSet<>();
        ours.properties().forEach(field -> {
            String name = field.getKey();
            JsonNode mine = field.getValue();
            JsonNode other = theirs == null ? null : theirs.get(name);
            boolean told = other != null;
            boolean again = stale.contains(name) && !mine.isNull();
            if (told ? same(shape, name, mine, other) : again) {
                if (again) {
                    changes.set(name, mine);
                }
                return;
            }
            if (before != null) {
                if (same(shape, name, mine, before.get(name)) && !mayHaveMoved(shape, name, base, sent, trust, told)) {
                    return;
                }
                // A base that refers to a record whose id is not known here cannot be compared with the target's.
                boolean moved = told
                        && !RecordForm.isUnresolved(before.get(name))
                        && !same(shape, name, other, before.get(name));
                if (moved && kind.field(name).direction().in()) {
                    conflicts.add(name);
                    return;
                }
            } else if (mine.isNull() && (trust != Trust.UNCERTAIN || !told)) {
                return;
            } else if (trust == Trust.FOUND
                    && !isBlank(other)
                    && kind.field(name).direction().in()) {
                open.add(name);
                return;
            }
            changes.set(name, mine);
        });
        return new Difference(changes, conflicts, open);
    }

    private static boolean isBlank(@Nullable JsonNode value) {
        return value == null
                || value.isNull()
                || (value.isTextual() ? value.asText().isBlank() : value.isContainerNode() && value.isEmpty());
    }

    /** Whether an earlier write may have changed a field that the target was not asked about. */
    private static boolean mayHaveMoved(
            Shape shape, String name, @Nullable ObjectNode base, List<ObjectNode> sent, Trust trust, boolean told) {
        return trust == Trust.SENT
                && !told
                && sent.stream()
                        .anyMatch(record -> !same(shape, name, record.get(name), base == null ? null : base.get(name)));
    }

    /** What both sides agree on as things stand; null where that is not known. */
    private static @Nullable ObjectNode before(
            Shape shape, @Nullable ObjectNode base, List<ObjectNode> sent, @Nullable ObjectNode theirs, Trust trust) {
        if (trust == Trust.BASE) {
            return base;
        }
        if (trust != Trust.SENT) {
            return null;
        }
        // The target holds the base, or something of what was sent; anything else is somebody's edit.
        ObjectNode before = JsonNodeFactory.instance.objectNode();
        for (ObjectNode record : sent) {
            before.setAll(record);
        }
        if (base != null) {
            before.setAll(base);
        }
        if (theirs != null) {
            for (ObjectNode record : sent) {
                record.properties().forEach(field -> {
                    String name = field.getKey();
                    if (theirs.has(name) && same(shape, name, field.getValue(), theirs.get(name))) {
                        before.set(name, field.getValue());
                    }
                });
            }
        }
        return before;
    }

    /** The fields of an earlier write that have arrived as it carried them. */
    static Set<String> arrived(Kind kind, ObjectNode sent, ObjectNode theirs) {
        Shape shape = RecordShape.of(kind);
        Set<String> arrived = new LinkedHashSet<>();
        sent.properties().forEach(field -> {
            String name = field.getKey();
            if (theirs.has(name) && same(shape, name, field.getValue(), theirs.get(name))) {
                arrived.add(name);
            }
        });
        return arrived;
    }

    /** Whether the target changed something of what was agreed on; where that is not known, it did not. */
    static boolean isChanged(
            Kind kind, @Nullable ObjectNode base, List<ObjectNode> sent, ObjectNode theirs, Trust trust) {
        Shape shape = RecordShape.of(kind);
        ObjectNode before = before(shape, base, sent, theirs, trust);
        return before != null
                && before.properties().stream()
                        .anyMatch(field -> theirs.has(field.getKey())
                                && !RecordForm.isUnresolved(field.getValue())
                                && !same(shape, field.getKey(), field.getValue(), theirs.get(field.getKey())));
    }

    private static boolean same(Shape shape, String name, @Nullable JsonNode a, @Nullable JsonNode b) {
        return shape.same(alone(name, a), alone(name, b));
    }

    private static ObjectNode alone(String name, @Nullable JsonNode value) {
        ObjectNode record = JsonNodeFactory.instance.objectNode();
        if (value != null) {
            record.set(name, value);
        }
        return record;
    }
}
