package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Text put together from several places; flows out only, because it cannot be taken apart again with certainty. */
final class JoinField extends Field {

    private final List<DocPath> parts;
    private final String separator;

    JoinField(Common common, List<DocPath> parts, String separator) {
        super(common);
        this.parts = List.copyOf(parts);
        this.separator = separator;
    }

    @Override
    @Nullable
    JsonNode outward(Scope scope, Output out) {
        StringBuilder joined = new StringBuilder();
        boolean any = false;
        for (DocPath part : parts) {
            JsonNode value = part.get(scope);
            if (value == null || value.isNull() || Texts.isAbsent(value)) {
                continue;
            }
            String text = Texts.of(value);
            if (text == null) {
                out.problem(
                        this,
                        scope,
                        part.words() + " must be " + FieldType.TEXT.rule(),
                        "name a place inside it in 'join'");
                return null;
            }
            joined.append(any ? separator : "").append(text.strip());
            any = true;
        }
        return any ? TextNode.valueOf(joined.toString()) : absent(scope, out, "every part of 'join'");
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
    ObjectNode definition() {
        ObjectNode definition = JsonNodeFactory.instance.objectNode();
        ArrayNode paths = definition.putArray("join");
        parts.forEach(part -> paths.add(part.definition()));
        return definition.put("separator", separator).put("required", required());
    }

    @Override
    List<DocPath> itemPaths() {
        return parts.stream().filter(part -> part.start() == DocPath.Start.ITEM).toList();
    }

    @Override
    List<Target> targets() {
        return List.of();
    }
}
