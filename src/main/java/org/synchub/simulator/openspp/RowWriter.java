package org.synchub.simulator.openspp;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes rows as {@code read} and {@code search_read} show them. */
final class RowWriter {

    private final Store store;
    private final Model model;
    private final List<Field> fields;
    private final boolean namesReferences;

    /**
     * @param names the wanted fields; empty for every field
     * @param namesReferences whether a many2one shows its name beside its id
     */
    RowWriter(Store store, Model model, List<?> names, boolean namesReferences) {
        this.store = store;
        this.model = model;
        this.namesReferences = namesReferences;
        List<Field> wanted = new ArrayList<>();
        for (Object name : names) {
            Field field = model.field(String.valueOf(name));
            if (field.source != Field.Source.ID) {
                wanted.add(field);
            }
        }
        if (names.isEmpty()) {
            model.fields.values().stream()
                    .filter(field -> field.source != Field.Source.ID)
                    .forEach(wanted::add);
        }
        this.fields = wanted;
    }

    void write(JsonGenerator json, List<Row> rows) throws IOException {
        json.writeStartArray();
        for (Row row : rows) {
            json.writeStartObject();
            json.writeNumberField("id", row.id);
            for (Field field : fields) {
                json.writeFieldName(field.name);
                value(json, field, Values.of(store, model, row, field));
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void value(JsonGenerator json, Field field, @Nullable Object value) throws IOException {
        switch (field.type) {
            case BOOLEAN -> json.writeBoolean(Boolean.TRUE.equals(value));
            case INTEGER -> json.writeNumber(value instanceof Integer number ? number : 0);
            case FLOAT -> json.writeNumber(value instanceof Double number ? number : 0.0);
            case MANY2ONE -> reference(json, field, value);
            case ONE2MANY, MANY2MANY -> {
                json.writeStartArray();
                if (value instanceof int[] ids) {
                    for (int id : ids) {
                        json.writeNumber(id);
                    }
                }
                json.writeEndArray();
            }
            case DATETIME -> {
                if (value instanceof Long micros) {
                    json.writeString(Times.show(micros));
                } else {
                    json.writeBoolean(false);
                }
            }
            default -> {
                if (value instanceof String text) {
                    json.writeString(text);
                } else {
                    json.writeBoolean(false);
                }
            }
        }
    }

    private void reference(JsonGenerator json, Field field, @Nullable Object value) throws IOException {
        Table target = store.tables().get(field.relation);
        Row row = target != null && value instanceof Integer id ? target.get(id) : null;
        if (target == null || row == null) {
            json.writeBoolean(false);
            return;
        }
        if (!namesReferences) {
            json.writeNumber(row.id);
            return;
        }
        json.writeStartArray();
        json.writeNumber(row.id);
        json.writeString(Values.displayName(store, target.model, row));
        json.writeEndArray();
    }
}
