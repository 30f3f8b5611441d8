package org.synchub.target.httpjson.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.synchub.mapping.Field;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.Settings;
import org.synchub.mapping.Suggest;
import org.synchub.target.Limits;
import org.synchub.target.TargetHttp;
import org.synchub.target.httpjson.spec.Spec.KindSpec;

/** Reads the whole section and checks that its parts fit each other. */
final class SpecReader {

    static final String[] KEYS = TargetHttp.settingsAnd(
            "type",
            "gzipRequests",
            "writers",
            "longestWrite",
            Limits.KEY,
            "constants",
            "headers",
            "auth",
            "key",
            "record",
            "write",
            "requests",
            "outcomes",
            "kinds",
            "hints");

    private static final String WHERE = "where";

    private final Mapping mapping;
    private final Settings adapter;
    private final Checks checks = new Checks();
    private final Set<String> misspelt = new TreeSet<>();

    SpecReader(Mapping mapping) {
        this.mapping = mapping;
        this.adapter = mapping.adapter();
    }

    Spec read() {
        checks.run(() -> adapter.onlyKnown(KEYS));
        checks.run(this::url);
        int writers = checks.read(1, () -> adapter.integer("writers", 2, 1, 16));
        checks.run(() -> Limits.of(adapter));
        Duration longest = checks.read(Duration.ZERO, () -> adapter.duration("longestWrite", Duration.ofMinutes(2)));
        Map<String, JsonNode> constants = checks.read(Map.of(), () -> values(adapter.child("constants"), ""));
        Map<String, KindSpec> kinds = kinds();
        Names names = names(constants.keySet(), kinds);
        Map<String, Text> headers = checks.read(Map.of(), () -> headers(names));
        Auth auth = checks.read(new Auth.None(), () -> Auth.read(adapter));
        Key key = checks.read(Key.GUID, () -> Key.read(adapter));
        RecordSpec record = checks.read(() -> RecordSpec.read(adapter));
        WriteSpec write = checks.read(() -> WriteSpec.read(adapter));
        Map<Operation, Request> requests = requests(names);
        List<Rule> outcomes = checks.read(List.of(), () -> Rule.readAll(adapter, "outcomes"));
        HintSpec hints = checks.read(() -> HintSpec.read(adapter, names));
        if (record != null && write != null) {
            new SpecCheck(adapter, checks).check(record, write, requests, kinds);
        }
        checks.throwIfAny();
        if (record == null || write == null) {
            throw new IllegalStateException("a missing part has a problem");
        }
        return new Spec(
                "'adapter' of " + mapping.file(),
                writers,
                longest,
                constants,
                headers,
                auth,
                key,
                record,
                write,
                requests,
                outcomes,
                kinds,
                hints);
    }

    private void url() {
        if (!adapter.text("url").matches("https?://[^/?#]+[^?#]*")) {
            throw adapter.failure("url", "setting 'url' must be an address such as https://api.example.org", "mend it");
        }
        adapter.bool("gzipRequests", false);
        for (String time : List.of("connectTimeout", "readTimeout")) {
            if (adapter.has(time) && adapter.duration(time).isZero()) {
                throw adapter.failure(time, "setting '" + time + "' must be longer than nothing", "such as 30s");
            }
        }
    }

    private static Map<String, JsonNode> values(Settings settings, String but) {
        Map<String, JsonNode> values = new TreeMap<>();
        for (String name : settings.keys()) {
            if (!name.equals(but)) {
                values.put(name, settings.json(name));
            }
        }
        return values;
    }

    private Map<String, Text> headers(Names names) {
        Settings given = adapter.child("headers");
        Map<String, Text> headers = new LinkedHashMap<>();
        for (String name : given.keys()) {
            headers.put(
                    name, Text.parse(given, given.node(name), given.json(name).asText(), names));
        }
        return headers;
    }

    private Map<String, KindSpec> kinds() {
        Map<String, KindSpec> kinds = new LinkedHashMap<>();
        Set<String> known = new TreeSet<>();
        mapping.kinds().forEach(kind -> {
            known.add(kind.name());
            kinds.put(kind.name(), new KindSpec(Map.of(), List.of()));
        });
        checks.run(() -> {
            Settings given = adapter.child("kinds");
            for (String name : given.keys()) {
                String nearest = Suggest.nearest(name, known);
                if (!known.contains(name)) {
                    misspelt.add(String.valueOf(nearest));
                    checks.run(() -> {
                        throw given.failure(
                                name,
                                "the mapping has no kind '" + name + "'",
                                nearest == null
                                        ? "its kinds are " + String.join(", ", known)
                                        : "did you mean '" + nearest + "'?");
                    });
                    continue;
                }
                checks.run(() -> {
                    Settings kind = given.child(name);
                    kinds.put(name, new KindSpec(values(kind, WHERE), Condition.read(kind, WHERE)));
                });
            }
        });
        return kinds;
    }

    private Names names(Set<String> constants, Map<String, KindSpec> kinds) {
        Set<String> fields = new TreeSet<>();
        mapping.kinds().forEach(kind -> kind.fields().stream().map(Field::name).forEach(fields::add));
        Map<String, Set<String>> said = new LinkedHashMap<>();
        kinds.forEach((name, kind) -> {
            if (!misspelt.contains(name)) {
                said.put(name, kind.values().keySet());
            }
        });
        return new Names(Set.of("now", "random"), fields, constants, said);
    }

    private Map<Operation, Request> requests(Names names) {
        Map<Operation, Request> requests = new EnumMap<>(Operation.class);
        checks.run(() -> {
            adapter.json("requests");
            Settings given = adapter.child("requests");
            String[] words =
                    Arrays.stream(Operation.values()).map(Operation::word).toArray(String[]::new);
            checks.run(() -> given.onlyKnown(words));
            for (Operation operation : Operation.values()) {
                if (given.has(operation.word())) {
                    checks.run(() ->
                            requests.put(operation, Request.read(given.child(operation.word()), operation, names)));
                }
            }
        });
        return requests;
    }
}
