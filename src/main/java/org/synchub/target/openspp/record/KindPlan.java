package org.synchub.target.openspp.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.synchub.mapping.Field;
import org.synchub.mapping.Kind;
import org.synchub.target.openspp.odoo.OdooField;

/**
 * What a record kind of the mapping is at this server.
 *
 * @param group whether its records are groups
 * @param columns single values that are compared and written
 * @param lists lists of sub-records
 */
public record KindPlan(Kind kind, boolean group, List<Column> columns, List<ListPlan> lists) {

    public static final String IS_GROUP = "is_group";
    public static final String NAME = "name";
    public static final String REG_IDS = "reg_ids";

    /** In the order in which the server puts them together to a name. */
    public static final List<String> NAME_PARTS = List.of("family_name", "given_name", "addl_name");

    private static final Set<String> FIXED = Set.of(IS_GROUP, "is_registrant");

    public static KindPlan of(Kind kind, Schema schema) {
        boolean group = isGroup(kind);
        boolean named = !group && kind.fields().stream().anyMatch(field -> NAME_PARTS.contains(field.name()));
        List<Column> columns = new ArrayList<>();
        List<ListPlan> lists = new ArrayList<>();
        for (Field field : kind.fields()) {
            OdooField odoo = schema.partner().get(field.name());
            if (odoo == null
                    || FIXED.contains(field.name())
                    || (named && field.name().equals(NAME))) {
                continue;
            }
            if (odoo.type().equals("one2many")) {
                Map<String, OdooField> model = schema.model(String.valueOf(odoo.relation()));
                lists.add(ListPlan.of(field, odoo, model));
            } else {
                columns.add(new Column(odoo, field));
            }
        }
        return new KindPlan(kind, group, List.copyOf(columns), List.copyOf(lists));
    }

    /** A mapping says with a constant whether a kind is of groups or of individuals. */
    private static boolean isGroup(Kind kind) {
        return kind.fields().stream()
                .filter(field -> field.name().equals(IS_GROUP))
                .flatMap(field -> field.given().stream())
                .anyMatch(given -> given.value().asBoolean());
    }

    /** Whether the server puts the name together from its parts and writes it its own way. */
    public boolean namedByParts() {
        return columns.stream().anyMatch(this::isPartOfName);
    }

    boolean isPartOfName(Column column) {
        return !group && NAME_PARTS.contains(column.name());
    }

    /** Whether a partner is of this kind: it has the values that the mapping gives every record of the kind. */
    public boolean fits(ObjectNode row, Values values) {
        if (row.path(IS_GROUP).asBoolean() != group) {
            return false;
        }
        for (Column column : columns) {
            if (column.mapped().isConstant()) {
                JsonNode expected = column.mapped().given().get(0).value();
                if (!values.same(column.odoo(), expected, values.neutral(column, row.path(column.name())))) {
                    return false;
                }
            }
        }
        return true;
    }
}
