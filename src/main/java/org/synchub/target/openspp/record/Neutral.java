package org.synchub.target.openspp.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What neutral records have in common: references, and values that say nothing. */
public final class Neutral {

    /** A reference to a record of the store: {@code {"$ref": guid}}. */
    public static final String REF = "$ref";

    /** The same as the target knows it: {@code {"$ext": external id}}. */
    public static final String EXT = "$ext";

    private Neutral() {}

    public static ObjectNode ext(long id) {
        return JsonNodeFactory.instance.objectNode().put(EXT, Long.toString(id));
    }

    public static boolean isBlank(@Nullable JsonNode value) {
        return value == null
                || value.isNull()
                || (value.isTextual() && value.textValue().isEmpty())
                || (value.isArray() && value.isEmpty());
    }

    /** A copy in which references to the store's records name the target's; those that are not known stay. */
    public static JsonNode resolved(JsonNode value, Map<String, String> externalIds) {
        if (value instanceof ObjectNode object) {
            String external = externalIds.get(object.path(REF).asText(""));
            if (external != null) {
                return JsonNodeFactory.instance.objectNode().put(EXT, external);
            }
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            object.properties().forEach(entry -> copy.set(entry.getKey(), resolved(entry.getValue(), externalIds)));
            return copy;
        }
        if (value instanceof ArrayNode array) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode(array.size());
            array.forEach(element -> copy.add(resolved(element, externalIds)));
            return copy;
        }
        return value;
    }

    public static ObjectNode resolvedRecord(ObjectNode record, Map<String, String> externalIds) {
        return (ObjectNode) resolved(record, externalIds);
    }

    /** Adds the guids that a record refers to. */
    public static void references(JsonNode value, Set<String> guids) {
        JsonNode guid = value.path(REF);
        if (guid.isTextual()) {
            guids.add(guid.textValue());
            return;
        }
        value.forEach(element -> references(element, guids));
    }
}
