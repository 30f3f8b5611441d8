package org.synchub.target.openspp.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.crypto.Sha256;
import org.synchub.target.RemoteState;

/**
 * A partner as it was read, with the records that hang on it.
 *
 * @param row the partner's own fields as Odoo gives them
 * @param lists the rows of each list by {@link #listName(String, String)}, the hub's own registered id left out
 * @param key the value of the hub's registered id; null if it has none
 */
public record RemoteRecord(
        long id,
        ObjectNode row,
        Map<String, List<ObjectNode>> lists,
        @Nullable String key) {

    /** Hexadecimal digits of a hash that are enough to tell the contents of one record apart. */
    private static final int SHORT = 12;

    public static String listName(String model, String inverse) {
        return model + "/" + inverse;
    }

    public List<ObjectNode> rows(ListPlan plan) {
        return lists.getOrDefault(listName(plan.model(), plan.inverse()), List.of());
    }

    public String externalId() {
        return Long.toString(id);
    }

    /**
     * The server's time of change, and a hash of the mapped content: the time is shown in whole seconds only, and the
     * records that hang on a partner change without it.
     */
    public String version(KindPlan plan, Values values) {
        String content = state() + neutral(plan, values).toString();
        return newestRow().path("write_date").asText("") + "#"
                + Sha256.hex(content).substring(0, SHORT);
    }

    /** The time in a {@link #version}. */
    public static String timeOf(String version) {
        int end = version.indexOf('#');
        return end < 0 ? version : version.substring(0, end);
    }

    /** Of the partner's own row and those that hang on it, the one that changed last. */
    public ObjectNode newestRow() {
        ObjectNode newest = row;
        for (List<ObjectNode> rows : lists.values()) {
            for (ObjectNode item : rows) {
                if (item.path("write_date")
                                .asText("")
                                .compareTo(newest.path("write_date").asText(""))
                        > 0) {
                    newest = item;
                }
            }
        }
        return newest;
    }

    public boolean isArchived() {
        return row.path("active").isBoolean() && !row.path("active").booleanValue();
    }

    public boolean isDisabled() {
        return row.path("disabled").isTextual();
    }

    public boolean isRegistrant(boolean group) {
        return row.path("is_registrant").asBoolean()
                && row.path(KindPlan.IS_GROUP).asBoolean() == group;
    }

    public RemoteState state() {
        if (isArchived()) {
            return RemoteState.ARCHIVED;
        }
        return isDisabled() ? RemoteState.DISABLED : RemoteState.PRESENT;
    }

    /** The neutral record in the mapping's shape: empty values are absent, lists are always there. */
    public ObjectNode neutral(KindPlan plan, Values values) {
        ObjectNode record = values.neutral(plan.columns(), row);
        JsonNode group = row.path(KindPlan.IS_GROUP);
        if (plan.kind().fields().stream().anyMatch(field -> field.name().equals(KindPlan.IS_GROUP))) {
            record.set(KindPlan.IS_GROUP, group);
        }
        for (ListPlan list : plan.lists()) {
            ArrayNode items = record.putArray(list.name());
            for (ObjectNode item : rows(list)) {
                if (!list.isRetired(item)) {
                    items.add(values.neutral(list.columns(), item));
                }
            }
        }
        return record;
    }

    /**
     * The neutral record with a null for every value that the server holds empty: in a change, an emptied field must be
     * told from one that the mapping does not read.
     */
    public ObjectNode told(KindPlan plan, Values values) {
        ObjectNode record = neutral(plan, values);
        tellEmpty(plan.columns(), record);
        for (ListPlan list : plan.lists()) {
            record.path(list.name()).forEach(item -> tellEmpty(list.columns(), (ObjectNode) item));
        }
        return record;
    }

    /** Whether the server holds something in another way than it would be sent now. */
    public boolean isStale(KindPlan plan) {
        return plan.columns().stream().anyMatch(column -> Values.isStale(column, row.path(column.name())))
                || plan.lists().stream()
                        .anyMatch(list -> rows(list).stream()
                                .filter(item -> !list.isRetired(item))
                                .anyMatch(item -> list.columns().stream()
                                        .anyMatch(column -> Values.isStale(column, item.path(column.name())))));
    }

    private static void tellEmpty(List<Column> columns, ObjectNode record) {
        for (Column column : columns) {
            if (!record.has(column.name())) {
                record.putNull(column.name());
            }
        }
    }
}
