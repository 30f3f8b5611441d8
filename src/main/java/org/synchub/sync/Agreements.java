package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.conflict.Shape;
import org.synchub.mapping.Entity;
import org.synchub.mapping.Field;
import org.synchub.mapping.Inward;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Problem;

/** What a target tells of a record beside what was agreed on before, and what is agreed on afterwards. Pure. */
final class Agreements {

    private Agreements() {}

    /** Without the fields that the entity says nothing about and the target did not change. */
    static ObjectNode merged(Matter m) {
        ObjectNode merged = m.resolution().merged() == null
                ? JsonNodeFactory.instance.objectNode()
                : m.resolution().merged().deepCopy();
        ObjectNode base = m.base();
        for (String field : m.silent()) {
            if (base != null
                    && m.shape().same(merged.path(field).isMissingNode() ? null : merged.get(field), base.get(field))) {
                merged.remove(field);
            }
        }
        return merged;
    }

    /**
     * What the target holds, spelt as the entity's record spells it. What the entity could not take stays as it was
     * agreed before, so that it is not mistaken for the store's later.
     */
    static ObjectNode base(Matter m, Entity before, Inward inward, @Nullable ObjectNode base) {
        ObjectNode external = m.external() == null ? JsonNodeFactory.instance.objectNode() : m.external();
        Entity after = new Entity(before.tenant(), before.guid(), before.version(), before.lastUpdated(), inward.doc());
        ObjectNode ours = m.kind().outward(after).record();
        ObjectNode agreed = external.deepCopy();
        for (Map.Entry<String, JsonNode> field : external.properties()) {
            String name = field.getKey();
            if (m.shape().same(one(name, field.getValue()), one(name, ours.get(name)))) {
                agreed.remove(name);
                if (ours.has(name)) {
                    agreed.set(name, ours.get(name));
                }
            }
        }
        for (Problem problem : inward.problems()) {
            String field = String.valueOf(problem.field()).split("[.\\[]", 2)[0];
            agreed.remove(field);
            if (base != null && base.has(field)) {
                agreed.set(field, base.get(field));
            }
        }
        if (base != null) {
            base.properties().forEach(field -> {
                if (!external.has(field.getKey()) && !agreed.has(field.getKey())) {
                    agreed.set(field.getKey(), field.getValue());
                }
            });
        }
        return agreed;
    }

    static ObjectNode one(String name, @Nullable JsonNode value) {
        ObjectNode record = JsonNodeFactory.instance.objectNode();
        if (value != null) {
            record.set(name, value);
        }
        return record;
    }

    /** The target's record as the mapping sees it. A field that the target emptied and the entity lacks too is told. */
    static ObjectNode told(Kind kind, ObjectNode resolved, ObjectNode doc, @Nullable ObjectNode base) {
        ObjectNode external = kind.canonical(base == null ? resolved : agreedFirst(kind, resolved, doc, base), doc);
        if (base != null) {
            base.fieldNames().forEachRemaining(name -> {
                if (resolved.path(name).isNull() && !external.has(name)) {
                    external.putNull(name);
                }
            });
        }
        return external;
    }

    /**
     * The record with what was agreed on at the head of each list that the entity has one place for: as long as the target
     * holds that, it has not put something else in its place, only beside it.
     */
    private static ObjectNode agreedFirst(Kind kind, ObjectNode resolved, ObjectNode doc, ObjectNode base) {
        ObjectNode ordered = null;
        for (Field field : kind.fields()) {
            JsonNode items = resolved.path(field.name());
            JsonNode agreed = base.path(field.name()).path(0);
            if (items.size() > 1 && items.isArray() && agreed.isObject() && field.hasRoomForOne(doc)) {
                ArrayNode first = JsonNodeFactory.instance.arrayNode();
                ArrayNode others = JsonNodeFactory.instance.arrayNode();
                items.forEach(item -> (field.key().stream()
                                        .allMatch(key -> item.path(key).equals(agreed.path(key)))
                                ? first
                                : others)
                        .add(item));
                ordered = ordered == null ? resolved.deepCopy() : ordered;
                ordered.set(field.name(), first.addAll(others));
            }
        }
        return ordered == null ? resolved : ordered;
    }

    /** What was agreed on, with those fields as one of these writes carried them that the target holds so. */
    static ObjectNode arrived(Shape shape, ObjectNode base, List<ObjectNode> sent, ObjectNode external) {
        ObjectNode arrived = base.deepCopy();
        for (Map.Entry<String, JsonNode> field : external.properties()) {
            String name = field.getKey();
            ObjectNode theirs = one(name, field.getValue());
            if (!shape.same(theirs, one(name, base.get(name)))) {
                sent.stream()
                        .filter(record -> record.has(name) && shape.same(theirs, one(name, record.get(name))))
                        .findFirst()
                        .ifPresent(record -> arrived.set(name, record.get(name)));
            }
        }
        return arrived;
    }

    /** What the target does not tell of is compared by what is told. */
    static ObjectNode sameFields(ObjectNode base, ObjectNode external) {
        ObjectNode told = JsonNodeFactory.instance.objectNode();
        external.fieldNames().forEachRemaining(name -> {
            if (base.has(name)) {
                told.set(name, base.get(name));
            }
        });
        return told;
    }
}
