package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The same value in every record. */
final class ConstantField extends Field {

    private final JsonNode value;

    ConstantField(Common common, JsonNode value) {
        super(common);
        this.value = value;
    }

    @Override
    JsonNode outward(Scope scope, Output out) {
        return fresh(value);
    }

    @Override
    JsonNode canonical(JsonNode theirs, @Nullable JsonNode ours, Scope current) {
        return theirs;
    }

    @Override
    void inward(JsonNode theirs, Draft draft) {
        throw new IllegalStateException("field '" + name() + "' flows out only");
    }

    @Override
    boolean knows(JsonNode theirs) {
        return theirs.equals(value);
    }

    @Override
    public boolean isConstant() {
        return true;
    }

    @Override
    public List<Given> given() {
        return List.of(new Given(value, line()));
    }

    @Override
    ObjectNode definition() {
        return JsonNodeFactory.instance.objectNode().set("constant", value);
    }

    @Override
    List<DocPath> itemPaths() {
        return List.of();
    }

    @Override
    List<Target> targets() {
        return List.of();
    }
}
