package org.synchub.target.openspp.odoo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One field of a model as the server declares it.
 *
 * @param type Odoo's own word: {@code char}, {@code many2one} …
 * @param relation the model that a relational field points to
 * @param inverse of a one2many, the field of {@code relation} that points back
 * @param selection the values a selection takes, in the server's order
 */
public record OdooField(
        String name,
        String type,
        boolean readonly,
        boolean required,
        @Nullable String relation,
        @Nullable String inverse,
        List<String> selection) {

    public static final String PARTNER = "res.partner";

    public static Map<String, OdooField> all(ObjectNode fieldsGet) {
        Map<String, OdooField> fields = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : fieldsGet.properties()) {
            fields.put(entry.getKey(), of(entry.getKey(), entry.getValue()));
        }
        return fields;
    }

    private static OdooField of(String name, JsonNode declared) {
        List<String> selection = new ArrayList<>();
        for (JsonNode option : declared.path("selection")) {
            selection.add(option.path(0).asText());
        }
        return new OdooField(
                name,
                declared.path("type").asText(),
                declared.path("readonly").asBoolean(),
                declared.path("required").asBoolean(),
                text(declared.path("relation")),
                text(declared.path("relation_field")),
                List.copyOf(selection));
    }

    private static @Nullable String text(JsonNode value) {
        return value.isTextual() ? value.textValue() : null;
    }

    public boolean isNumber() {
        return type.equals("integer") || type.equals("float") || type.equals("monetary");
    }

    public boolean isSelection() {
        return type.equals("selection");
    }

    /** Whether it points to other records of the registry, which are known by id. */
    public boolean pointsToPartner() {
        return type.equals("many2one") && PARTNER.equals(relation);
    }

    /** The model whose records are chosen by name here; null if none are. */
    @Nullable
    public String vocabulary() {
        boolean chosen = type.equals("many2one") || type.equals("many2many");
        return chosen && !PARTNER.equals(relation) ? relation : null;
    }
}
