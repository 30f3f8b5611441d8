package org.synchub.simulator.healthrecord;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.regex.Pattern;
import org.synchub.simulator.http.Json;

/** What the server does to every text of a body: tags go, what remains of markup is escaped, the ends are trimmed. */
final class Sanitizer {

    private static final Pattern TAG = Pattern.compile("</?[a-zA-Z][^>]*>");

    private Sanitizer() {}

    static JsonNode clean(JsonNode value) {
        if (value instanceof ObjectNode object) {
            ObjectNode copy = Json.object();
            object.properties().forEach(field -> copy.set(field.getKey(), clean(field.getValue())));
            return copy;
        }
        if (value instanceof ArrayNode array) {
            ArrayNode copy = Json.array();
            array.forEach(each -> copy.add(clean(each)));
            return copy;
        }
        return value.isTextual() ? TextNode.valueOf(clean(value.asText())) : value;
    }

    private static String clean(String text) {
        return TAG.matcher(text)
                .replaceAll("")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .strip();
    }
}
