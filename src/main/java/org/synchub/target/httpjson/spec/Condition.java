package org.synchub.target.httpjson.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Settings;

/**
 * Something that must hold for a value in an answer.
 *
 * @param values one of these as text; empty for any
 * @param contains a part of the text, without regard to case
 * @param matches found somewhere in the text
 * @param present whether there must be a value, or must be none
 */
public record Condition(
        Place place,
        Set<String> values,
        @Nullable String contains,
        @Nullable Pattern matches,
        @Nullable Boolean present) {

    static final String[] KEYS = {"contains", "matches", "present"};

    /** Reads {@code where: {place: value, place: [values], place: {contains: …}}}. */
    static List<Condition> read(Settings settings, String key) {
        Settings where = settings.child(key);
        List<Condition> conditions = new ArrayList<>();
        for (String place : where.keys()) {
            if (!Place.isPlace(place)) {
                throw where.failure(
                        place,
                        "'" + place + "' is no place in an answer",
                        "write names joined by dots, such as data.status, or '.' for the whole");
            }
            conditions.add(condition(where, place));
        }
        return List.copyOf(conditions);
    }

    private static Condition condition(Settings where, String key) {
        JsonNode expected = where.json(key);
        Set<String> values = new LinkedHashSet<>();
        if (!expected.isObject()) {
            (expected.isArray() ? expected : List.of(expected)).forEach(value -> values.add(value.asText()));
            return new Condition(Place.of(key), values, null, null, null);
        }
        Settings test = where.child(key);
        test.onlyKnown(KEYS);
        if (test.keys().size() != 1) {
            throw where.failure(
                    key, "'" + key + "' must say exactly one of contains, matches, present", "drop the others");
        }
        return new Condition(
                Place.of(key),
                values,
                test.optionalText("contains")
                        .map(text -> text.toLowerCase(Locale.ROOT))
                        .orElse(null),
                test.has("matches") ? pattern(test) : null,
                test.has("present") ? Boolean.valueOf(test.bool("present")) : null);
    }

    private static Pattern pattern(Settings test) {
        try {
            return Pattern.compile(test.text("matches"));
        } catch (PatternSyntaxException e) {
            throw test.failure(
                    "matches", "'matches' is no regular expression: " + e.getDescription(), "mend the expression");
        }
    }

    public boolean holds(JsonNode root) {
        if (present != null) {
            JsonNode value = place.in(root);
            return present == !(value.isMissingNode() || value.isNull());
        }
        String text = place.text(root);
        if (text == null) {
            return false;
        }
        if (contains != null) {
            return text.toLowerCase(Locale.ROOT).contains(contains);
        }
        return matches != null ? matches.matcher(text).find() : values.contains(text);
    }

    static boolean all(List<Condition> conditions, JsonNode root) {
        return conditions.stream().allMatch(condition -> condition.holds(root));
    }
}
