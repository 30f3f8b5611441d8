package org.synchub.target.openspp.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.target.openspp.odoo.Domains;

/**
 * One of a mapping's {@code keys} as a record fills it: what a partner must have to be taken for the same record.
 *
 * @param columns neutral values by field
 * @param regIds values of registered ids by the name of their type
 */
public record NaturalKey(Map<Column, JsonNode> columns, Map<String, String> regIds) {

    /** The keys that a record fills completely. */
    public static List<NaturalKey> of(KindPlan plan, ObjectNode record) {
        List<NaturalKey> keys = new ArrayList<>();
        for (List<String> places : plan.kind().keys()) {
            NaturalKey key = of(plan, places, record);
            if (key != null) {
                keys.add(key);
            }
        }
        return keys;
    }

    private static @Nullable NaturalKey of(KindPlan plan, List<String> places, ObjectNode record) {
        Map<Column, JsonNode> columns = new LinkedHashMap<>();
        Map<String, String> regIds = new LinkedHashMap<>();
        for (String place : places) {
            String type = regIdType(place);
            if (type != null) {
                String value = regId(record, type);
                if (value == null) {
                    return null;
                }
                regIds.put(type, value);
                continue;
            }
            JsonNode value = record.get(place);
            Column column = plan.columns().stream()
                    .filter(each -> each.name().equals(place))
                    .findFirst()
                    .orElse(null);
            if (column == null || value == null || Neutral.isBlank(value)) {
                return null;
            }
            columns.put(column, value);
        }
        return new NaturalKey(columns, regIds);
    }

    /** {@code reg_ids.National ID} names the registered id of that type; null for a field of the partner. */
    public static @Nullable String regIdType(String place) {
        return place.startsWith(KindPlan.REG_IDS + ".") ? place.substring(KindPlan.REG_IDS.length() + 1) : null;
    }

    private static @Nullable String regId(ObjectNode record, String type) {
        for (JsonNode item : record.path(KindPlan.REG_IDS)) {
            if (item.path("id_type").asText().equals(type) && !Neutral.isBlank(item.get("value"))) {
                return item.get("value").asText();
            }
        }
        return null;
    }

    /** The search for partners with these values; only for a key without registered ids. */
    public List<ArrayNode> conditions(KindPlan plan, Values values) {
        List<ArrayNode> conditions = new ArrayList<>();
        conditions.add(Domains.condition(KindPlan.IS_GROUP, "=", BooleanNode.valueOf(plan.group())));
        columns.forEach((column, value) ->
                conditions.add(Domains.condition(column.name(), "=", values.odoo(column.odoo(), value))));
        return conditions;
    }

    /** The same for two keys of the same values. */
    public String text() {
        StringBuilder text = new StringBuilder();
        columns.forEach((column, value) ->
                text.append(column.name()).append('=').append(value).append(';'));
        regIds.forEach(
                (type, value) -> text.append(type).append('=').append(value).append(';'));
        return text.toString();
    }

    /** Whether a partner has the values of its own fields; registered ids are looked up apart. */
    public boolean fits(RemoteRecord partner, Values values) {
        return columns.entrySet().stream().allMatch(entry -> {
            Column column = entry.getKey();
            JsonNode theirs = values.neutral(column, partner.row().path(column.name()));
            return values.same(column.odoo(), entry.getValue(), theirs);
        });
    }
}
