package org.synchub.target.openspp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.synchub.target.openspp.record.KindPlan;
import org.synchub.target.openspp.record.ListDiff;
import org.synchub.target.openspp.record.ListPlan;
import org.synchub.target.openspp.record.Neutral;
import org.synchub.target.openspp.record.UnknownName;

/** The values for Odoo's {@code create} of one record, its ids, phone numbers and memberships in the same row. Pure. */
final class NewRecord {

    private final Prepared prepared;

    NewRecord(Prepared prepared) {
        this.prepared = prepared;
    }

    /** @throws UnknownName when the record names something that the server does not have */
    ObjectNode values(Task task) {
        KindPlan plan = task.plan();
        ObjectNode wanted =
                Neutral.resolvedRecord(task.write().record(), task.write().references());
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        row.put("is_registrant", true);
        row.put(KindPlan.IS_GROUP, plan.group());
        if (prepared.once()) {
            row.put("spp_id", task.sppId());
        }
        row.setAll(prepared.values().odoo(plan.columns(), wanted));
        if (plan.namedByParts()) {
            name(row, wanted);
        }
        for (ListPlan list : plan.lists()) {
            ArrayNode commands = items(list, wanted.path(list.name()));
            if (!commands.isEmpty()) {
                row.set(list.name(), commands);
            }
        }
        row.withArray(KindPlan.REG_IDS).add(keyCommand(task.key()));
        return row;
    }

    /** The hub's own key as a registered id. */
    JsonNode keyCommand(HubKey key) {
        ObjectNode values = JsonNodeFactory.instance.objectNode();
        values.put("id_type", prepared.guidType()).put("value", key.registeredId());
        return ListDiff.command(0, 0, values);
    }

    /** The server demands a name and takes it apart again into the parts that it is made of. */
    private static void name(ObjectNode row, ObjectNode wanted) {
        List<String> parts = new ArrayList<>();
        for (String part : KindPlan.NAME_PARTS) {
            JsonNode value = wanted.get(part);
            if (value != null && !Neutral.isBlank(value)) {
                parts.add(value.asText());
            }
        }
        if (!parts.isEmpty()) {
            row.put(KindPlan.NAME, String.join(", ", parts));
        }
    }

    private ArrayNode items(ListPlan list, JsonNode wanted) {
        ArrayNode commands = JsonNodeFactory.instance.arrayNode();
        for (JsonNode item : wanted) {
            commands.add(ListDiff.command(0, 0, prepared.values().odoo(list.columns(), item)));
        }
        return commands;
    }

    /** The top-level fields that a create sends. */
    static Set<String> sent(ObjectNode record) {
        Set<String> fields = new LinkedHashSet<>();
        record.properties().forEach(entry -> {
            if (!Neutral.isBlank(entry.getValue())) {
                fields.add(entry.getKey());
            }
        });
        return fields;
    }
}
