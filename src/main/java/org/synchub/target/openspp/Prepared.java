package org.synchub.target.openspp;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.synchub.mapping.Kind;
import org.synchub.target.openspp.record.KindPlan;
import org.synchub.target.openspp.record.ListPlan;
import org.synchub.target.openspp.record.Schema;
import org.synchub.target.openspp.record.Values;

/**
 * What was learned from the server about this mapping.
 *
 * @param plans by the kind's name
 * @param guidType the id of the id type that holds the hub's key
 * @param once whether the server's database keeps the hub's creates from doubling
 */
record Prepared(Schema schema, Map<String, KindPlan> plans, Values values, long guidType, boolean once) {

    private static final List<String> ALWAYS = List.of(
            "create_date",
            "write_date",
            "write_uid",
            "active",
            "disabled",
            Deletions.DISABLED_REASON,
            "is_registrant",
            KindPlan.IS_GROUP,
            "spp_id");

    KindPlan plan(Kind kind) {
        KindPlan plan = plans.get(kind.name());
        if (plan == null) {
            throw new IllegalArgumentException("kind '" + kind.name() + "' is not of this mapping");
        }
        return plan;
    }

    /** What is read of a partner: all that any kind maps. */
    Set<String> partnerFields() {
        Set<String> fields = new LinkedHashSet<>();
        ALWAYS.stream().filter(schema.partner()::containsKey).forEach(fields::add);
        plans.values().forEach(plan -> plan.columns().forEach(column -> fields.add(column.name())));
        return fields;
    }

    /** What is read of the records that hang on a partner by this field. */
    Set<String> itemFields(String model, String inverse) {
        Set<String> fields = new LinkedHashSet<>();
        fields.add(inverse);
        fields.add("write_date");
        fields.add("write_uid");
        if (model.equals(ListPlan.REG_ID)) {
            fields.addAll(List.of("id_type", "value"));
        }
        for (KindPlan plan : plans.values()) {
            for (ListPlan list : plan.lists()) {
                if (list.model().equals(model) && list.inverse().equals(inverse)) {
                    fields.addAll(list.fieldsToRead());
                }
            }
        }
        return fields;
    }
}
