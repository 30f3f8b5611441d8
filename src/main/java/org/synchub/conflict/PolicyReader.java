package org.synchub.conflict;

import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads settings for conflicts from words and maps, and collects what is wrong with them. */
final class PolicyReader {

    private static final String BEAN_PREFIX = "bean:";
    private static final List<String> RECORD_KEYS =
            List.of("strategy", "then", "approval", "onExternalDelete", "onInternalDelete", "deleteConflict", "fields");
    private static final List<String> FIELD_KEYS = List.of("strategy", "then", "approval", "authority");

    private final Map<String, FieldRule> beans;
    private final List<PolicyException.Problem> problems;

    PolicyReader(Map<String, FieldRule> beans, List<PolicyException.Problem> problems) {
        this.beans = beans;
        this.problems = problems;
    }

    PolicyLayer layer(String place, @Nullable Object settings) {
        Map<String, Object> map = map(place, settings, RECORD_KEYS);
        Map<Path, PolicyLayer.Setting> fields = new LinkedHashMap<>();
        entries(place + ".fields", map.get("fields"))
                .forEach((path, field) -> field(place + ".fields", path, field, fields));
        return new PolicyLayer(
                setting(place, map, false),
                fields,
                deleteConflict(place + ".deleteConflict", map.get("deleteConflict")),
                onExternalDelete(place + ".onExternalDelete", map.get("onExternalDelete")),
                onDelete(place + ".onInternalDelete", map.get("onInternalDelete")));
    }

    PolicyLayer fieldLayer(String place, String path, @Nullable Object settings) {
        Map<Path, PolicyLayer.Setting> fields = new LinkedHashMap<>();
        field(place, path, settings, fields);
        return PolicyLayer.of(PolicyLayer.Setting.none(place), fields);
    }

    private void field(String place, String text, @Nullable Object settings, Map<Path, PolicyLayer.Setting> fields) {
        Path path;
        try {
            path = Path.parse(text);
        } catch (IllegalArgumentException noPath) {
            refuse(place, quoted(text) + " is " + noPath.getMessage());
            return;
        }
        if (path.isRecord()) {
            refuse(place, quoted(text) + " is the whole record; set the strategy beside \"fields\" instead");
            return;
        }
        String fieldPlace = place + "." + text;
        fields.put(path, setting(fieldPlace, map(fieldPlace, settings, FIELD_KEYS), true));
    }

    private PolicyLayer.Setting setting(String place, Map<String, Object> map, boolean field) {
        Named named = strategy(place + ".strategy", map.get("strategy"));
        Side authority = field ? authority(place + ".authority", map.get("authority")) : null;
        Rule then = then(place + ".then", map.get("then"));
        if (authority != null && (map.containsKey("strategy") || map.containsKey("then"))) {
            refuse(
                    place + ".authority",
                    quoted(authority.word()) + " leaves nothing to decide; remove it, or \"strategy\" and \"then\"");
        }
        return new PolicyLayer.Setting(
                place,
                named == null ? null : named.strategy(),
                named == null ? null : named.bean(),
                then,
                approval(place + ".approval", map.get("approval")),
                authority);
    }

    private record Named(Strategy strategy, Rule.@Nullable Bean bean) {}

    private @Nullable Named strategy(String place, @Nullable Object value) {
        String word = word(place, value, Strategy.words());
        if (word == null) {
            return null;
        }
        if (word.regionMatches(true, 0, BEAN_PREFIX, 0, BEAN_PREFIX.length())) {
            String name = word.substring(BEAN_PREFIX.length()).strip();
            FieldRule rule = beans.get(name);
            if (rule == null) {
                refuse(
                        place,
                        quoted(word) + " names no rule that is there; "
                                + (beans.isEmpty()
                                        ? "there are none"
                                        : "there are " + list(new TreeSet<>(beans.keySet())))
                                + Names.didYouMean(name, beans.keySet()));
                return null;
            }
            return new Named(Strategy.BEAN, new Rule.Bean(name, rule));
        }
        Optional<Strategy> strategy = Strategy.parse(word);
        if (strategy.isEmpty()) {
            refuse(place, notOneOf(word, "strategy", Strategy.words(), Strategy.knownWords()));
            return null;
        }
        return new Named(strategy.get(), null);
    }

    private @Nullable Rule then(String place, @Nullable Object value) {
        Named named = strategy(place, value);
        if (named != null && named.strategy() == Strategy.MERGE) {
            refuse(place, "\"merge\" is no next rule: what reaches it is merged already");
            return null;
        }
        return named == null ? null : rule(named);
    }

    private @Nullable Rule deleteConflict(String place, @Nullable Object value) {
        Named named = strategy(place, value);
        if (named != null && named.strategy() == Strategy.MERGE) {
            refuse(
                    place,
                    "\"merge\" cannot join a deletion with a change; choose a side, last-write-wins, a bean or manual");
            return null;
        }
        return named == null ? null : rule(named);
    }

    private static Rule rule(Named named) {
        Rule manual = Rule.of(Strategy.MANUAL);
        return new Rule(named.strategy(), named.bean(), named.strategy() == Strategy.BEAN ? manual : null, false);
    }

    private @Nullable Boolean approval(String place, @Nullable Object value) {
        List<String> allowed = List.of("admin", "none");
        String word = word(place, value, allowed);
        if (word == null) {
            return null;
        }
        if (!allowed.contains(Names.plain(word))) {
            refuse(place, notOneOf(word, "approval", allowed, allowed));
            return null;
        }
        return Names.plain(word).equals("admin");
    }

    private @Nullable Side authority(String place, @Nullable Object value) {
        List<String> allowed = List.of("internal", "external");
        String word = word(place, value, allowed);
        if (word == null) {
            return null;
        }
        Strategy side = Strategy.parse(word).orElse(Strategy.MANUAL);
        if (Names.plain(word).endsWith("wins") || (side != Strategy.INTERNAL_WINS && side != Strategy.EXTERNAL_WINS)) {
            refuse(place, notOneOf(word, "side", allowed, allowed));
            return null;
        }
        return side == Strategy.INTERNAL_WINS ? Side.INTERNAL : Side.EXTERNAL;
    }

    private Map<State.Departure, Policy.OnDelete> onExternalDelete(String place, @Nullable Object value) {
        Map<State.Departure, Policy.OnDelete> choices = new EnumMap<>(State.Departure.class);
        if (!(value instanceof Map<?, ?>)) {
            Policy.OnDelete all = onDelete(place, value);
            if (all != null) {
                for (State.Departure departure : State.Departure.values()) {
                    choices.put(departure, all);
                }
            }
            return choices;
        }
        Map<String, State.Departure> departures = new LinkedHashMap<>();
        for (State.Departure departure : State.Departure.values()) {
            departures.put(departure.word(), departure);
        }
        entries(place, value).forEach((word, choice) -> {
            State.Departure departure = departures.get(Names.plain(word));
            if (departure == null) {
                refuse(place, notOneOf(word, "way for a record to go", departures.keySet(), departures.keySet()));
                return;
            }
            Policy.OnDelete onDelete = onDelete(place + "." + word, choice);
            if (onDelete != null) {
                choices.put(departure, onDelete);
            }
        });
        return choices;
    }

    private Policy.@Nullable OnDelete onDelete(String place, @Nullable Object value) {
        List<String> allowed = List.of("ask", "delete-entity", "ignore");
        String word = word(place, value, allowed);
        if (word == null) {
            return null;
        }
        for (Policy.OnDelete choice : Policy.OnDelete.values()) {
            if (Names.plain(word).equals(Names.plain(choice.word()))) {
                return choice;
            }
        }
        if (Names.plain(word).equals("delete")) {
            return Policy.OnDelete.DELETE;
        }
        refuse(place, notOneOf(word, "answer to a deletion", allowed, allowed));
        return null;
    }

    // ---- the plain forms ----

    /** The settings as a map; a word alone is the strategy. */
    private Map<String, Object> map(String place, @Nullable Object settings, List<String> keys) {
        if (settings instanceof CharSequence word) {
            return Map.of("strategy", word.toString());
        }
        Map<String, Object> map = entries(place, settings);
        for (String key : map.keySet()) {
            if (!keys.contains(key)) {
                refuse(place, notOneOf(key, "setting here", keys, keys));
            }
        }
        return map;
    }

    private Map<String, Object> entries(String place, @Nullable Object settings) {
        Map<String, Object> entries = new LinkedHashMap<>();
        if (settings instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (value != null) {
                    entries.put(String.valueOf(key), value);
                }
            });
        } else if (settings != null) {
            refuse(place, quoted(settings) + " must be a map of settings");
        }
        return entries;
    }

    private @Nullable String word(String place, @Nullable Object value, Collection<String> allowed) {
        if (value == null || value instanceof CharSequence) {
            return value == null ? null : value.toString().strip();
        }
        refuse(place, quoted(value) + " must be one word: " + list(allowed));
        return null;
    }

    private static String notOneOf(String word, String what, Collection<String> allowed, Collection<String> known) {
        return quoted(word) + " is no " + what + "; allowed are " + list(allowed) + Names.didYouMean(word, known);
    }

    private static String list(Collection<String> words) {
        return String.join(", ", words);
    }

    private static String quoted(Object value) {
        return "\"" + value + "\"";
    }

    private void refuse(String place, String message) {
        problems.add(new PolicyException.Problem(place, message));
    }
}
