package org.synchub.target.httpjson.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Settings;

/**
 * Where something stands in JSON: dotted names, numbers for the items of a list, {@code .} for the whole. Several places
 * may be given; the first that holds a value counts.
 */
public record Place(List<List<String>> alternatives) {

    /** The whole answer, or the whole record. */
    public static final Place WHOLE = new Place(List.of(List.of()));

    static @Nullable Place read(Settings settings, String key) {
        return settings.has(key) ? required(settings, key) : null;
    }

    static Place read(Settings settings, String key, Place otherwise) {
        return settings.has(key) ? required(settings, key) : otherwise;
    }

    static Place required(Settings settings, String key) {
        settings.node(key);
        return new Place(settings.list(key).stream()
                .map(text -> steps(settings, key, text))
                .toList());
    }

    static Place of(String text) {
        return new Place(List.of(text.equals(".") ? List.of() : Arrays.asList(text.split("\\.", -1))));
    }

    static boolean isPlace(String text) {
        return text.equals(".") || Arrays.stream(text.split("\\.", -1)).noneMatch(String::isBlank);
    }

    private static List<String> steps(Settings settings, String key, String text) {
        if (!isPlace(text)) {
            throw settings.failure(
                    key,
                    Quote.of(settings, key, text) + " is no place in an answer",
                    "write names joined by dots, such as data.id, or '.' for the whole");
        }
        return of(text).alternatives().get(0);
    }

    /** What stands there; a missing node where nothing does. A JSON null counts as something only in the last place. */
    public JsonNode in(JsonNode root) {
        JsonNode found = MissingNode.getInstance();
        for (List<String> steps : alternatives) {
            found = walk(root, steps);
            if (!found.isMissingNode() && !found.isNull()) {
                return found;
            }
        }
        return found;
    }

    private static JsonNode walk(JsonNode root, List<String> steps) {
        JsonNode at = root;
        for (String step : steps) {
            at = at.isArray() && step.chars().allMatch(Character::isDigit) && step.length() < 10
                    ? at.path(Integer.parseInt(step))
                    : at.path(step);
        }
        return at;
    }

    /** The single value there as text; null for nothing, an object or a list. */
    public @Nullable String text(JsonNode root) {
        JsonNode value = in(root);
        return value.isValueNode() && !value.isNull() ? value.asText() : null;
    }
}
