package org.synchub.sync;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.conflict.FieldRule;
import org.synchub.conflict.Policy;
import org.synchub.conflict.PolicyException;
import org.synchub.conflict.Shape;
import org.synchub.mapping.Field;
import org.synchub.mapping.Kind;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.Node;
import org.synchub.target.ConfigurationProblem;

/** Reads from a mapping how its records are compared and who wins where both sides changed them. */
final class Policies {

    private static final ObjectMapper PLAIN = JsonMapper.builder().build();

    private Policies() {}

    /** How records of a kind are compared: lists by their key, absent and null as one. */
    static Shape shape(Kind kind) {
        Shape.Builder shape = Shape.builder().absentIsNull().normalizeText();
        kind.fields().forEach(field -> declare(shape, "", field));
        return shape.build();
    }

    private static void declare(Shape.Builder shape, String prefix, Field field) {
        String path = prefix + field.name();
        if (field.isList() && field.key().size() == 1) {
            shape.list(path, field.key().get(0));
        }
        field.fields().forEach(child -> declare(shape, path + ".", child));
    }

    /**
     * The policy of a record kind: the careful default, the target's settings on it, the kind's on that, the fields' last.
     *
     * @throws ConfigurationProblem naming the file and what cannot be followed
     */
    static Policy policy(Mapping mapping, Kind kind, Map<String, FieldRule> rules) {
        try {
            Policy policy = Policy.careful().with("conflict", plain(mapping.conflict()), rules);
            policy = onExternalDelete(policy, "onExternalDelete", mapping.onExternalDelete(), rules);
            policy = policy.with("kinds." + kind.name() + ".conflict", plain(kind.conflict()), rules);
            policy = onExternalDelete(
                    policy, "kinds." + kind.name() + ".onExternalDelete", kind.onExternalDelete(), rules);
            Node owner = kind.authority() == null ? mapping.authority() : kind.authority();
            for (Field field : kind.fields()) {
                if (owner != null
                        && field.direction().out()
                        && field.direction().in()) {
                    policy = authority(policy, "authority", field, owner, rules);
                }
                Node settings = field.conflict();
                if (settings != null) {
                    policy = policy.withField(
                            "kinds." + kind.name() + ".fields." + field.name() + ".conflict",
                            field.name(),
                            plain(settings),
                            rules);
                }
                Node authority = field.authority();
                if (authority != null) {
                    policy = authority(policy, "kinds." + kind.name() + ".fields", field, authority, rules);
                }
                if (!field.direction().in() && settings == null && authority == null) {
                    // The target's value of it is ignored, so there is nothing to ask people about.
                    policy = policy.withField("kinds." + kind.name() + ".fields", field.name(), "internal-wins", rules);
                }
            }
            return policy;
        } catch (PolicyException e) {
            throw new ConfigurationProblem(
                    e.problems().stream().map(p -> mapping.file() + ": " + p).toList());
        }
    }

    private static Policy authority(
            Policy policy, String place, Field field, Node authority, Map<String, FieldRule> rules) {
        Object side = plain(authority);
        return policy.withField(place, field.name(), Map.of("authority", side == null ? "" : side), rules);
    }

    private static Policy onExternalDelete(
            Policy policy, String place, @Nullable Node written, Map<String, FieldRule> rules) {
        Object answer = plain(written);
        return answer == null ? policy : policy.with(place, Map.of("onExternalDelete", answer), rules);
    }

    private static @Nullable Object plain(@Nullable Node node) {
        return node == null ? null : PLAIN.convertValue(node.json(), Object.class);
    }
}
