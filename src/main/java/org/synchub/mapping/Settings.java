package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The free-form settings below {@code adapter:}, with placeholders filled in. The adapter reads them by name and type;
 * a missing or unfit setting fails with a {@link MappingException} that names file and line. Values that came from
 * outside the file are never quoted in errors, secrets are never printed.
 */
public final class Settings {

    /**
     * One setting.
     *
     * @param text a single value with its placeholders filled in as the file was read; null for maps and lists
     * @param outside whether the value came from outside the file
     * @param masked whether it must not be shown, be it by its name or by its source
     * @param secret whether its name says that it is a secret, to be read as one only
     * @param held what counts now, of what is masked and came from outside; null for all else
     */
    record Setting(
            Node at,
            @Nullable String text,
            boolean outside,
            boolean masked,
            boolean secret,
            @Nullable Settings child,
            @Nullable List<Setting> items,
            @Nullable Held held) {

        JsonNode json(boolean fitToShow) {
            if (child != null) {
                return child.json(fitToShow);
            }
            if (items != null) {
                ArrayNode array = JsonNodeFactory.instance.arrayNode();
                items.forEach(item -> array.add(item.json(fitToShow)));
                return array;
            }
            if (masked && fitToShow) {
                return TextNode.valueOf(Secret.MASK);
            }
            JsonNode value = outside ? asWritten() : at.json();
            return fitToShow && value.isTextual() ? TextNode.valueOf(SecretNames.maskUrl(value.textValue())) : value;
        }

        /** What the value would be if it stood in the file; a secret is never taken for a number. */
        private JsonNode asWritten() {
            return Scalars.json(now(), masked || at.quoted());
        }

        String now() {
            return held == null ? text() : held.now();
        }

        @Override
        public String text() {
            return text == null ? "" : text;
        }

        @Override
        public String toString() {
            return json(true).toString();
        }
    }

    private final String file;
    private final String name;
    private final Node at;
    private final Map<String, Setting> settings;

    Settings(String file, String name, Node at, Map<String, Setting> settings) {
        this.file = file;
        this.name = name;
        this.at = at;
        this.settings = new LinkedHashMap<>(settings);
    }

    public boolean has(String key) {
        return settings.containsKey(key) && !isNothing(settings.get(key));
    }

    public Set<String> keys() {
        return new LinkedHashSet<>(settings.keySet());
    }

    /** A required text, number or the like, as text and as it was when the file was read; not for secrets. */
    public String text(String key) {
        return textOf(key, required(key));
    }

    public String text(String key, String otherwise) {
        return has(key) ? text(key) : otherwise;
    }

    public Optional<String> optionalText(String key) {
        return has(key) ? Optional.of(text(key)) : Optional.empty();
    }

    /**
     * A required secret. Whatever is read this way is a secret, whatever its name. What comes from outside the file
     * changes with its source.
     */
    public Secret secret(String key) {
        Setting setting = required(key);
        if (setting.text == null || setting.text.isEmpty()) {
            throw failure(
                    setting.at, "setting '" + key + "' must be a text", "write " + key + ": ${" + variable(key) + "}");
        }
        return new Secret(setting::now);
    }

    public Optional<Secret> optionalSecret(String key) {
        return has(key) ? Optional.of(secret(key)) : Optional.empty();
    }

    /** A required whole number. */
    public int integer(String key) {
        Setting setting = required(key);
        BigDecimal number = Numbers.parse(textOf(key, setting));
        if (number == null
                || number.stripTrailingZeros().scale() > 0
                || number.abs().compareTo(MAX_INT) > 0) {
            throw unfit(key, setting, "a whole number such as 100");
        }
        return number.intValue();
    }

    private static final BigDecimal MAX_INT = BigDecimal.valueOf(Integer.MAX_VALUE);

    public int integer(String key, int otherwise) {
        return has(key) ? integer(key) : otherwise;
    }

    /** As {@link #integer(String, int)}, and within bounds. */
    public int integer(String key, int otherwise, int least, int most) {
        int value = integer(key, otherwise);
        if (value < least || value > most) {
            throw unfit(key, required(key), "between " + least + " and " + most);
        }
        return value;
    }

    /** A required number. */
    public BigDecimal decimal(String key) {
        Setting setting = required(key);
        BigDecimal number = Numbers.parse(textOf(key, setting));
        if (number == null) {
            throw unfit(key, setting, "a number such as 0.5");
        }
        return number;
    }

    public BigDecimal decimal(String key, BigDecimal otherwise) {
        return has(key) ? decimal(key) : otherwise;
    }

    /** A required true or false. */
    public boolean bool(String key) {
        Setting setting = required(key);
        String text = textOf(key, setting);
        if (text.equals("true") || text.equals("false")) {
            return text.equals("true");
        }
        throw unfit(key, setting, "true or false");
    }

    public boolean bool(String key, boolean otherwise) {
        return has(key) ? bool(key) : otherwise;
    }

    /** A required length of time: 500ms, 30s, 5m, 2h, 1d. */
    public Duration duration(String key) {
        Setting setting = required(key);
        Duration duration = Durations.parse(textOf(key, setting));
        if (duration == null) {
            throw unfit(key, setting, "a time such as 500ms, 30s, 5m, 2h or 1d");
        }
        return duration;
    }

    public Duration duration(String key, Duration otherwise) {
        return has(key) ? duration(key) : otherwise;
    }

    /** One of an enum's constants, written in lower case with '-'. */
    public <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) {
        if (!has(key)) {
            return otherwise;
        }
        Setting setting = required(key);
        String text = textOf(key, setting);
        List<String> words =
                Arrays.stream(type.getEnumConstants()).map(MapReader::word).toList();
        for (E constant : type.getEnumConstants()) {
            if (MapReader.word(constant).equals(text)) {
                return constant;
            }
        }
        String nearest = setting.outside || setting.masked ? null : Suggest.nearest(text, words);
        throw unfit(
                key,
                setting,
                "one of " + String.join(", ", words),
                nearest == null ? "" : "did you mean '" + nearest + "'?");
    }

    /** Settings nested below a key; without any where the key is absent. */
    public Settings child(String key) {
        Setting setting = settings.get(key);
        if (setting == null || isNothing(setting)) {
            return new Settings(file, name + "." + key, setting == null ? at : setting.at, Map.of());
        }
        if (setting.child == null) {
            throw failure(setting.at, "setting '" + key + "' must be a map, not " + setting.at.describe(), "");
        }
        return setting.child;
    }

    /** A list of texts; a single text counts as a list of one, an absent key as an empty list. */
    public List<String> list(String key) {
        List<String> texts = new ArrayList<>();
        for (Setting item : items(key)) {
            texts.add(textOf(key, item));
        }
        return texts;
    }

    /** A list of maps; a single map counts as a list of one, an absent key as an empty list. */
    public List<Settings> children(String key) {
        List<Settings> children = new ArrayList<>();
        for (Setting item : items(key)) {
            if (item.child == null) {
                throw failure(item.at, "'" + key + "' must be a list of maps, not of " + item.at.describe(), "");
            }
            children.add(item.child);
        }
        return children;
    }

    private List<Setting> items(String key) {
        Setting setting = settings.get(key);
        if (setting == null || isNothing(setting)) {
            return List.of();
        }
        return setting.items == null ? List.of(setting) : setting.items;
    }

    /**
     * The setting as JSON, maps and lists included, with secrets in clear and as they count now: for an adapter's use, not
     * for printing.
     */
    public JsonNode json(String key) {
        return required(key).json(false);
    }

    /** A required setting as it is written in the file, placeholders and all: for places in messages, not for values. */
    public Node node(String key) {
        return required(key).at;
    }

    /** All settings as JSON with every secret replaced; fit to be shown. */
    public ObjectNode masked() {
        return json(true);
    }

    /** Every secret in the settings, in clear, those that counted lately too: for taking them out of what is shown. */
    public Set<String> secrets() {
        Set<String> secrets = new TreeSet<>();
        secrets(json(false), json(true), secrets);
        settings.values().forEach(setting -> lately(setting, secrets));
        return secrets;
    }

    private static void lately(Setting setting, Set<String> into) {
        if (setting.held != null) {
            into.addAll(setting.held.lately());
        }
        if (setting.child != null) {
            setting.child.settings.values().forEach(below -> lately(below, into));
        }
        if (setting.items != null) {
            setting.items.forEach(item -> lately(item, into));
        }
    }

    private static void secrets(JsonNode clear, JsonNode masked, Set<String> into) {
        if (clear.isValueNode()) {
            if (!clear.equals(masked)) {
                into.add(clear.asText());
            }
        } else if (clear.isArray()) {
            for (int i = 0; i < clear.size(); i++) {
                secrets(clear.path(i), masked.path(i), into);
            }
        } else {
            clear.properties().forEach(field -> secrets(field.getValue(), masked.path(field.getKey()), into));
        }
    }

    private ObjectNode json(boolean masked) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        settings.forEach((key, setting) -> object.set(key, setting.json(masked)));
        return object;
    }

    /** Refuses, all at once, the keys that are not in the list; of nested maps only their own key is looked at. */
    public void onlyKnown(String... known) {
        Set<String> names = new LinkedHashSet<>(Arrays.asList(known));
        List<Problem> problems = new ArrayList<>();
        at.rawEntries().forEach((key, entry) -> {
            // Settings of a key that is not there stand where their parent does.
            if (settings.containsKey(key) && !names.contains(key)) {
                problems.add(new Problem(
                        file,
                        entry.key().line(),
                        entry.key().column(),
                        null,
                        "unknown setting '" + key + "' in '" + name + "'",
                        Suggest.hint(key, names)));
            }
        });
        if (!problems.isEmpty()) {
            throw new MappingException(problems);
        }
    }

    /** A failure that points to a setting, for rules that only the adapter knows. Must not quote a secret. */
    public MappingException failure(String key, String message, String hint) {
        Setting setting = settings.get(key);
        return failure(setting == null ? at : setting.at, message, hint);
    }

    /** As {@link #failure(String, String, String)}, for something within a setting. */
    public MappingException failure(Node node, String message, String hint) {
        return new MappingException(List.of(new Problem(file, node.line(), node.column(), null, message, hint)));
    }

    private Setting required(String key) {
        Setting setting = settings.get(key);
        if (setting == null || isNothing(setting)) {
            throw failure(
                    setting == null ? at : setting.at,
                    "required setting '" + key + "' of '" + name + "' is missing",
                    Suggest.nearest(key, settings.keySet()) == null
                            ? "add it"
                            : "is '" + Suggest.nearest(key, settings.keySet()) + "' meant to be '" + key + "'?");
        }
        return setting;
    }

    private static boolean isNothing(@Nullable Setting setting) {
        return setting == null || (setting.outside ? setting.text().isEmpty() : setting.at.isNull());
    }

    private String textOf(String key, Setting setting) {
        if (setting.secret) {
            throw new IllegalStateException("setting '" + key + "' is a secret: read it with secret()");
        }
        if (setting.text == null) {
            throw failure(setting.at, "setting '" + key + "' must be a single value, not " + setting.at.describe(), "");
        }
        return setting.text;
    }

    private MappingException unfit(String key, Setting setting, String rule) {
        return unfit(key, setting, rule, "");
    }

    private MappingException unfit(String key, Setting setting, String rule, String hint) {
        String found = setting.outside
                ? "; the value comes from " + setting.at.text()
                : setting.masked ? "" : MapReader.found(setting.at);
        return failure(setting.at, "setting '" + key + "' must be " + rule + found, hint);
    }

    private static String variable(String key) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            name.append(Character.isUpperCase(c) && !name.isEmpty() ? "_" : "").append(Character.toUpperCase(c));
        }
        return name.toString();
    }

    @Override
    public String toString() {
        return masked().toString();
    }
}
