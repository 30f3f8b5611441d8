package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Stream;
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
    @Nullable
    JsonNode canonical(JsonNode theirs, @Nullable JsonNode ours, Scope current) {
        if (!theirs.isObject() && !theirs.isNull()) {
            return theirs;
        }
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (Field field : fields) {
            JsonNode value = theirs.isNull() ? theirs : theirs.get(field.name());
            JsonNode mine = ours == null ? null : ours.get(field.name());
            JsonNode canonical = value == null ? null : field.canonical(value, mine, current);
            if (canonical != null && (!canonical.isNull() || mine != null)) {
                object.set(field.name(), canonical);
            }
        }
        return object.isEmpty() ? null : object;
    }

    @Override
    boolean agrees(@Nullable JsonNode ours, JsonNode theirs) {
        return theirs.isObject()
                && inwardFields()
                        .allMatch(field -> !theirs.has(field.name())
                                || field.agrees(
                                        ours == null ? null : ours.get(field.name()), theirs.get(field.name())));
    }

    @Override
    void inward(JsonNode theirs, Draft draft) {
        if (!theirs.isObject()) {
            draft.problem(this, "the target's value must be an object", "check the adapter's settings");
            return;
        }
        JsonNode ours = outward(draft.scope(), new Output(true));
        inwardFields().forEach(field -> {
            JsonNode value = theirs.get(field.name());
            if (value != null && !field.agrees(ours == null ? null : ours.get(field.name()), value)) {
                field.inward(value, draft);
            }
        });
    }

    private Stream<Field> inwardFields() {
        return fields.stream().filter(field -> field.direction().in());
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
