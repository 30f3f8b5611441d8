package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A list of the entity, item by item. A single value counts as a list of one. */
final class ListField extends Field {

    /** What to do inwards when the target has several items and the entity has room for one value. */
    enum Several {
        REFUSE,
        FIRST,
        LIST
    }

    /**
     * @param path where the list is
     * @param key the item's fields that identify it
     * @param where the items that are meant; null for all
     */
    record Spec(DocPath path, List<String> key, @Nullable Match where, Several several, List<Field> fields) {}

    /**
     * One item that both sides know.
     *
     * @param source its position in the entity's list
     * @param key the text of its key fields
     * @param item what it is in the record
     */
    record Row(int source, @Nullable String key, ObjectNode item) {}

    private final Spec spec;
    private final List<DocPath> relevant;

    ListField(Common common, Spec spec) {
        super(common);
        this.spec = spec;
        this.relevant = spec.fields().stream()
                .flatMap(field -> field.itemPaths().stream())
                .toList();
    }

    Spec spec() {
        return spec;
    }

    @Override
    public boolean isList() {
        return true;
    }

    @Override
    public boolean hasRoomForOne(ObjectNode doc) {
        return spec.several() != Several.LIST
                && new ListInward(this).hasRoomForOne(spec.path().get(Scope.of(doc)));
    }

    @Override
    public List<String> key() {
        return spec.key();
    }

    @Override
    public List<Field> fields() {
        return spec.fields();
    }

    @Override
    JsonNode outward(Scope scope, Output out) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (Row row : rows(scope, out)) {
            array.add(row.item());
        }
        if (array.isEmpty()) {
            absent(scope, out, spec.path().words());
        }
        return array;
    }

    /** The items in the entity's order; an item that repeats another is left out. */
    List<Row> rows(Scope scope, Output out) {
        List<JsonNode> items = items(spec.path().get(scope));
        if (items.isEmpty()) {
            return List.of();
        }
        List<Row> rows = new ArrayList<>(items.size());
        Map<String, Row> byKey = new HashMap<>();
        for (int i = 0; i < items.size(); i++) {
            Scope inside = scope.item(items.get(i), fullName(), rows.size());
            if (isMeant(inside)) {
                row(i, inside, byKey, rows, out);
            }
        }
        return rows;
    }

    private void row(int source, Scope inside, Map<String, Row> byKey, List<Row> rows, Output out) {
        int problemsBefore = out.problems().size();
        ObjectNode item = item(inside, out);
        String key = keyOf(item);
        if (key == null && !spec.key().isEmpty()) {
            if (out.problems().size() == problemsBefore) {
                out.problem(
                        this,
                        inside,
                        "an item has no value for its key (" + String.join(", ", spec.key()) + ")",
                        "fill it in in DataCollect, or leave such items out with 'where'");
            }
            return;
        }
        Row row = new Row(source, key, item);
        Row twin = key == null ? null : byKey.putIfAbsent(key, row);
        if (twin == null) {
            rows.add(row);
        } else if (!twin.item().equals(item)) {
            out.problem(
                    this,
                    inside,
                    "two different items have the same key (" + String.join(", ", spec.key()) + ")",
                    "keep one of them in DataCollect, or choose another 'key' here");
        }
    }

    ObjectNode item(Scope inside, Output out) {
        ObjectNode item = JsonNodeFactory.instance.objectNode();
        for (Field field : spec.fields()) {
            JsonNode value = out.wants(field) ? field.outward(inside, out) : null;
            if (value != null) {
                item.set(field.name(), value);
            }
        }
        return item;
    }

    @Override
    JsonNode canonical(JsonNode theirs, @Nullable JsonNode ours, Scope current) {
        return new ListInward(this).canonical(theirs, ours, current);
    }

    @Override
    boolean agrees(@Nullable JsonNode ours, JsonNode theirs) {
        return new ListInward(this).agrees(ours, theirs);
    }

    @Override
    void inward(JsonNode theirs, Draft draft) {
        new ListInward(this).write(theirs, draft);
    }

    /** Null if the item lacks a part of its key. */
    @Nullable
    String keyOf(JsonNode item) {
        StringBuilder key = new StringBuilder();
        for (String name : spec.key()) {
            JsonNode value = item.get(name);
            if (value == null || value.isNull()) {
                return null;
            }
            String text = Texts.of(value);
            key.append(text == null ? value.toString() : text).append('\u0000');
        }
        return key.isEmpty() ? null : key.toString();
    }

    /** Forms send an empty row where nobody typed anything; that is no item. */
    boolean isMeant(Scope inside) {
        JsonNode item = inside.item();
        if (item == null || item.isNull() || Texts.isAbsent(item)) {
            return false;
        }
        boolean blank = !relevant.isEmpty();
        for (DocPath path : relevant) {
            JsonNode value = path.get(inside);
            if (value != null && !value.isNull() && !Texts.isAbsent(value)) {
                blank = false;
                break;
            }
        }
        return !blank && (spec.where() == null || spec.where().test(inside));
    }

    static List<JsonNode> items(@Nullable JsonNode list) {
        if (list == null || list.isNull() || Texts.isAbsent(list)) {
            return List.of();
        }
        if (!list.isArray()) {
            return List.of(list);
        }
        List<JsonNode> items = new ArrayList<>(list.size());
        list.forEach(items::add);
        return items;
    }

    @Override
    ObjectNode definition() {
        ObjectNode definition = JsonNodeFactory.instance.objectNode();
        definition.put("list", spec.path().definition()).put("required", required());
        ArrayNode key = definition.putArray("key");
        spec.key().forEach(key::add);
        if (spec.where() != null) {
            definition.set("where", spec.where().definition());
        }
        return definition.set("fields", Definitions.of(spec.fields()));
    }

    @Override
    List<DocPath> itemPaths() {
        return spec.path().start() == DocPath.Start.ITEM ? List.of(spec.path()) : List.of();
    }

    @Override
    List<Target> targets() {
        if (!direction().in()) {
            return List.of();
        }
        List<Target> targets = new ArrayList<>();
        targets.add(new Target(spec.path(), null, this));
        for (Field field : spec.fields()) {
            field.targets().stream()
                    .filter(target -> target.path().start() == DocPath.Start.ENTITY)
                    .forEach(targets::add);
        }
        return targets;
    }
}
