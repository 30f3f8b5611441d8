package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.synchub.crypto.KeyRing;

/**
 * One target, as its mapping file describes it: which entities of the store it gets, as what records, and how its
 * adapter is set up. Checked while it is loaded, immutable afterwards, safe for concurrent use. The file's form is
 * described in {@code docs/mapping.md}.
 */
public final class Mapping {

    /** The simple values at the top of the file. */
    record Head(
            String target,
            String tenant,
            int mappingVersion,
            MappingChange mappingChange,
            MaxDeletes maxDeletes,
            int priority,
            @Nullable Settings polling,
            @Nullable Settings pushing,
            Policies policies) {}

    private static final KeyRing NO_KEYS = new KeyRing(Map.of());

    private final Path file;
    private final Head head;
    private final Settings adapter;
    private final List<Kind> kinds;
    private final Map<String, Kind> byName = new LinkedHashMap<>();
    private final Set<String> routingPaths = new LinkedHashSet<>();
    private final ObjectNode masked;
    private final List<Problem> warnings;
    private final String hash;

    Mapping(Path file, Head head, Settings adapter, List<Kind> kinds, ObjectNode masked, List<Problem> warnings) {
        this.file = file;
        this.head = head;
        this.adapter = adapter;
        this.kinds = List.copyOf(kinds);
        this.masked = masked;
        this.warnings = warnings;
        ObjectNode definition = JsonNodeFactory.instance.objectNode();
        for (Kind kind : kinds) {
            byName.put(kind.name(), kind);
            definition.put(kind.name(), kind.hash());
            kind.matcher().paths().forEach(path -> routingPaths.add(path.text()));
            if (kind.lane() != null) {
                routingPaths.add(kind.lane().text());
            }
        }
        this.hash = Definitions.hash(definition);
    }

    /**
     * Reads and checks a mapping file.
     *
     * @param file {@code <target>.yaml}; named in problems as it is given here
     * @param env the environment's variables: {@code System::getenv}
     * @throws MappingException with everything that is wrong
     */
    public static Mapping load(Path file, Outside env) {
        return load(file, env, PolicyCheck.NONE);
    }

    /** As {@link #load(Path, Outside)}, with the policy keys checked as well. */
    public static Mapping load(Path file, Outside env, PolicyCheck policyCheck) {
        return load(file, env, policyCheck, NO_KEYS);
    }

    /**
     * As {@link #load(Path, Outside, PolicyCheck)}, for a file whose fields may be encrypted.
     *
     * @param keys seal and open their values
     */
    public static Mapping load(Path file, Outside env, PolicyCheck policyCheck, KeyRing keys) {
        String yaml;
        try {
            yaml = Files.readString(file);
        } catch (CharacterCodingException e) {
            throw unreadable(file, "the file is not UTF-8", "save it as UTF-8");
        } catch (IOException e) {
            throw unreadable(
                    file,
                    Files.exists(file) ? "the file cannot be read" : "the file does not exist",
                    "check its name and its permissions");
        }
        return parse(file, yaml, env, policyCheck, keys);
    }

    /**
     * Reads every {@code *.yaml} and {@code *.yml} of a directory, in the order of their names.
     *
     * @throws MappingException with everything that is wrong with any of them
     */
    public static List<Mapping> loadAll(Path directory, Outside env, PolicyCheck policyCheck) {
        List<Mapping> mappings = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (Path file : mappingFiles(directory)) {
            try {
                Mapping mapping = load(file, env, policyCheck);
                mappings.stream()
                        .filter(other -> other.target().equals(mapping.target()))
                        .forEach(other -> problems.add(new Problem(
                                display(file),
                                1,
                                1,
                                null,
                                "target '" + mapping.target() + "' has a second file, " + display(other.file()),
                                "remove one of the two")));
                mappings.add(mapping);
            } catch (MappingException e) {
                problems.addAll(e.problems());
            }
        }
        if (!problems.isEmpty()) {
            throw new MappingException(problems);
        }
        return List.copyOf(mappings);
    }

    private static List<Path> mappingFiles(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file ->
                            file.toString().endsWith(".yaml") || file.toString().endsWith(".yml"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw unreadable(directory, "the directory of mappings cannot be read", "check its name and permissions");
        }
    }

    /** As {@link #load(Path, Outside, PolicyCheck)} for a file that is at hand as text, not yet written perhaps. */
    public static Mapping parse(Path file, String yaml, Outside env, PolicyCheck policyCheck) {
        return parse(file, yaml, env, policyCheck, NO_KEYS);
    }

    /** As {@link #load(Path, Outside, PolicyCheck, KeyRing)} for a file that is at hand as text. */
    public static Mapping parse(Path file, String yaml, Outside env, PolicyCheck policyCheck, KeyRing keys) {
        Problems problems = new Problems(display(file));
        return new MappingReader(file, env, policyCheck, keys, problems).read(yaml);
    }

    private static MappingException unreadable(Path file, String message, String hint) {
        return new MappingException(List.of(new Problem(display(file), 1, 1, null, message, hint)));
    }

    private static String display(Path file) {
        return file.toString().replace('\\', '/');
    }

    public String target() {
        return head.target();
    }

    /** DataCollect's app config id. */
    public String tenant() {
        return head.tenant();
    }

    /** The integrator's own count of changes to this mapping. */
    public int mappingVersion() {
        return head.mappingVersion();
    }

    public MappingChange mappingChange() {
        return head.mappingChange();
    }

    /** Of the target among all targets, from 1, first, to 9, last. */
    public int priority() {
        return head.priority();
    }

    /** How often the target is asked for changes; null where the file does not say. */
    public @Nullable Settings polling() {
        return head.polling();
    }

    /** When the target is given what it is owed; null where the file does not say: at once. */
    public @Nullable Settings pushing() {
        return head.pushing();
    }

    public MaxDeletes maxDeletes() {
        return head.maxDeletes();
    }

    public Settings adapter() {
        return adapter;
    }

    /** In the file's order, which is also the order in which {@link #kindOf} asks them. */
    public List<Kind> kinds() {
        return kinds;
    }

    /** Fails for a name that the mapping does not have. */
    public Kind kind(String name) {
        return kindNamed(name)
                .orElseThrow(
                        () -> new IllegalArgumentException("mapping '" + target() + "' has no kind '" + name + "'"));
    }

    /** Empty for a name that the mapping does not have, or not any more. */
    public Optional<Kind> kindNamed(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The first kind whose match fits; empty if this target does not want the entity. */
    public Optional<Kind> kindOf(JsonNode entityDoc) {
        Scope scope = Scope.of(entityDoc);
        for (Kind kind : kinds) {
            if (kind.matcher().test(scope)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    /**
     * The same decision from extracted texts.
     *
     * @param valueAtPath for each of {@link #routingPaths()} the text there, as {@code jsonb #>>} gives it; null if none
     */
    public Optional<Kind> kindOf(Function<String, @Nullable String> valueAtPath) {
        return kinds.stream().filter(kind -> kind.matcher().test(valueAtPath)).findFirst();
    }

    /** The dotted paths that {@link #kindOf(Function)} and {@link Kind#laneOf(String, Function)} ask for. */
    public Set<String> routingPaths() {
        return Collections.unmodifiableSet(routingPaths);
    }

    /**
     * SHA-256 in hex over what decides the records written: each kind's match and fields. The same under other
     * comments, formatting and order of keys, and whatever the adapter's settings, lanes and policies are.
     */
    public String hash() {
        return hash;
    }

    /** The target's conflict policy as written; null if there is none. */
    public @Nullable Node conflict() {
        return head.policies().conflict();
    }

    /** Which side owns the target's records, as written; null if it does not say. */
    public @Nullable Node authority() {
        return head.policies().authority();
    }

    /** What a deletion in the target means, as written; null if it does not say. */
    public @Nullable Node onExternalDelete() {
        return head.policies().onExternalDelete();
    }

    public Path file() {
        return file;
    }

    /** What the file should do better although it can be used: secrets in clear, for one. */
    public List<Problem> warnings() {
        return warnings;
    }

    /** The whole mapping as JSON, placeholders filled in and every secret replaced; fit to be shown. */
    public ObjectNode masked() {
        return masked.deepCopy();
    }

    @Override
    public String toString() {
        return "Mapping[" + target() + ", version " + mappingVersion() + "]";
    }
}
