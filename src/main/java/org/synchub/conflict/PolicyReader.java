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
    private static final List<String> RECORD_KEYS = List.of("strategy", "then", "approval", "deleteConflict", "fields");
    private static final List<String> FIELD_KEYS = List.of("strategy", "then", "approval");
    private static final List<String> INNER_FIELD_KEYS = List.of("strategy", "then", "approval", "authority");

    private final Map<String, FieldRule> beans;
    private final List<PolicyException.Problem> problems;

    PolicyReader(Map<String, FieldRule> beans, List<PolicyException.Problem> problems) {
        this.beans = beans;
        this.problems = problems;
    }

    PolicyLayer layer(Policy.Written written) {
        String place = written.place() + ".conflict";
        Map<String, Object> conflict = map(place, written.conflict(), RECORD_KEYS);
        Map<Path, PolicyLayer.Setting> fields = new LinkedHashMap<>();
        entries(place + ".fields", conflict.get("fields")).forEach((text, value) -> {
            Path path = path(place + ".fields", text);
            if (path != null) {
                String fieldPlace = place + ".fields." + text;
                Map<String, Object> field = map(fieldPlace, value, INNER_FIELD_KEYS);
                fields.put(path, setting(fieldPlace, field, fieldPlace + ".authority", field.get("authority")));
            }
        });
        return new PolicyLayer(
                setting(place, conflict, written.place() + ".authority", written.authority()),
                fields,
                deleteConflict(place + ".deleteConflict", conflict.get("deleteConflict")),
                onExternalDelete(written.place() + ".onExternalDelete", written.onExternalDelete()));
    }

    PolicyLayer fieldLayer(String text, Policy.Written written) {
        String place = written.place() + ".conflict";
        Map<String, Object> conflict = map(place, written.conflict(), FIELD_KEYS);
        if (written.onExternalDelete() != null) {
            refuse(
                    written.place() + ".onExternalDelete",
                    "a deletion is of a whole record; set it for the record kind");
        }
        PolicyLayer.Setting setting = setting(place, conflict, written.place() + ".authority", written.authority());
        Path path = path(written.place(), text);
        return PolicyLayer.of(PolicyLayer.Setting.none(place), path == null ? Map.of() : Map.of(path, setting));
    }

    private @Nullable Path path(String place, String text) {
        try {
            Path path = Path.parse(text);
            if (!path.isRecord()) {
                return path;
            }
            refuse(place, quoted(text) + " is the whole record; set the strategy beside \"fields\" instead");
        } catch (IllegalArgumentException noPath) {
            refuse(place, quoted(text) + " is " + noPath.getMessage());
        }
        return null;
    }

    private PolicyLayer.Setting setting(
            String place, Map<String, Object> map, String authorityPlace, @Nullable Object authorityValue) {
        Named named = strategy(place + ".strategy", map.get("strategy"));
        Side authority = authority(authorityPlace, authorityValue);
        if (authority != null && (map.containsKey("strategy") || map.containsKey("then"))) {
            refuse(
                    authorityPlace,
                    quoted(authority.word()) + " leaves nothing to decide; remove it, or \"strategy\" and \"then\"");
        }
        return new PolicyLayer.Setting(
                place,
                named == null ? null : named.strategy(),
                named == null ? null : named.bean(),
                then(place + ".then", map.get("then")),
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
