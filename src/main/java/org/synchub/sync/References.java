package org.synchub.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** References in neutral records: {@code {"$ref": guid}} as the store knows them, {@code {"$ext": id}} as a target does. */
final class References {

    private static final String REF = "$ref";
    private static final String EXT = "$ext";

    private References() {}

    /** Collects the external ids that a target's record refers to. */
    static void externalIds(JsonNode node, Set<String> into) {
        JsonNode ext = node.size() == 1 ? node.get(EXT) : null;
        if (ext != null) {
            into.add(ext.asText());
            return;
        }
        for (JsonNode child : node) {
            if (child.isContainerNode()) {
                externalIds(child, into);
            }
        }
    }

    /**
     * The record with the store's references in place of the target's.
     *
     * @return null when it refers to a record that has no link
     */
    static @Nullable ObjectNode toGuids(ObjectNode record, Map<String, String> guids) {
        return (ObjectNode) resolve(record, guids);
    }

    private static @Nullable JsonNode resolve(JsonNode node, Map<String, String> guids) {
        if (node instanceof ObjectNode object) {
            JsonNode ext = object.get(EXT);
            if (object.size() == 1 && ext != null) {
                String guid = guids.get(ext.asText());
                return guid == null
                        ? null
                        : JsonNodeFactory.instance.objectNode().put(REF, guid);
            }
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                JsonNode value = resolve(field.getValue(), guids);
                if (value == null) {
                    return null;
                }
                copy.set(field.getKey(), value);
            }
            return copy;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            for (JsonNode item : array) {
                JsonNode value = resolve(item, guids);
                if (value == null) {
                    return null;
                }
                copy.add(value);
            }
            return copy;
        }
        return node;
    }
}
