package org.synchub.conflict;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How conflicts of one record kind with one target are settled. What is set for a field comes before what is set for the
 * record kind, that before the target's, that before the {@link #careful} default. Immutable.
 *
 * <p>A field's settings hold for everything inside it unless something is set for a place further inside; in paths,
 * {@code reg_ids.status} means that field of every item, {@code reg_ids[id_type=National ID]} one item.
 */
public final class Policy {

    private static final Policy CAREFUL = new Policy(List.of(), OnDelete.DELETE, new ArrayList<>());

    private final List<PolicyLayer> layers;
    private final Rule rule;
    private final Rule deleteConflict;
    private final Map<State.Departure, OnDelete> onExternalDelete;
    private final @Nullable Side authority;
    private final OnDelete onInternalDelete;
    private final List<FieldPolicy> fields;

    /** What happens when one side deleted a record that the other did not change. */
    public enum OnDelete {
        /** Somebody decides. */
        ASK("ask"),
        /** The other side's record goes too. */
        DELETE("delete-entity"),
        /** The other side's record stays, and so does the deletion. */
        IGNORE("ignore");

        private final String word;

        OnDelete(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /**
     * What holds at one place of a record.
     *
     * @param path the place it is set for; {@link Path#RECORD} when nothing is set for the field
     * @param authority the side whose value always stands; null when the rule decides
     * @param rule what decides contested values
     */
    public record FieldPolicy(Path path, @Nullable Side authority, Rule rule) {}

    private Policy(List<PolicyLayer> layers, OnDelete onInternalDelete, List<PolicyException.Problem> problems) {
        this.layers = List.copyOf(layers);
        Rule record = Rule.mergeThen(Rule.of(Strategy.MANUAL));
        Side side = null;
        Rule deletes = Rule.of(Strategy.MANUAL);
        Map<State.Departure, OnDelete> external = new EnumMap<>(State.Departure.class);
        for (State.Departure departure : State.Departure.values()) {
            external.put(departure, OnDelete.ASK);
        }
        for (PolicyLayer layer : layers) {
            record = layer.record().over(record, problems);
            side = layer.record().authorityOver(side);
            deletes = layer.deleteConflict() == null ? deletes : layer.deleteConflict();
            external.putAll(layer.onExternalDelete());
        }
        this.rule = record;
        this.authority = side;
        this.deleteConflict = deletes.withApproval(record.approval());
        this.onExternalDelete = external;
        this.onInternalDelete = onInternalDelete;
        this.fields = fields(problems);
    }

    private List<FieldPolicy> fields(List<PolicyException.Problem> problems) {
        Map<Path, List<PolicyLayer.Setting>> settings = new LinkedHashMap<>();
        for (PolicyLayer layer : layers) {
            layer.fields()
                    .forEach((path, setting) -> settings.computeIfAbsent(path, any -> new ArrayList<>())
                            .add(setting));
        }
        List<Path> outermostFirst = new ArrayList<>(settings.keySet());
        outermostFirst.sort(Comparator.comparingInt(path -> path.segments().size()));
        List<FieldPolicy> policies = new ArrayList<>();
        for (Path path : outermostFirst) {
            FieldPolicy outer = mostSpecific(policies, path);
            Rule fieldRule = outer.rule();
            Side side = outer.authority();
            for (PolicyLayer.Setting setting : settings.getOrDefault(path, List.of())) {
                fieldRule = setting.over(fieldRule, problems);
                side = setting.authorityOver(side);
            }
            policies.add(new FieldPolicy(path, side, fieldRule));
        }
        return List.copyOf(policies);
    }

    /**
     * What a careful registrar would choose: merge, and let people decide what is still contested, every deletion that
     * comes from outside, and every deletion against a change. Deletions in the store that nobody contests are passed on.
     */
    public static Policy careful() {
        return CAREFUL;
    }

    /**
     * What one level of a mapping file (the target, a record kind, a field) says about conflicts. Each part is a word, a
     * map, or null where the file says nothing.
     *
     * @param place the level's name for messages, such as {@code individual.birthdate}
     * @param conflict a strategy's word, or a map with {@code strategy}, {@code then}, {@code approval} and, except for a
     *     field, {@code deleteConflict} and {@code fields}
     * @param authority {@code internal} or {@code external}
     * @param onExternalDelete {@code ask}, {@code delete-entity}, {@code ignore}, or a map of these by
     *     {@link State.Departure}; not for a field
     */
    public record Written(
            String place,
            @Nullable Object conflict,
            @Nullable Object authority,
            @Nullable Object onExternalDelete) {

        /** A level that says something under {@code conflict} only. */
        public static Written conflict(String place, @Nullable Object conflict) {
            return new Written(place, conflict, null, null);
        }
    }

    /**
     * This policy with what a narrower level says on top: the record kind's on the target's, the target's on the careful
     * one.
     *
     * @param beans the integrator's own rules by name
     * @throws PolicyException naming every setting that cannot be followed
     */
    public Policy with(Written written, Map<String, FieldRule> beans) {
        return with(reader -> reader.layer(written), beans);
    }

    /**
     * This policy with what is said for one field on top.
     *
     * @param path the field as a {@link Path}'s text; fields of list items without brackets, meaning every item
     * @throws PolicyException naming every setting that cannot be followed
     */
    public Policy withField(String path, Written written, Map<String, FieldRule> beans) {
        return with(reader -> reader.fieldLayer(path, written), beans);
    }

    /** This policy with another answer to deletions in the store that nobody contests, which else are passed on. */
    public Policy withInternalDelete(OnDelete answer) {
        return new Policy(layers, answer, new ArrayList<>());
    }

    private Policy with(Function<PolicyReader, PolicyLayer> read, Map<String, FieldRule> beans) {
        List<PolicyException.Problem> problems = new ArrayList<>();
        List<PolicyLayer> more = new ArrayList<>(layers);
        more.add(read.apply(new PolicyReader(beans, problems)));
        Policy policy = new Policy(more, onInternalDelete, problems);
        if (!problems.isEmpty()) {
            throw new PolicyException(problems);
        }
        return policy;
    }

    /** What decides contested values where nothing is set for the field. */
    public Rule rule() {
        return rule;
    }

    /** What decides when one side deleted what the other changed; never a merge. */
    public Rule deleteConflict() {
        return deleteConflict;
    }

    /** What happens when a side no longer holds a record that the other did not change. */
    public OnDelete onDelete(Side side, State.Departure departure) {
        return side == Side.INTERNAL ? onInternalDelete : onExternalDelete.getOrDefault(departure, OnDelete.ASK);
    }

    /** The most specific settings for a place. */
    public FieldPolicy at(Path path) {
        return mostSpecific(fields, path);
    }

    /** Names of the record's fields that something is set for, so that a reader can check them against its mapping. */
    public Set<String> fieldNames() {
        Set<String> names = new TreeSet<>();
        fields.forEach(field -> names.add(field.path().topField()));
        return names;
    }

    /** Whether something is set for a place strictly inside this one. */
    boolean reachesInto(Path path) {
        return fields.stream().anyMatch(field -> PathPattern.match(field.path(), path) == PathPattern.Match.INSIDE);
    }

    private FieldPolicy mostSpecific(List<FieldPolicy> candidates, Path path) {
        FieldPolicy best = null;
        for (FieldPolicy candidate : candidates) {
            if (PathPattern.match(candidate.path(), path) == PathPattern.Match.COVERS
                    && (best == null || PathPattern.MORE_SPECIFIC.compare(candidate.path(), best.path()) > 0)) {
                best = candidate;
            }
        }
        return best == null ? new FieldPolicy(Path.RECORD, authority, rule) : best;
    }
}
