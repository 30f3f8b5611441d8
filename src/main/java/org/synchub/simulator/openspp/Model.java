package org.synchub.simulator.openspp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model of the registry: its fields, their columns and its default order. */
final class Model {

    final String name;
    final String description;
    final String defaultOrder;
    final Map<String, Field> fields;
    final int columns;
    /** The field that hides archived records, where the model has one. */
    final @Nullable Field active;

    private final List<Field> required;
    private final List<Field> references;

    Model(String name, String description, String defaultOrder, Map<String, Map<String, Object>> declared) {
        this.name = name;
        this.description = description;
        this.defaultOrder = defaultOrder;
        Map<String, Field> built = new LinkedHashMap<>();
        int slot = 0;
        for (Map.Entry<String, Map<String, Object>> entry : declared.entrySet()) {
            Field field = new Field(name, entry.getKey(), entry.getValue(), slot);
            built.put(field.name, field);
            if (field.slot >= 0) {
                slot++;
            }
        }
        this.fields = built;
        this.columns = slot;
        this.active = built.get("active");
        this.required = built.values().stream()
                .filter(field -> field.required && field.slot >= 0)
                .toList();
        this.references = built.values().stream()
                .filter(field -> field.type == Field.Type.MANY2ONE && field.slot >= 0)
                .toList();
    }

    Field field(String fieldName) {
        Field field = fields.get(fieldName);
        if (field == null) {
            throw OdooError.invalidField(fieldName, name);
        }
        return field;
    }

    /** The column of a field, or -1 where the field was taken out of the model. */
    int slot(String fieldName) {
        Field field = fields.get(fieldName);
        return field == null ? -1 : field.slot;
    }

    List<Field> required() {
        return required;
    }

    List<Field> references() {
        return references;
    }
}
