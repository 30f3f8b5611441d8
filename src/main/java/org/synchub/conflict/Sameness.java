package org.synchub.conflict;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Canonical equality of values: 1 is 1.0, the order of names means nothing, and neither does the order of keyed lists and
 * sets. {@link #same} and {@link #canonical} agree: two values are the same exactly when their canonical texts are equal.
 */
final class Sameness {

    private static final int WRITTEN_OUT_DIGITS = 40;

    private final boolean absentIsNull;
    private final boolean normalizeText;

    Sameness(boolean absentIsNull, boolean normalizeText) {
        this.absentIsNull = absentIsNull;
        this.normalizeText = normalizeText;
    }

    boolean same(@Nullable JsonNode a, @Nullable JsonNode b, Shape.Node at) {
        if (a == null) {
            return b == null || (absentIsNull && b.isNull());
        }
        if (b == null) {
            return absentIsNull && a.isNull();
        }
        return switch (a.getNodeType()) {
            case STRING, BINARY -> isText(b) && sameText(a.asText(), b.asText());
            case NUMBER -> b.isNumber() && sameNumber(a, b);
            case OBJECT -> b.isObject() && sameObject((ObjectNode) a, (ObjectNode) b, at);
            case ARRAY -> b.isArray() && sameArray((ArrayNode) a, (ArrayNode) b, at);
            default -> a.equals(b);
        };
    }

    private boolean sameText(String a, String b) {
        return a.equals(b) || (normalizeText && normal(a).equals(normal(b)));
    }

    private static boolean sameNumber(JsonNode a, JsonNode b) {
        if (a.equals(b)) {
            return true;
        }
        if (a.isIntegralNumber() && b.isIntegralNumber() && a.canConvertToLong() && b.canConvertToLong()) {
            return a.longValue() == b.longValue();
        }
        if (isFinite(a) && isFinite(b)) {
            return a.decimalValue().compareTo(b.decimalValue()) == 0;
        }
        return Double.compare(a.doubleValue(), b.doubleValue()) == 0;
    }

    private boolean sameObject(ObjectNode a, ObjectNode b, Shape.Node at) {
        if (!absentIsNull && a.size() != b.size()) {
            return false;
        }
        for (Map.Entry<String, JsonNode> entry : a.properties()) {
            JsonNode theirs = b.get(entry.getKey());
            if (!same(entry.getValue(), theirs, at.field(entry.getKey()))) {
                return false;
            }
        }
        if (absentIsNull) {
            for (Map.Entry<String, JsonNode> entry : b.properties()) {
                if (!entry.getValue().isNull() && !a.has(entry.getKey())) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean sameArray(ArrayNode a, ArrayNode b, Shape.Node at) {
        if (sameInOrder(a, b, at)) {
            return true;
        }
        if (at.isSet()) {
            return elements(a).keySet().equals(elements(b).keySet());
        }
        return at.isKeyed() && a.size() == b.size() && sortedItems(a, at).equals(sortedItems(b, at));
    }

    private boolean sameInOrder(ArrayNode a, ArrayNode b, Shape.Node at) {
        if (a.size() != b.size()) {
            return false;
        }
        Shape.Node item = itemNode(at);
        for (int i = 0; i < a.size(); i++) {
            if (!same(a.get(i), b.get(i), item)) {
                return false;
            }
        }
        return true;
    }

    /** What is declared about the elements of an array: a keyed list's items carry the list's own declarations. */
    private static Shape.Node itemNode(Shape.Node list) {
        return list.isKeyed() ? list : Shape.Node.NONE;
    }

    /**
     * The items of a keyed list by their key, in the list's order; null when they cannot be told apart (no key, a key
     * twice, something that is no object).
     */
    @Nullable
    Map<Path.Item, ObjectNode> items(JsonNode list, Shape.Node at) {
        if (!at.isKeyed() || !list.isArray()) {
            return null;
        }
        Map<Path.Item, ObjectNode> items = new LinkedHashMap<>();
        for (JsonNode element : list) {
            Path.Item item = item(element, at.key());
            if (item == null || items.put(item, (ObjectNode) element) != null) {
                return null;
            }
        }
        return items;
    }

    /** Which item of a list an element is, by the fields of the key; null when it has no key. */
    Path.@Nullable Item item(JsonNode element, List<String> keyFields) {
        if (!element.isObject()) {
            return null;
        }
        List<Path.Key> keys = new ArrayList<>(keyFields.size());
        boolean any = false;
        for (String field : keyFields) {
            JsonNode value = element.get(field);
            boolean empty = value == null || value.isNull();
            if (value != null && !empty && !canBeKey(value)) {
                return null;
            }
            any |= !empty;
            keys.add(new Path.Key(field, value == null ? "null" : canonical(value, Shape.Node.NONE)));
        }
        return any ? new Path.Item(keys) : null;
    }

    private static boolean canBeKey(JsonNode value) {
        return isText(value) || value.isBoolean() || (value.isNumber() && isFinite(value)) || isReference(value);
    }

    /** An item that a person may have typed, by this sameness's own rule about text. */
    Path.Item normal(Path.Item item) {
        if (!normalizeText) {
            return item;
        }
        List<Path.Key> keys = new ArrayList<>();
        item.keys().forEach(key -> keys.add(new Path.Key(key.field(), normalCanonical(key.value()))));
        return new Path.Item(keys);
    }

    /** The elements of a set by their canonical text, in the array's order, each once. */
    Map<String, JsonNode> elements(JsonNode set) {
        Map<String, JsonNode> elements = new LinkedHashMap<>();
        for (JsonNode element : set) {
            elements.putIfAbsent(canonical(element, Shape.Node.NONE), element);
        }
        return elements;
    }

    static boolean isReference(JsonNode value) {
        return value.isObject() && value.has(Shape.REFERENCE);
    }

    /** An object whose fields are compared and merged one by one. */
    static boolean isNested(@Nullable JsonNode value) {
        return value != null && value.isObject() && !isReference(value);
    }

    /** Whether a value says anything: not absent, null, blank text, or an empty object or array. */
    static boolean isFilled(@Nullable JsonNode value) {
        if (value == null || value.isNull()) {
            return false;
        }
        if (value.isTextual()) {
            return !value.textValue().isBlank();
        }
        return !value.isContainerNode() || !value.isEmpty();
    }

    String canonical(JsonNode value, Shape.Node at) {
        StringBuilder text = new StringBuilder(64);
        write(value, at, text);
        return text.toString();
    }

    /** A canonical text that may come from a person's typing, by this sameness's own rule about text. */
    String normalCanonical(String canonical) {
        return normalizeText ? canonical(PathReader.parseCanonical(canonical), Shape.Node.NONE) : canonical;
    }

    private void write(JsonNode value, Shape.Node at, StringBuilder out) {
        switch (value.getNodeType()) {
            case STRING, BINARY -> quote(normalizeText ? normal(value.asText()) : value.asText(), out);
            case NUMBER -> out.append(number(value));
            case OBJECT -> writeObject((ObjectNode) value, at, out);
            case ARRAY -> writeArray((ArrayNode) value, at, out);
            case POJO -> quote(value.asText(), out);
            default -> out.append(value);
        }
    }

    private void writeObject(ObjectNode object, Shape.Node at, StringBuilder out) {
        Map<String, JsonNode> sorted = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            if (!absentIsNull || !entry.getValue().isNull()) {
                sorted.put(entry.getKey(), entry.getValue());
            }
        }
        char separator = '{';
        for (Map.Entry<String, JsonNode> entry : sorted.entrySet()) {
            out.append(separator);
            quote(entry.getKey(), out);
            out.append(':');
            write(entry.getValue(), at.field(entry.getKey()), out);
            separator = ',';
        }
        out.append(sorted.isEmpty() ? "{}" : "}");
    }

    private void writeArray(ArrayNode array, Shape.Node at, StringBuilder out) {
        Iterable<String> parts;
        if (at.isSet()) {
            parts = new TreeSet<>(elements(array).keySet());
        } else if (at.isKeyed()) {
            parts = sortedItems(array, at);
        } else {
            List<String> inOrder = new ArrayList<>(array.size());
            array.forEach(element -> inOrder.add(canonical(element, Shape.Node.NONE)));
            parts = inOrder;
        }
        out.append('[').append(String.join(",", parts)).append(']');
    }

    private List<String> sortedItems(ArrayNode array, Shape.Node at) {
        List<String> texts = new ArrayList<>(array.size());
        array.forEach(item -> texts.add(canonical(item, itemNode(at))));
        texts.sort(null);
        return texts;
    }

    private static String number(JsonNode number) {
        if (!isFinite(number)) {
            return Double.toString(number.doubleValue());
        }
        BigDecimal plain = number.decimalValue().stripTrailingZeros();
        // Written out only within reason: 1E+1000000000 is a legal number and would fill the memory.
        return Math.abs((long) plain.scale()) <= WRITTEN_OUT_DIGITS ? plain.toPlainString() : plain.toString();
    }

    private static boolean isFinite(JsonNode number) {
        return !(number.isDouble() || number.isFloat()) || Double.isFinite(number.doubleValue());
    }

    private static boolean isText(JsonNode value) {
        return value.isTextual() || value.isBinary();
    }

    private static String normal(String text) {
        return Normalizer.isNormalized(text, Normalizer.Form.NFC)
                ? text
                : Normalizer.normalize(text, Normalizer.Form.NFC);
    }

    static void quote(String text, StringBuilder out) {
        out.append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, out);
        out.append('"');
    }
}
