package org.synchub.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MappingTest {

    private static final String YAML = """
            version: 1
            target: test
            tenant: ${TENANT}
            mappingVersion: 3
            mappingChange: owe
            maxDeletes: {share: 0.1}
            conflict: newest
            adapter: {type: memory}
            kinds:
              head:
                match: {data.entityName: person, data.level: [1, 2]}
                onExternalDelete: {ask: true}
                fields:
                  name: {path: data.name, authority: store}
              person:
                match: {data.entityName: [person, member]}
                lane: data.parentGuid
                onDelete: end-memberships
                keys: [[name]]
                fields:
                  name: {path: data.name, required: true}
                  of: {path: data.parentGuid, reference: head}
            """;

    private static Mapping load(String yaml, PolicyCheck check) {
        return Mapping.parse(Path.of("mappings/test.yaml"), yaml, Map.of("TENANT", "demo")::get, check);
    }

    @Test
    void a_mapping_says_what_its_file_says() {
        Mapping mapping = load(YAML, PolicyCheck.NONE);

        assertThat(mapping.target()).isEqualTo("test");
        assertThat(mapping.tenant()).isEqualTo("demo");
        assertThat(mapping.mappingVersion()).isEqualTo(3);
        assertThat(mapping.mappingChange()).isEqualTo(MappingChange.OWE);
        assertThat(mapping.maxDeletes()).isEqualTo(new MaxDeletes(0.1, 50));
        assertThat(mapping.file()).isEqualTo(Path.of("mappings/test.yaml"));
        assertThat(mapping.adapter().text("type")).isEqualTo("memory");
        Kind person = mapping.kind("person");
        assertThat(person.match()).isEqualTo(Map.of("data.entityName", List.of("person", "member")));
        assertThat(person.onDelete()).isEqualTo(OnDelete.END_MEMBERSHIPS);
        assertThat(person.keys()).containsExactly(List.of("name"));
        assertThat(person.line()).isEqualTo(15);
        assertThat(person.field("name").required()).isTrue();
        assertThat(person.field("of").reference()).isEqualTo("head");
        assertThat(person.field("of").line()).isEqualTo(22);
        assertThat(mapping.kind("head").onDelete()).isNull();
    }

    @Test
    void what_a_file_leaves_out_has_a_careful_default() {
        Mapping mapping = Given.founding();

        assertThat(mapping.mappingChange()).isEqualTo(MappingChange.ASK);
        assertThat(mapping.maxDeletes()).isEqualTo(new MaxDeletes(0.05, 50));
        assertThat(mapping.mappingVersion()).isEqualTo(1);
        assertThat(mapping.kind("beneficiary").onDelete()).isNull();
    }

    @ParameterizedTest(name = "{0} level {1} is {2}")
    @CsvSource({"person, 1, head", "person, 3, person", "person, , person", "member, 1, person", "apg, 1, none"})
    void the_first_kind_that_matches_takes_the_entity(String entityName, String level, String kind) {
        Mapping mapping = load(YAML, PolicyCheck.NONE);
        String levelJson = level == null ? "" : ",'level':" + level;

        assertThat(mapping.kindOf(Given.json("{'data':{'entityName':'" + entityName + "'" + levelJson + "}}"))
                        .map(Kind::name)
                        .orElse("none"))
                .isEqualTo(kind);
        assertThat(mapping.kindOf(path -> path.equals("data.level") ? level : entityName)
                        .map(Kind::name)
                        .orElse("none"))
                .as("from extracted texts")
                .isEqualTo(kind);
    }

    @Test
    void routing_needs_the_paths_of_match_and_lane_only() {
        assertThat(load(YAML, PolicyCheck.NONE).routingPaths())
                .containsExactly("data.entityName", "data.level", "data.parentGuid");
    }

    @Test
    void a_lane_is_the_value_at_its_path_or_else_the_record_itself() {
        Kind person = load(YAML, PolicyCheck.NONE).kind("person");

        assertThat(person.laneOf("p1", path -> path.equals("data.parentGuid") ? "h1" : null))
                .isEqualTo("h1");
        assertThat(person.laneOf("p1", path -> null)).isEqualTo("p1");
        assertThat(person.laneOf("p1", path -> " ")).isEqualTo("p1");
        assertThat(person.laneOf("p1", Given.json("{'data':{'parentGuid':'h1'}}")))
                .isEqualTo("h1");
    }

    @Test
    void policies_are_handed_on_with_their_place_and_checked_by_their_owner() {
        List<String> seen = new ArrayList<>();
        PolicyCheck check = (key, level, where, value, file) -> {
            seen.add(level + " " + where + " " + key + " " + value.line());
            return value.isMap()
                    ? List.of(new Problem(file, value.line(), value.column(), null, "no policy", "see the docs"))
                    : List.of();
        };

        assertThatThrownBy(() -> load(YAML, check)).hasMessage("mappings/test.yaml:12:23: no policy; see the docs");
        assertThat(seen)
                .containsExactly(
                        "TARGET test conflict 7", "KIND head onExternalDelete 12", "FIELD head.name authority 14");
        Mapping mapping = load(YAML, PolicyCheck.NONE);
        assertThat(mapping.conflict()).isNotNull().extracting(Node::text).isEqualTo("newest");
        assertThat(mapping.kind("head").onExternalDelete())
                .isNotNull()
                .extracting(node -> node.json().toString())
                .isEqualTo("{\"ask\":true}");
        assertThat(mapping.kind("head").field("name").authority()).isNotNull();
        assertThat(mapping.kind("person").conflict()).isNull();
    }

    @Test
    void a_directory_of_mappings_is_read_as_a_whole(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("b.yaml"), YAML.replace("target: test", "target: b"));
        Files.writeString(directory.resolve("a.yml"), YAML.replace("target: test", "target: a"));
        Files.writeString(directory.resolve("mapping.schema.json"), "{}");

        assertThat(Mapping.loadAll(directory, name -> "demo", PolicyCheck.NONE))
                .extracting(Mapping::target)
                .containsExactly("a", "b");

        Files.writeString(directory.resolve("a.yaml"), YAML.replace("target: test", "target: a"));
        Files.writeString(directory.resolve("c.yaml"), YAML.replace("target: test", "target: d"));
        Files.writeString(directory.resolve("d.yaml"), "version: 2\n");
        assertThatThrownBy(() -> Mapping.loadAll(directory, name -> "demo", PolicyCheck.NONE))
                .hasMessageContaining("a.yml:1:1: target 'a' has a second file, ")
                .hasMessageContaining("c.yaml:2:9: target 'd' does not equal the file's name 'c'")
                .hasMessageContaining("d.yaml:1:10: this hub reads version 1");
        assertThatThrownBy(() -> Mapping.loadAll(directory.resolve("none"), name -> null, PolicyCheck.NONE))
                .hasMessageContaining("none:1:1: the directory of mappings cannot be read");
    }

    @Test
    void an_unknown_kind_or_field_is_named() {
        Mapping mapping = load(YAML, PolicyCheck.NONE);

        assertThatThrownBy(() -> mapping.kind("house")).hasMessage("mapping 'test' has no kind 'house'");
        assertThatThrownBy(() -> mapping.kind("person").field("nam")).hasMessage("kind 'person' has no field 'nam'");
    }

    @Test
    void an_alias_repeats_what_its_anchor_holds() {
        String yaml = YAML.replace("{path: data.name, required: true}", "&name {path: data.name, required: true}")
                .replace("{path: data.parentGuid, reference: head}", "{join: [data.a, data.b]}\n      again: *name")
                .replace("path: data.name, required: true", "path: data.name, required: true, direction: out");

        Mapped mapped = load(yaml, PolicyCheck.NONE)
                .kind("person")
                .outward(Given.entity(Given.json("{'guid':'g','data':{'name':'x'}}")));

        assertThat(mapped.record()).isEqualTo(Given.json("{'name':'x','again':'x'}"));
    }
}
