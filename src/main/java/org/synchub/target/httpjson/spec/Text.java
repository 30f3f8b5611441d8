package org.synchub.target.httpjson.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Node;
import org.synchub.mapping.Settings;

/** A text with placeholders: {@code /people/{id}}. Doubled braces stand for themselves. */
public final class Text {

    /** A piece of the text: literal, or the name of a placeholder. */
    private record Part(String text, boolean placeholder) {}

    private final List<Part> parts;

    private Text(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    /** A text without placeholders. */
    static Text literal(String text) {
        return new Text(List.of(new Part(text, false)));
    }

    /** A text that is nothing but one placeholder. */
    static Text placeholder(String name) {
        return new Text(List.of(new Part(name, true)));
    }

    static Text parse(Settings settings, Node at, String text, Names names) {
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            boolean brace = c == '{' || c == '}';
            if (brace && i + 1 < text.length() && text.charAt(i + 1) == c) {
                literal.append(c);
                i += 2;
            } else if (c == '{') {
                int end = text.indexOf('}', i);
                if (end < 0) {
                    throw settings.failure(at, "'{' without a closing '}'", "write {name}, or {{ for the character");
                }
                parts.add(new Part(literal.toString(), false));
                literal.setLength(0);
                String name = text.substring(i + 1, end);
                if (at.isScalar() && !at.text().contains("{" + name + "}")) {
                    throw settings.failure(
                            at,
                            "the value from outside the file holds a '{'",
                            "write {{ there for the character itself");
                }
                names.check(settings, at, name);
                parts.add(new Part(name, true));
                i = end + 1;
            } else if (c == '}') {
                throw settings.failure(at, "'}' without an opening '{'", "write {name}, or }} for the character");
            } else {
                literal.append(c);
                i++;
            }
        }
        parts.add(new Part(literal.toString(), false));
        parts.removeIf(part -> part.text().isEmpty());
        return new Text(parts);
    }

    /** The one placeholder that the whole text is; null if it is anything else. */
    @Nullable
    String only() {
        return parts.size() == 1 && parts.get(0).placeholder() ? parts.get(0).text() : null;
    }

    public Set<String> placeholders() {
        Set<String> names = new TreeSet<>();
        parts.stream().filter(Part::placeholder).forEach(part -> names.add(part.text()));
        return names;
    }

    /** The text with everything filled in; null if a placeholder has no value. */
    public @Nullable String fill(Variables variables) {
        return fill(variables, value -> value);
    }

    /**
     * The same for an address: values are escaped, the text around them is not.
     *
     * @throws MissingValue if a placeholder has no value
     */
    public String path(Variables variables) {
        for (String name : placeholders()) {
            JsonNode value = variables.get(name);
            if (value == null
                    || !value.isValueNode()
                    || value.isNull()
                    || value.asText().isEmpty()) {
                throw new MissingValue(name);
            }
        }
        return String.valueOf(fill(variables, Text::escaped));
    }

    private @Nullable String fill(Variables variables, UnaryOperator<String> escape) {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            if (!part.placeholder()) {
                text.append(part.text());
                continue;
            }
            JsonNode value = variables.get(part.text());
            if (value == null || value.isNull() || value.isMissingNode()) {
                return null;
            }
            text.append(escape.apply(value.isValueNode() ? value.asText() : value.toString()));
        }
        return text.toString();
    }

    /** Percent-encoded for any part of an address. */
    public static String escaped(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
