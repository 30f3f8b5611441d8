package org.synchub.target.httpjson.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Node;
import org.synchub.mapping.Settings;

/**
 * JSON with placeholders. A text that is nothing but a placeholder becomes the value itself, whatever it is, and is left
 * out where there is none. The key {@code "*"} puts all fields of an object in its place; fields that follow win.
 */
public sealed interface Template {

    /** The name that spreads an object. */
    String SPREAD = "*";

    /** The filled template; null where there is nothing to say. */
    @Nullable
    JsonNode fill(Variables variables);

    /** Adds the names of the placeholders. */
    void placeholders(Set<String> into);

    default Set<String> placeholders() {
        Set<String> names = new TreeSet<>();
        placeholders(names);
        return names;
    }

    /** A value without placeholders. */
    record Fixed(JsonNode value) implements Template {
        @Override
        public JsonNode fill(Variables variables) {
            return value.deepCopy();
        }

        @Override
        public void placeholders(Set<String> into) {
            // It has none.
        }
    }

    /** A text with placeholders in it. */
    record Filled(Text text) implements Template {
        @Override
        public @Nullable JsonNode fill(Variables variables) {
            String only = text.only();
            if (only != null) {
                JsonNode value = variables.get(only);
                return value == null || value.isMissingNode() ? null : value.deepCopy();
            }
            String filled = text.fill(variables);
            return filled == null ? null : TextNode.valueOf(filled);
        }

        @Override
        public void placeholders(Set<String> into) {
            into.addAll(text.placeholders());
        }
    }

    /** An object. */
    record Fields(Map<String, Template> fields) implements Template {
        @Override
        public JsonNode fill(Variables variables) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            fields.forEach((name, template) -> {
                JsonNode value = template.fill(variables);
                if (name.equals(SPREAD)) {
                    if (value instanceof ObjectNode spread) {
                        object.setAll(spread);
                    }
                } else if (value != null) {
                    object.set(name, value);
                }
            });
            return object;
        }

        @Override
        public void placeholders(Set<String> into) {
            fields.values().forEach(template -> template.placeholders(into));
        }
    }

    /** A list. */
    record Items(List<Template> items) implements Template {
        @Override
        public JsonNode fill(Variables variables) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            for (Template item : items) {
                JsonNode value = item.fill(variables);
                if (value != null) {
                    array.add(value);
                }
            }
            return array;
        }

        @Override
        public void placeholders(Set<String> into) {
            items.forEach(template -> template.placeholders(into));
        }
    }

    /** Reads a template out of the settings; every mistake points to the line it is in. */
    static @Nullable Template read(Settings settings, String key, Names names) {
        return settings.has(key) ? compile(settings, settings.node(key), settings.json(key), names) : null;
    }

    private static Template compile(Settings settings, Node at, JsonNode json, Names names) {
        if (json.isObject()) {
            Map<String, Template> fields = new LinkedHashMap<>();
            json.properties().forEach(field -> {
                Node inside = at.get(field.getKey());
                fields.put(field.getKey(), compile(settings, inside == null ? at : inside, field.getValue(), names));
            });
            return new Fields(fields);
        }
        if (json.isArray()) {
            List<Template> items = new ArrayList<>();
            for (int i = 0; i < json.size(); i++) {
                items.add(compile(settings, at.items().get(i), json.get(i), names));
            }
            return new Items(List.copyOf(items));
        }
        return json.isTextual()
                        && (json.textValue().contains("{") || json.textValue().contains("}"))
                ? new Filled(Text.parse(settings, at, json.textValue(), names))
                : new Fixed(json);
    }
}
