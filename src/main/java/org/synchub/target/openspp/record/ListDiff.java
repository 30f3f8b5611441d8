package org.synchub.target.openspp.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.target.openspp.record.RecordDiff.Trust;

/**
 * The same comparison item by item for one list of a record, and the commands that bring it about. Items are never
 * deleted: what the store took away is retired, and what it takes up again is revived.
 */
public final class ListDiff {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int CREATE = 0;
    private static final int UPDATE = 1;

    private final ListPlan plan;
    private final Values values;
    private final String now;
    private final Trust trust;
    private final ArrayNode ends = JSON.arrayNode();
    private final ArrayNode updates = JSON.arrayNode();
    private final ArrayNode creates = JSON.arrayNode();
    private boolean conflict;

    ListDiff(ListPlan plan, Values values, String now, Trust trust) {
        this.plan = plan;
        this.values = values;
        this.now = now;
        this.trust = trust;
    }

    /**
     * @param wanted the store's items
     * @param before the items last agreed on; null if they are not known
     * @param single whether the store has one place for it, so that another item on either side is contested
     */
    void decide(JsonNode wanted, @Nullable JsonNode before, RemoteRecord remote, boolean single) {
        Map<String, JsonNode> ours = plan.byKey(wanted);
        Map<String, JsonNode> agreed = before == null ? Map.of() : plan.byKey(before);
        Map<String, ObjectNode> theirs = new LinkedHashMap<>();
        Map<String, ObjectNode> retired = new LinkedHashMap<>();
        split(remote, theirs, retired);
        boolean based = before != null || trust == Trust.FOUND;
        if (single && based && isContested(ours.keySet(), agreed.keySet(), theirs.keySet())) {
            conflict = true;
            return;
        }
        ours.forEach(
                (key, item) -> wantedItem(item, agreed.get(key), theirs.get(key), retired.get(key), before != null));
        theirs.forEach((key, row) -> {
            if (!ours.containsKey(key)) {
                unwantedItem(row, agreed.get(key));
            }
        });
    }

    /** Whether each side has put another item in the place of what was agreed on. */
    private static boolean isContested(Set<String> ours, Set<String> agreed, Set<String> theirs) {
        return !ours.isEmpty()
                && !theirs.isEmpty()
                && !agreed.containsAll(ours)
                && Collections.disjoint(ours, theirs)
                && Collections.disjoint(agreed, theirs);
    }

    private void wantedItem(
            JsonNode item,
            @Nullable JsonNode agreed,
            @Nullable ObjectNode theirs,
            @Nullable ObjectNode retired,
            boolean based) {
        if (theirs != null) {
            ObjectNode changes = changes(item, agreed, theirs, based);
            if (!changes.isEmpty()) {
                if (plan.retirement() == Retirement.INVALID) {
                    // An id gets another number in place. Whoever retires it between the reading and this write retires
                    // what it was, not what it becomes.
                    changes.set(
                            plan.retirement().field(),
                            theirs.path(plan.retirement().field()));
                }
                updates.add(command(UPDATE, theirs.path("id").longValue(), changes));
            }
            return;
        }
        if (based && agreed != null) {
            // The server took away what both had agreed on. That stands unless the store changed the item since.
            conflict |= !sameItem(item, agreed);
            return;
        }
        if (retired != null && plan.retirement() != null) {
            ObjectNode changes = changes(item, null, retired, false);
            plan.retirement().revive(changes);
            updates.add(command(UPDATE, retired.path("id").longValue(), changes));
            return;
        }
        creates.add(command(CREATE, 0, values.odoo(plan.columns(), item)));
    }

    private void unwantedItem(ObjectNode row, @Nullable JsonNode agreed) {
        boolean ours = agreed != null || trust == Trust.UNCERTAIN;
        if (!ours || plan.retirement() == null) {
            return;
        }
        if (agreed != null && !sameItem(values.neutral(plan.columns(), row), agreed)) {
            conflict = true;
            return;
        }
        ObjectNode end = JSON.objectNode();
        plan.retirement().retire(end, now, row);
        ends.add(command(UPDATE, row.path("id").longValue(), end));
    }

    private ObjectNode changes(JsonNode item, @Nullable JsonNode agreed, ObjectNode row, boolean based) {
        ObjectNode changes = JSON.objectNode();
        for (Column column : plan.columns()) {
            JsonNode ours = item.get(column.name());
            JsonNode held = row.path(column.name());
            JsonNode theirs = values.neutral(column, held);
            boolean same = values.same(column.odoo(), ours, theirs);
            if (ours == null || (same && !Values.isStale(column, held))) {
                continue;
            }
            if (based && !same) {
                JsonNode before = agreed == null ? null : agreed.get(column.name());
                if (values.same(column.odoo(), ours, before)) {
                    continue;
                }
                conflict |= !values.same(column.odoo(), theirs, before);
            } else if (trust == Trust.FOUND && !same) {
                conflict |= column.isDecided()
                        && !plan.isRetired(row)
                        && !Neutral.isBlank(ours)
                        && !Neutral.isBlank(theirs);
                if (Neutral.isBlank(ours)) {
                    continue;
                }
            }
            changes.set(column.name(), values.odoo(column, ours));
        }
        return changes;
    }

    private boolean sameItem(JsonNode a, JsonNode b) {
        return plan.columns().stream()
                .allMatch(column -> values.same(column.odoo(), a.get(column.name()), b.get(column.name())));
    }

    private void split(RemoteRecord remote, Map<String, ObjectNode> active, Map<String, ObjectNode> retired) {
        for (ObjectNode row : remote.rows(plan)) {
            String key = plan.keyOf(values.neutral(plan.columns(), row));
            if (key != null) {
                (plan.isRetired(row) ? retired : active).putIfAbsent(key, row);
            }
        }
    }

    /** Whether one of the agreed items reads differently at the server. */
    boolean isChanged(JsonNode before, RemoteRecord remote) {
        Map<String, ObjectNode> active = new LinkedHashMap<>();
        split(remote, active, new LinkedHashMap<>());
        for (Map.Entry<String, JsonNode> entry : plan.byKey(before).entrySet()) {
            ObjectNode row = active.get(entry.getKey());
            if (row != null && !sameItem(values.neutral(plan.columns(), row), entry.getValue())) {
                return true;
            }
        }
        return false;
    }

    boolean isConflict() {
        return conflict;
    }

    /** In an order that never holds two of a unique thing at once: ends, changes, new ones. */
    ArrayNode commands() {
        return JSON.arrayNode().addAll(ends).addAll(updates).addAll(creates);
    }

    public static ArrayNode command(int code, long id, ObjectNode values) {
        return JSON.arrayNode().add(code).add(id).add(values);
    }
}
