package org.synchub.sync;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.SecretNames;
import org.synchub.target.TargetHttp;

/**
 * Makes people's values unreadable in requests and records that are shown, unless they are asked for; secrets always.
 * Names of fields, keys and the words of the protocol stay.
 */
final class Veil {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /** Shorter ones occur within words that say nothing of anybody. */
    private static final int SHORTEST_PART = 3;

    private static final int SHORTEST_SECRET = 4;
    private static final String SECRET = "‹secret›";

    /** Headers that say nothing secret. */
    private static final Set<String> OPEN_HEADERS =
            Set.of("accept", "content-type", "if-match", "if-none-match", "prefer", "location", "etag", "retry-after");

    /** Fields in which servers say in a sentence what is wrong. */
    private static final Set<String> SENTENCES = Set.of("message", "messages", "error", "errors", "detail");

    private final boolean open;
    private final List<String> secrets;
    private final Set<String> keys;
    private final Set<String> values = new HashSet<>();

    /**
     * @param open whether people's values are shown
     * @param secrets in clear; never shown
     * @param keys ids, guids and the mapping's own words, which are shown
     */
    Veil(boolean open, Set<String> secrets, Set<String> keys) {
        this.open = open;
        // One secret may hold another, such as the one before it.
        this.secrets = secrets.stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
        this.keys = keys;
    }

    /** What this holds are people's values, wherever they occur. */
    void learn(JsonNode node) {
        if (node.isContainerNode()) {
            node.forEach(this::learn);
        } else if (!node.isNull() && !node.isBoolean() && !node.asText().isBlank()) {
            values.add(node.asText());
        }
    }

    void learn(TargetHttp.Answer answer) {
        JsonNode body = json(answer.body());
        if (body != null) {
            learn(body);
        }
    }

    /** With the values that were learned made unreadable. */
    JsonNode known(JsonNode node) {
        return veiled(node, this::isValue);
    }

    /** With every value made unreadable: what the target says. */
    JsonNode all(JsonNode node) {
        return veiled(node, text -> !keys.contains(text) && !text.equals(SECRET));
    }

    /**
     * As {@link #all}, but a server's own sentences stay readable, without the values that were learned: an answer to a
     * refused request tells in them what is wrong.
     */
    JsonNode sentences(JsonNode node) {
        return sentences(node, "");
    }

    private JsonNode sentences(JsonNode node, String field) {
        if (node instanceof ObjectNode object) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            object.properties()
                    .forEach(each ->
                            copy.set(each.getKey(), secretOr(each, () -> sentences(each.getValue(), each.getKey()))));
            return copy;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            array.forEach(item -> copy.add(sentences(item, field)));
            return copy;
        }
        boolean sentence = node.isTextual() && SENTENCES.contains(field.toLowerCase(Locale.ROOT));
        return sentence && !open ? TextNode.valueOf(words(withoutSecrets(node.textValue()))) : all(node);
    }

    private String words(String sentence) {
        if (keys.contains(sentence)) {
            return sentence;
        }
        Set<String> hidden = new HashSet<>();
        for (String value : values) {
            if (!keys.contains(value)) {
                // Servers write names their own way.
                hidden.addAll(List.of(value, value.toUpperCase(Locale.ROOT), value.toLowerCase(Locale.ROOT)));
            }
        }
        return Masking.mask(sentence, hidden);
    }

    /** What a field holds, unless it is a secret by its name. */
    private static JsonNode secretOr(Map.Entry<String, JsonNode> field, Supplier<JsonNode> otherwise) {
        boolean secret = SecretNames.isSecret(field.getKey())
                && field.getValue().isValueNode()
                && !field.getValue().isNull()
                && !field.getValue().isBoolean();
        return secret ? TextNode.valueOf(SECRET) : otherwise.get();
    }

    private JsonNode veiled(JsonNode node, Predicate<String> hidden) {
        if (node instanceof ObjectNode object) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            object.properties()
                    .forEach(field ->
                            copy.set(field.getKey(), secretOr(field, () -> veiled(field.getValue(), hidden))));
            return copy;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            array.forEach(item -> copy.add(veiled(item, hidden)));
            return copy;
        }
        if (node.isNull() || node.isBoolean() || node.isMissingNode()) {
            return node;
        }
        String text = withoutSecrets(node.asText());
        if (!open && hidden.test(text)) {
            return TextNode.valueOf(node.isNumber() ? "‹number›" : "‹text›");
        }
        return node.isTextual() ? TextNode.valueOf(text) : node;
    }

    private boolean isValue(String text) {
        return !keys.contains(text)
                && (values.contains(text)
                        || values.stream()
                                .anyMatch(value -> value.length() >= SHORTEST_PART
                                        && text.length() > value.length()
                                        && !keys.contains(value)
                                        && text.contains(value)));
    }

    String withoutSecrets(String text) {
        String shown = text;
        for (String secret : secrets) {
            if (shown.equals(secret)) {
                return SECRET;
            }
            if (secret.length() >= SHORTEST_SECRET) {
                shown = shown.replace(secret, SECRET);
            }
        }
        return shown;
    }

    /** A body; its size where it is no JSON; null where there is none. */
    @Nullable
    JsonNode body(byte @Nullable [] bytes, boolean answer) {
        if (bytes == null || bytes.length == 0) {
            return null;
        }
        JsonNode body = json(bytes);
        return body == null ? TextNode.valueOf("‹" + bytes.length + " bytes›") : answer ? all(body) : known(body);
    }

    /** Values in the query are shown only where they are keys, those in the path where they are no people's. */
    String path(String path) {
        int query = path.indexOf('?');
        StringBuilder shown = new StringBuilder();
        for (String step : (query < 0 ? path : path.substring(0, query)).split("/", -1)) {
            String plain = URLDecoder.decode(step.replace("+", "%2B"), StandardCharsets.UTF_8);
            shown.append(shown.isEmpty() && step.isEmpty() ? "" : "/")
                    .append(open || !isValue(plain) ? withoutSecrets(step) : "‹text›");
        }
        if (query >= 0) {
            char before = '?';
            for (String pair : path.substring(query + 1).split("&", -1)) {
                int equals = pair.indexOf('=');
                String value = equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
                boolean plain = open || equals < 0 || keys.contains(value);
                shown.append(before).append(plain ? withoutSecrets(pair) : pair.substring(0, equals + 1) + "‹text›");
                before = '&';
            }
        }
        return shown.toString();
    }

    /** The values of headers that are not shown. */
    static List<String> hidden(Map<String, String> headers) {
        return headers.entrySet().stream()
                .filter(header -> !OPEN_HEADERS.contains(header.getKey().toLowerCase(Locale.ROOT)))
                .map(Map.Entry::getValue)
                .toList();
    }

    Map<String, String> headers(Map<String, String> headers) {
        Map<String, String> shown = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach((name, value) ->
                shown.put(name, OPEN_HEADERS.contains(name.toLowerCase(Locale.ROOT)) ? value : "‹hidden›"));
        return shown;
    }

    /** The bytes as JSON; null where they are none. */
    static @Nullable JsonNode json(byte[] bytes) {
        try {
            JsonNode json = JSON.readTree(bytes);
            return json == null || json.isMissingNode() ? null : json;
        } catch (JacksonException noJson) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
