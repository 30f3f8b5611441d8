package org.synchub.target.openspp.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Works out how far writes have arrived whose outcome nobody knows. Whatever of a record the server holds as it was agreed
 * on, or as one of those writes carried it, is the hub's own: both sides agree on it. Anything else was edited at the
 * server and stands against what was agreed on before. Pure.
 */
final class Arrival {

    private final KindPlan plan;
    private final Values values;
    private final RemoteRecord remote;

    Arrival(KindPlan plan, Values values, RemoteRecord remote) {
        this.plan = plan;
        this.values = values;
        this.remote = remote;
    }

    /**
     * What both sides agree on by what the server holds, with the target's ids in references.
     *
     * @param base the record agreed on before those writes; null when they made the record
     * @param sent what they carried, oldest first; an empty one was a deletion
     */
    ObjectNode agreed(@Nullable ObjectNode base, List<ObjectNode> sent) {
        List<ObjectNode> states = new ArrayList<>();
        if (base != null) {
            states.add(base);
        }
        states.addAll(sent);
        ObjectNode agreed = JsonNodeFactory.instance.objectNode();
        for (Column column : plan.columns()) {
            JsonNode value = column(column, values.neutral(column, remote.row().path(column.name())), states);
            if (value != null) {
                agreed.set(column.name(), value);
            }
        }
        for (ListPlan list : plan.lists()) {
            ArrayNode items = items(list, base, sent);
            if (items != null) {
                agreed.set(list.name(), items);
            }
        }
        return agreed;
    }

    /** The state that the server's value is of; the oldest where it is of none. */
    private @Nullable JsonNode column(Column column, @Nullable JsonNode theirs, List<? extends JsonNode> states) {
        JsonNode oldest = null;
        boolean any = false;
        for (JsonNode state : states) {
            JsonNode value = state.get(column.name());
            if (value != null && values.same(column.odoo(), theirs, value)) {
                return value;
            }
            if (!any && !state.isEmpty()) {
                oldest = value;
                any = true;
            }
        }
        return oldest;
    }

    /** Null where no state says anything about the list. */
    private @Nullable ArrayNode items(ListPlan list, @Nullable ObjectNode base, List<ObjectNode> sent) {
        List<Map<String, JsonNode>> states = new ArrayList<>();
        if (base != null && base.path(list.name()).isArray()) {
            states.add(list.byKey(base.get(list.name())));
        }
        for (ObjectNode record : sent) {
            if (record.isEmpty()) {
                states.add(Map.of());
            } else if (record.path(list.name()).isArray()) {
                states.add(list.byKey(record.get(list.name())));
            }
        }
        if (states.isEmpty()) {
            return null;
        }
        Map<String, ObjectNode> theirs = new LinkedHashMap<>();
        for (ObjectNode row : remote.rows(list)) {
            String key = list.keyOf(values.neutral(list.columns(), row));
            if (key != null && !list.isRetired(row)) {
                theirs.putIfAbsent(key, row);
            }
        }
        Set<String> keys = new LinkedHashSet<>();
        states.forEach(state -> keys.addAll(state.keySet()));
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        for (String key : keys) {
            JsonNode item = item(list, theirs.get(key), key, states);
            if (item != null) {
                items.add(item);
            }
        }
        return items;
    }

    /** Null where its absence at the server may be the hub's own doing. */
    private @Nullable JsonNode item(
            ListPlan list, @Nullable ObjectNode theirs, String key, List<Map<String, JsonNode>> states) {
        List<JsonNode> of = new ArrayList<>();
        states.forEach(state -> {
            JsonNode item = state.get(key);
            if (item != null) {
                of.add(item);
            }
        });
        if (theirs == null) {
            return of.size() == states.size() ? of.get(0) : null;
        }
        ObjectNode row = values.neutral(list.columns(), theirs);
        if (!states.get(0).containsKey(key) && of.stream().noneMatch(item -> isSame(list, item, row))) {
            // There was none before those writes, and this is not what they carried: somebody else put it there.
            return null;
        }
        ObjectNode item = JsonNodeFactory.instance.objectNode();
        for (Column column : list.columns()) {
            JsonNode value = column(column, row.get(column.name()), of);
            if (value != null) {
                item.set(column.name(), value);
            }
        }
        return item;
    }

    private boolean isSame(ListPlan list, JsonNode item, JsonNode row) {
        return list.columns().stream()
                .allMatch(column -> values.same(column.odoo(), item.get(column.name()), row.get(column.name())));
    }
}
