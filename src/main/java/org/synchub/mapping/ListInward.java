package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.ListField.Several;

/** The way back of a list: the target's items are matched by key to the entity's. */
final class ListInward {

    private final ListField list;
    private final ListField.Spec spec;

    ListInward(ListField list) {
        this.list = list;
        this.spec = list.spec();
    }

    ArrayNode canonical(JsonNode theirs, @Nullable JsonNode ours, Scope current) {
        Map<String, JsonNode> ourItems = byKey(ours);
        Map<String, List<JsonNode>> known = new LinkedHashMap<>();
        ObjectNode blank = blank(current);
        ourItems.keySet().forEach(key -> known.put(key, new ArrayList<>()));
        for (JsonNode item : ListField.items(theirs)) {
            ObjectNode plain = canonicalItem(item, blank, current);
            String key = list.keyOf(plain);
            if (key != null && keyIsKnown(plain)) {
                ObjectNode canonical = canonicalItem(item, ourItems.getOrDefault(key, blank), current);
                known.computeIfAbsent(key, k -> new ArrayList<>()).add(canonical);
            } else if (spec.key().isEmpty()) {
                known.computeIfAbsent("", k -> new ArrayList<>()).add(plain);
            }
        }
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        known.values().forEach(array::addAll);
        JsonNode stored = spec.path().get(current);
        if (array.size() > 1 && spec.several() == Several.FIRST && hasRoomForOne(stored)) {
            return JsonNodeFactory.instance.arrayNode().add(array.get(0));
        }
        return array;
    }

    /** What an item holds that the entity does not have yet: what comes from the entity itself, and defaults. */
    private ObjectNode blank(Scope current) {
        return list.item(current.item(MissingNode.getInstance(), list.fullName(), 0), new Output(true));
    }

    private ObjectNode canonicalItem(JsonNode item, JsonNode ours, Scope current) {
        ObjectNode canonical = JsonNodeFactory.instance.objectNode();
        Scope inside = current.item(MissingNode.getInstance(), list.fullName(), 0);
        for (Field field : spec.fields()) {
            JsonNode theirs = item.get(field.name());
            JsonNode mine = ours.get(field.name());
            JsonNode value = theirs == null ? null : field.canonical(theirs, mine, inside);
            if (value != null && (!value.isNull() || mine != null)) {
                canonical.set(field.name(), value);
            }
        }
        return canonical;
    }

    private boolean keyIsKnown(ObjectNode item) {
        return spec.fields().stream()
                .filter(field -> spec.key().contains(field.name()))
                .allMatch(field -> field.knows(item.path(field.name())));
    }

    private Map<String, JsonNode> byKey(@Nullable JsonNode items) {
        Map<String, JsonNode> byKey = new LinkedHashMap<>();
        for (JsonNode item : ListField.items(items)) {
            String key = list.keyOf(item);
            if (key != null) {
                byKey.put(key, item);
            }
        }
        return byKey;
    }

    boolean agrees(@Nullable JsonNode ours, JsonNode theirs) {
        Map<String, JsonNode> ourItems = byKey(ours);
        if (ourItems.size() != theirs.size()) {
            return false;
        }
        for (JsonNode item : theirs) {
            JsonNode mine = ourItems.remove(list.keyOf(item));
            if (mine == null || !agreesItem(mine, item)) {
                return false;
            }
        }
        return true;
    }

    private boolean agreesItem(JsonNode ours, JsonNode theirs) {
        return spec.fields().stream()
                .filter(field -> field.direction().in() && theirs.has(field.name()))
                .allMatch(field -> field.agrees(ours.get(field.name()), theirs.get(field.name())));
    }

    /** Items are changed in place, new ones appended, vanished ones removed; all others stay where they are. */
    void write(JsonNode theirs, Draft draft) {
        Map<String, JsonNode> wanted = byKey(theirs);
        if (wanted.size() != theirs.size()) {
            draft.problem(
                    list,
                    "the target holds two items with the same key (" + String.join(", ", spec.key()) + ")",
                    "remove one of them there, or choose another 'key' here");
            return;
        }
        JsonNode stored = spec.path().get(draft.scope());
        boolean one = hasRoomForOne(stored);
        if (one && wanted.size() > 1 && spec.several() == Several.REFUSE) {
            draft.problem(
                    list,
                    "the target holds " + wanted.size() + " items, but '" + spec.path() + "' has room for one value",
                    "write 'several: first' to keep one, or 'several: list' to make it a list");
            return;
        }
        ArrayNode items = merged(stored, wanted, draft);
        JsonNode value = one && items.size() < 2 ? (items.isEmpty() ? NullNode.instance : items.get(0)) : items;
        boolean nothing = stored == null && (value.isNull() || (value.isArray() && value.isEmpty()));
        if (!nothing && !value.equals(stored) && !draft.set(spec.path(), value)) {
            draft.problem(
                    list,
                    "the target's items cannot be written to " + spec.path().words(),
                    "check 'list'");
        }
    }

    private ArrayNode merged(@Nullable JsonNode stored, Map<String, JsonNode> wanted, Draft draft) {
        ArrayNode merged = JsonNodeFactory.instance.arrayNode();
        Map<String, JsonNode> left = new LinkedHashMap<>(wanted);
        Map<String, Boolean> seen = new HashMap<>();
        for (JsonNode source : ListField.items(stored)) {
            Scope inside = draft.scope().item(source, list.fullName(), merged.size());
            ObjectNode ours = list.item(inside, new Output(true));
            String key = list.isMeant(inside) ? list.keyOf(ours) : null;
            if (key == null) {
                merged.add(source);
            } else if (seen.putIfAbsent(key, true) == null && left.containsKey(key)) {
                merged.add(written(source, ours, left.get(key), draft, merged.size()));
                left.remove(key);
            }
        }
        for (JsonNode theirs : left.values()) {
            JsonNode item = written(MissingNode.getInstance(), blank(draft.scope()), theirs, draft, merged.size());
            merged.add(item);
        }
        return merged;
    }

    private JsonNode written(JsonNode source, JsonNode ours, @Nullable JsonNode theirs, Draft draft, int position) {
        Draft inner = draft.item(source.deepCopy(), list.fullName(), position);
        for (Field field : spec.fields()) {
            JsonNode value = theirs == null ? null : theirs.get(field.name());
            if (value != null && field.direction().in() && !field.agrees(ours.get(field.name()), value)) {
                field.inward(value, inner);
            }
        }
        if (source.isMissingNode()) {
            fitWhere(inner);
        }
        return inner.item().isMissingNode() ? NullNode.instance : inner.item();
    }

    /** A new item must be one that is meant: what 'where' asks for without a choice is written too. */
    private void fitWhere(Draft inner) {
        if (spec.where() == null || !(inner.item().isObject() || inner.item().isMissingNode())) {
            return;
        }
        for (Match.Condition condition : spec.where().conditions()) {
            boolean free = condition.path().start() == DocPath.Start.ITEM
                    && !condition.path().isSelf()
                    && condition.path().in(inner.item()) == null;
            if (free && condition.values().size() == 1) {
                inner.set(
                        condition.path(),
                        TextNode.valueOf(condition.values().iterator().next()));
            }
        }
    }

    /** A single value is stored where a list could be; of an absent one, the shape of the items tells. */
    boolean hasRoomForOne(@Nullable JsonNode stored) {
        if (stored == null || stored.isNull() || Texts.isAbsent(stored)) {
            return spec.fields().stream()
                    .anyMatch(field ->
                            field.direction().in() && field.itemPaths().stream().anyMatch(DocPath::isSelf));
        }
        return !stored.isArray();
    }
}
