package org.synchub.conflict;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The operators' guide says what the code does. */
class ConflictDocsTest {

    private static final Path GUIDE = Path.of("docs/conflicts.md");
    private static final Map<String, FieldRule> BEANS = Map.of("newestPhone", contest -> FieldRule.Ruling.abstain());

    @Test
    void every_yaml_example_is_a_policy() throws IOException {
        List<Policy> policies = new ArrayList<>();
        for (Map<?, ?> example : examples()) {
            Policy target = Policy.careful().with(written("target", example), BEANS);
            policies.add(target);
            map(example.get("kinds")).forEach((kindName, kind) -> {
                Policy policy = target.with(written(String.valueOf(kindName), map(kind)), BEANS);
                for (Map.Entry<?, ?> field : map(map(kind).get("fields")).entrySet()) {
                    String name = String.valueOf(field.getKey());
                    policy = policy.withField(name, written(kindName + "." + name, map(field.getValue())), BEANS);
                }
                policies.add(policy);
            });
        }

        assertThat(policies.stream().map(policy -> policy.rule().word()))
                .containsExactly("merge", "external-wins", "merge", "external-wins", "internal-wins");
        Policy individual = policies.get(2);
        assertThat(individual.fieldNames()).containsExactly("birthdate", "occupation", "phone");
        assertThat(individual.at(org.synchub.conflict.Path.parse("birthdate")).authority())
                .isEqualTo(Side.EXTERNAL);
        assertThat(individual.onDelete(Side.EXTERNAL, State.Departure.DISABLED)).isEqualTo(Policy.OnDelete.IGNORE);
        assertThat(policies.get(4).rule().approval()).isTrue();
    }

    @Test
    void every_kind_strategy_verdict_and_departure_is_explained() throws IOException {
        List<String> words = new ArrayList<>(Strategy.words());
        Arrays.stream(ConflictKind.values()).map(Enum::name).forEach(words::add);
        Arrays.stream(Verdict.values()).map(Enum::name).forEach(words::add);
        Arrays.stream(FieldDecision.State.values()).map(Enum::name).forEach(words::add);
        Arrays.stream(State.Departure.values()).map(State.Departure::word).forEach(words::add);
        Arrays.stream(Policy.OnDelete.values()).map(Policy.OnDelete::word).forEach(words::add);

        String guide = Files.readString(GUIDE);

        assertThat(words).allSatisfy(word -> assertThat(guide).contains("`" + word + "`"));
    }

    private static Policy.Written written(String place, Map<?, ?> level) {
        return new Policy.Written(place, level.get("conflict"), level.get("authority"), level.get("onExternalDelete"));
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static List<Map<?, ?>> examples() throws IOException {
        return Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(GUIDE))
                .results()
                .<Map<?, ?>>map(block -> map(new Yaml().load(block.group(1))))
                .toList();
    }
}
