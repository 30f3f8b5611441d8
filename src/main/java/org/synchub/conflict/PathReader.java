package org.synchub.conflict;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The written form of a {@link Path}: reads it, and spells names and keys so that they can be read back. */
final class PathReader {

    static final String WHOLE_RECORD = "*";

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final Sameness STRICT = new Sameness(false, false);

    /** Characters that end a bare word or mean something in a path. */
    private static final String RESERVED = ".,[]{=\"\\";

    private static final Pattern LOOKS_LIKE_JSON = Pattern.compile("true|false|null|-?[0-9].*|[{@].*", Pattern.DOTALL);

    private final String text;
    private int at;

    PathReader(String text) {
        this.text = text;
    }

    Path read() {
        if (text.equals(WHOLE_RECORD)) {
            return Path.RECORD;
        }
        List<Path.Segment> segments = new ArrayList<>();
        segments.add(new Path.Field(readName()));
        while (at < text.length()) {
            if (text.charAt(at) == '.') {
                at++;
                segments.add(new Path.Field(readName()));
            } else if (text.charAt(at) == '[') {
                at++;
                segments.add(readBrackets());
            } else {
                throw refuse("a \".\" or \"[\"");
            }
        }
        return Path.of(segments);
    }

    private String readName() {
        if (at < text.length() && text.charAt(at) == '"') {
            return readJson().textValue();
        }
        int start = at;
        while (at < text.length() && RESERVED.indexOf(text.charAt(at)) < 0) {
            at++;
        }
        if (at == start) {
            throw refuse("a field name");
        }
        return text.substring(start, at);
    }

    private Path.Segment readBrackets() {
        int start = at;
        if (at < text.length() && text.charAt(at) != ']' && "{[".indexOf(text.charAt(at)) < 0) {
            String name = readName();
            if (at < text.length() && text.charAt(at) == '=') {
                return readItem(name);
            }
            at = start;
        }
        return closed(new Path.Element(readValue()));
    }

    private Path.Segment readItem(String firstName) {
        List<Path.Key> keys = new ArrayList<>();
        String name = firstName;
        while (true) {
            if (at >= text.length() || text.charAt(at) != '=') {
                throw refuse("a \"=\"");
            }
            at++;
            keys.add(new Path.Key(name, readValue()));
            if (at >= text.length() || text.charAt(at) != ',') {
                return closed(new Path.Item(keys));
            }
            at++;
            name = readName();
        }
    }

    private Path.Segment closed(Path.Segment value) {
        if (at >= text.length() || text.charAt(at) != ']') {
            throw refuse("a \"]\"");
        }
        at++;
        return value;
    }

    private String readValue() {
        if (at < text.length() && "\"{[".indexOf(text.charAt(at)) >= 0) {
            return canonical(readJson());
        }
        int start = at;
        while (at < text.length() && text.charAt(at) != ']' && text.charAt(at) != ',') {
            at++;
        }
        String bare = text.substring(start, at);
        if (bare.isEmpty()) {
            throw refuse("a key or an element");
        }
        if (bare.startsWith("@")) {
            return canonical(JsonNodeFactory.instance.objectNode().put(Shape.REFERENCE, bare.substring(1)));
        }
        if (LOOKS_LIKE_JSON.matcher(bare).matches()) {
            try {
                return canonical(JSON.readTree(bare));
            } catch (JsonProcessingException notJson) {
                // Such as "2026-11-20" or "12 Main Street": a text that only begins like a number.
                return canonical(JsonNodeFactory.instance.textNode(bare));
            }
        }
        return canonical(JsonNodeFactory.instance.textNode(bare));
    }

    private JsonNode readJson() {
        int start = at;
        try (JsonParser parser = JSON.createParser(text.substring(at))) {
            JsonNode value = parser.readValueAsTree();
            parser.finishToken();
            at += Math.toIntExact(parser.currentLocation().getCharOffset());
            return value;
        } catch (IOException broken) {
            at = start;
            throw refuse("a value as JSON");
        }
    }

    private IllegalArgumentException refuse(String expected) {
        return new IllegalArgumentException("no field path: expected " + expected + " at character " + (at + 1)
                + "; write name, address.city or list[key=value].field");
    }

    static String canonical(JsonNode value) {
        return STRICT.canonical(value, Shape.Node.NONE);
    }

    static JsonNode parseCanonical(String canonical) {
        try {
            return JSON.readTree(canonical);
        } catch (JsonProcessingException broken) {
            throw new IllegalArgumentException("a path holds a key that is no JSON", broken);
        }
    }

    static String name(String name) {
        return isBare(name) && !name.equals(WHOLE_RECORD) ? name : quoted(name);
    }

    /** A key or element, bare where it would be read back as the same value. */
    static String value(String canonical) {
        if (canonical.startsWith("\"")) {
            String word = parseCanonical(canonical).textValue();
            return isBare(word) && !LOOKS_LIKE_JSON.matcher(word).matches() ? word : canonical;
        }
        if (canonical.startsWith("{\"" + Shape.REFERENCE + "\":\"")) {
            JsonNode reference = parseCanonical(canonical);
            String guid = reference.get(Shape.REFERENCE).textValue();
            return reference.size() == 1 && isBare(guid) ? "@" + guid : canonical;
        }
        return canonical;
    }

    private static boolean isBare(String word) {
        return !word.isEmpty()
                && word.strip().equals(word)
                && word.chars().allMatch(c -> c >= ' ' && RESERVED.indexOf(c) < 0);
    }

    private static String quoted(String word) {
        StringBuilder quoted = new StringBuilder();
        Sameness.quote(word, quoted);
        return quoted.toString();
    }
}
