package org.synchub.sync;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.synchub.conflict.FieldRule;
import org.synchub.conflict.Merge;
import org.synchub.conflict.Policy;
import org.synchub.conflict.Policy.Written;
import org.synchub.conflict.PolicyException;
import org.synchub.conflict.Shape;
import org.synchub.conflict.Situation;
import org.synchub.mapping.Field;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.Node;
import org.synchub.target.ConfigurationProblem;
import org.synchub.target.RecordShape;

/** Reads from a mapping how its records are compared and who wins where both sides changed them. */
final class Policies {

    private static final ObjectMapper PLAIN = JsonMapper.builder().build();

    private Policies() {}

    /** How records of a kind are compared: lists by their key, absent and null as one. */
    static Shape shape(Kind kind) {
        return RecordShape.of(kind);
    }

    /**
     * The same where both sides changed a list for which the entity has one place: two items would be left of it, of which
     * one could not be kept. Then the list is one value, and which of the two stands is decided.
     *
     * @param doc the entity's
     * @param situation with the shape of the kind
     */
    static Shape fitting(Kind kind, ObjectNode doc, Situation situation, Policy policy) {
        Set<String> single = new TreeSet<>(kind.single(doc));
        single.removeIf(name -> isOneOnBothSides(situation, name));
        ObjectNode merged =
                single.isEmpty() ? null : Merge.resolve(situation, policy).merged();
        Set<String> overfull = new TreeSet<>(single);
        overfull.removeIf(name -> merged == null || merged.path(name).size() < 2);
        return overfull.isEmpty() ? situation.shape() : RecordShape.of(kind, overfull);
    }

    /** Where both sides hold the same item, or none, nothing else can come of it. */
    private static boolean isOneOnBothSides(Situation situation, String field) {
        ObjectNode internal = situation.internal().record();
        ObjectNode external = situation.external().record();
        return internal != null
                && external != null
                && internal.path(field).size() < 2
                && internal.path(field).equals(external.path(field));
    }

    /**
     * The policy of a record kind: the careful default, the target's settings on it, the kind's on that, the fields' last.
     *
     * @throws ConfigurationProblem naming the file and what cannot be followed
     */
    static Policy policy(Mapping mapping, Kind kind, Map<String, FieldRule> rules) {
        try {
            Policy policy = Policy.careful()
                    .with(
                            written(
                                    mapping.target(),
                                    mapping.conflict(),
                                    mapping.authority(),
                                    mapping.onExternalDelete()),
                            rules)
                    .with(written(kind.name(), kind.conflict(), kind.authority(), kind.onExternalDelete()), rules);
            for (Field field : kind.fields()) {
                if (field.conflict() != null || field.authority() != null) {
                    String place = kind.name() + "." + field.name();
                    policy = policy.withField(
                            field.name(), written(place, field.conflict(), field.authority(), null), rules);
                } else if (!field.direction().in()) {
                    // The target's value of it is ignored, so there is nothing to ask people about.
                    policy = policy.withField(
                            field.name(), new Written(kind.name(), "internal-wins", null, null), rules);
                }
            }
            return policy;
        } catch (PolicyException e) {
            throw new ConfigurationProblem(
                    e.problems().stream().map(p -> mapping.file() + ": " + p).toList());
        }
    }

    private static Written written(
            String place, @Nullable Node conflict, @Nullable Node authority, @Nullable Node onExternalDelete) {
        return new Written(place, plain(conflict), plain(authority), plain(onExternalDelete));
    }

    private static @Nullable Object plain(@Nullable Node node) {
        return node == null ? null : PLAIN.convertValue(node.json(), Object.class);
    }
}
