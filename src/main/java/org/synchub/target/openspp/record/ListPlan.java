package org.synchub.target.openspp.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Field;
import org.synchub.target.openspp.odoo.OdooField;

/**
 * A list of a record that the server keeps as records of their own.
 *
 * @param name the list's field in the partner
 * @param model where the items are kept
 * @param inverse the item's field that points to the partner
 * @param key the item's fields that tell items apart
 * @param retirement how an item is taken away; null where the server offers no way short of deleting
 * @param hides whether a retired item counts as absent: not when the mapping itself fills that field
 */
public record ListPlan(
        String name,
        String model,
        String inverse,
        List<String> key,
        List<Column> columns,
        @Nullable Retirement retirement,
        boolean hides) {

    public static final String REG_ID = "g2p.reg.id";
    public static final String PHONE = "g2p.phone.number";
    public static final String MEMBERSHIP = "g2p.group.membership";

    public static ListPlan of(Field mapped, OdooField list, Map<String, OdooField> model) {
        String relation = String.valueOf(list.relation());
        String inverse = String.valueOf(list.inverse());
        List<Column> columns = new ArrayList<>();
        for (Field field : mapped.fields()) {
            OdooField odoo = model.get(field.name());
            if (odoo != null) {
                columns.add(new Column(odoo, field));
            }
        }
        Retirement retirement = Retirement.of(model);
        boolean hides = retirement != null
                && columns.stream().noneMatch(column -> column.name().equals(retirement.field()));
        return new ListPlan(
                mapped.name(),
                relation,
                inverse,
                key(mapped, relation, inverse),
                List.copyOf(columns),
                retirement,
                hides);
    }

    /** The server's own rules decide where it has them: one id of a type per person, one membership per household. */
    private static List<String> key(Field mapped, String model, String inverse) {
        if (model.equals(REG_ID)) {
            return List.of("id_type");
        }
        if (model.equals(MEMBERSHIP)) {
            return List.of(inverse.equals("group") ? "individual" : "group");
        }
        if (!mapped.key().isEmpty()) {
            return mapped.key();
        }
        return model.equals(PHONE)
                ? List.of("phone_no")
                : List.of(mapped.fields().get(0).name());
    }

    /** What is read of each item. */
    public Set<String> fieldsToRead() {
        Set<String> fields = new LinkedHashSet<>();
        fields.add(inverse);
        fields.addAll(key);
        columns.forEach(column -> fields.add(column.name()));
        if (retirement != null) {
            fields.add(retirement.field());
        }
        if (retirement == Retirement.ENDED) {
            fields.add("start_date");
        }
        return fields;
    }

    public boolean isRetired(ObjectNode row) {
        return retirement != null && hides && retirement.isRetired(row);
    }

    /** The items of a neutral list by what tells them apart; those that lack a part of it by their place. */
    Map<String, JsonNode> byKey(JsonNode items) {
        Map<String, JsonNode> byKey = new LinkedHashMap<>();
        int unnamed = 0;
        for (JsonNode item : items) {
            String key = keyOf(item);
            byKey.putIfAbsent(key == null ? "\u0001" + unnamed++ : key, item);
        }
        return byKey;
    }

    /** What tells a neutral item from the others; null if it lacks a part of it. */
    @Nullable
    public String keyOf(JsonNode item) {
        StringBuilder text = new StringBuilder();
        for (String field : key) {
            JsonNode value = item.path(field);
            String part = value.isObject() ? value.path(Neutral.EXT).asText("") : value.asText("");
            if (part.isEmpty() || value.isNull()) {
                return null;
            }
            text.append(part).append('\u0000');
        }
        return text.toString();
    }
}
