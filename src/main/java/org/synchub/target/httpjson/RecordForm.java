package org.synchub.target.httpjson;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Field;
import org.synchub.mapping.Kind;
import org.synchub.target.httpjson.spec.RecordSpec;

/**
 * A kind's records in the target's spelling and in the hub's. Inside the adapter references are {@code {"$ext": id}} on
 * both sides. Pure.
 */
final class RecordForm {

    static final String REF = "$ref";
    static final String EXT = "$ext";

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int DATE_LENGTH = "2000-01-01".length();

    private final Kind kind;
    private final RecordSpec spec;
    private final ExternalIds ids;

    RecordForm(Kind kind, RecordSpec spec, ExternalIds ids) {
        this.kind = kind;
        this.spec = spec;
        this.ids = ids;
    }

    /** A copy in which references to the store's records name the target's. */
    static ObjectNode resolved(ObjectNode record, Map<String, String> externalIds) {
        return (ObjectNode) resolve(record, externalIds);
    }

    private static JsonNode resolve(JsonNode value, Map<String, String> externalIds) {
        if (value instanceof ObjectNode object) {
            String external =
                    object.size() == 1 ? externalIds.get(object.path(REF).asText("")) : null;
            if (external != null) {
                return JSON.objectNode().put(EXT, external);
            }
            ObjectNode copy = JSON.objectNode();
            object.properties().forEach(field -> copy.set(field.getKey(), resolve(field.getValue(), externalIds)));
            return copy;
        }
        if (value instanceof ArrayNode array) {
            ArrayNode copy = JSON.arrayNode(array.size());
            array.forEach(item -> copy.add(resolve(item, externalIds)));
            return copy;
        }
        return value;
    }

    /** Adds the guids that a record refers to, each with the kind of that record. */
    void references(JsonNode record, Map<String, String> kinds) {
        references(kind.fields(), record, kinds);
    }

    private static void references(List<Field> fields, JsonNode record, Map<String, String> kinds) {
        for (Field field : fields) {
            JsonNode value = record.path(field.name());
            String reference = field.reference();
            if (reference != null && value.has(REF)) {
                kinds.put(value.path(REF).asText(), reference);
            } else if (value.isArray()) {
                value.forEach(item -> references(field.fields(), item, kinds));
            } else {
                references(field.fields(), value, kinds);
            }
        }
    }

    /** Whether something in it refers to a record whose id the hub does not know here. */
    static boolean isUnresolved(@Nullable JsonNode value) {
        return value != null && value.findValue(REF) != null;
    }

    /** The hub's record, or a part of it, as requests hold it. */
    ObjectNode sent(ObjectNode record) {
        return sent(kind.fields(), record);
    }

    private ObjectNode sent(List<Field> fields, JsonNode record) {
        ObjectNode sent = JSON.objectNode();
        for (Field field : fields) {
            JsonNode value = record.get(field.name());
            if (value != null) {
                sent.set(field.name(), sent(field, value));
            }
        }
        return sent;
    }

    private JsonNode sent(Field field, JsonNode value) {
        return field.sealed(spelled(field, value));
    }

    private JsonNode spelled(Field field, JsonNode value) {
        if (value.isArray() && field.isList()) {
            ArrayNode items = JSON.arrayNode(value.size());
            value.forEach(item -> items.add(item.isObject() ? sent(field.fields(), item) : item));
            return items;
        }
        if (value.isObject() && value.has(EXT)) {
            return ids.sent(value.path(EXT).asText());
        }
        if (value.isObject() && !field.fields().isEmpty()) {
            return sent(field.fields(), value);
        }
        if ("decimal".equals(field.type()) && spec.decimalsAsText() && value.isNumber()) {
            return TextNode.valueOf(value.decimalValue().toPlainString());
        }
        if ("datetime".equals(field.type()) && spec.datetime() != null) {
            Instant time = Times.parse(value, null);
            return time == null ? value : TextNode.valueOf(Times.write(time, spec.datetime()));
        }
        return value;
    }

    /** What the target says of the mapped fields, in the hub's spelling. */
    ObjectNode told(JsonNode item) {
        return told(kind.fields(), spec.fields().in(item));
    }

    private ObjectNode told(List<Field> fields, JsonNode record) {
        ObjectNode told = JSON.objectNode();
        for (Field field : fields) {
            JsonNode value = record.get(field.name());
            if (value != null) {
                told.set(field.name(), told(field, value));
            }
        }
        return told;
    }

    private JsonNode told(Field field, JsonNode held) {
        JsonNode value = field.opened(held);
        if (value.isNull()) {
            return value;
        }
        if (field.isList()) {
            if (!value.isArray()) {
                return value;
            }
            ArrayNode items = JSON.arrayNode(value.size());
            value.forEach(item -> items.add(item.isObject() ? told(field.fields(), item) : item));
            return items;
        }
        String reference = field.reference();
        if (reference != null) {
            return value.isValueNode() ? JSON.objectNode().put(EXT, ids.of(reference, value.asText())) : value;
        }
        if (value.isObject() && !field.fields().isEmpty()) {
            return told(field.fields(), value);
        }
        return field.type() == null ? plain(value) : typed(field.type(), value);
    }

    /** The fields in which a record of the target's holds something in another way than it would be sent now. */
    Set<String> stale(JsonNode item) {
        JsonNode record = spec.fields().in(item);
        return kind.fields().stream()
                .filter(field -> isStale(field, record.path(field.name())))
                .map(Field::name)
                .collect(Collectors.toSet());
    }

    private static boolean isStale(Field field, JsonNode held) {
        if (held.isMissingNode() || field.fields().isEmpty()) {
            return field.isStale(held);
        }
        return field.fields().stream()
                .anyMatch(inner -> held.isArray()
                        ? held.valueStream().anyMatch(item -> isStale(inner, item.path(inner.name())))
                        : isStale(inner, held.path(inner.name())));
    }

    /** The fields that leave in envelopes, or have such in them. */
    Set<String> encrypted() {
        return kind.fields().stream()
                .filter(RecordForm::isEncrypted)
                .map(Field::name)
                .collect(Collectors.toSet());
    }

    private static boolean isEncrypted(Field field) {
        return field.encrypt() != null || field.fields().stream().anyMatch(RecordForm::isEncrypted);
    }

    /** A copy whose texts are as they were before the target altered them. */
    ObjectNode plain(ObjectNode object) {
        ObjectNode copy = JSON.objectNode();
        object.properties().forEach(field -> {
            JsonNode value = field.getValue();
            copy.set(field.getKey(), value instanceof ObjectNode inside ? plain(inside) : plain(value));
        });
        return copy;
    }

    private JsonNode plain(JsonNode value) {
        return value.isTextual() && spec.unescapeHtml() ? TextNode.valueOf(Html.unescape(value.textValue())) : value;
    }

    /** The same value in the form in which the mapping would write it; whatever does not fit stays as it is. */
    private JsonNode typed(String type, JsonNode value) {
        return switch (type) {
            case "text" -> value.isNumber() || value.isBoolean() ? TextNode.valueOf(value.asText()) : plain(value);
            case "decimal", "integer" -> number(value);
            case "boolean" ->
                value.isInt() && (value.intValue() == 0 || value.intValue() == 1)
                        ? BooleanNode.valueOf(value.intValue() == 1)
                        : value;
            case "date" ->
                value.isTextual() && value.textValue().length() > DATE_LENGTH
                        ? TextNode.valueOf(value.textValue().substring(0, DATE_LENGTH))
                        : value;
            case "datetime" -> {
                Instant time = Times.parse(value, spec.datetime());
                yield time == null ? value : TextNode.valueOf(time.toString());
            }
            default -> value;
        };
    }

    private static JsonNode number(JsonNode value) {
        if (!value.isTextual()) {
            return value;
        }
        try {
            return DecimalNode.valueOf(new BigDecimal(value.textValue().strip()));
        } catch (NumberFormatException noNumber) {
            return value;
        }
    }
}
