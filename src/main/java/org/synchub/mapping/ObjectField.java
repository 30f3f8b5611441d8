package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A nested object of the record. Absent if nothing but constants would be in it. */
final class ObjectField extends Field {

    private final List<Field> fields;
    private final boolean onlyConstants;

    ObjectField(Common common, List<Field> fields) {
        super(common);
        this.fields = List.copyOf(fields);
        this.onlyConstants = fields.stream().allMatch(ConstantField.class::isInstance);
    }

    @Override
    public List<Field> fields() {
        return fields;
    }

    @Override
    @Nullable
    JsonNode outward(Scope scope, Output out) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        boolean any = onlyConstants;
        for (Field field : fields) {
            JsonNode value = out.wants(field) ? field.outward(scope, out) : null;
            if (value != null) {
                object.set(field.name(), value);
                any |= !(field instanceof ConstantField);
            }
        }
        return any ? object : absent(scope, out, "everything in it");
    }

    @Override
    ObjectNode definition() {
        ObjectNode definition = JsonNodeFactory.instance.objectNode();
        definition.put("required", required());
        return definition.set("fields", Definitions.of(fields));
    }

    @Override
    List<DocPath> itemPaths() {
        return fields.stream().flatMap(field -> field.itemPaths().stream()).toList();
    }

    @Override
    List<Target> targets() {
        return direction().in()
                ? fields.stream().flatMap(field -> field.targets().stream()).toList()
                : List.of();
    }
}
