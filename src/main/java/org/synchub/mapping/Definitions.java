package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.TreeMap;
import org.synchub.crypto.Sha256;

/** The hash of a compiled mapping: of what it means, not of how it is written. */
final class Definitions {

    private Definitions() {}

    /** Of the fields that are sent; those that only flow in decide no record. */
    static ObjectNode of(List<Field> fields) {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        for (Field field : fields) {
            if (field.direction().out()) {
                all.set(field.name(), field.definition());
            }
        }
        return all;
    }

    /** SHA-256, in hex, of the JSON with its keys sorted at every depth. */
    static String hash(JsonNode definition) {
        return Sha256.hex(sorted(definition).toString());
    }

    private static JsonNode sorted(JsonNode node) {
        if (node.isObject()) {
            TreeMap<String, JsonNode> byKey = new TreeMap<>();
            node.properties().forEach(entry -> byKey.put(entry.getKey(), sorted(entry.getValue())));
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            byKey.forEach(object::set);
            return object;
        }
        if (node.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            node.forEach(item -> array.add(sorted(item)));
            return array;
        }
        return node;
    }
}
