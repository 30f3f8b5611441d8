package org.synchub.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.client.WireMock.JsonSchemaVersion;
import com.github.tomakehurst.wiremock.matching.MatchesJsonSchemaPattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The schema that editors use says the same as the hub. */
class MappingSchemaTest {

    private static final Path SCHEMA = Path.of("mappings/mapping.schema.json");

    private final String schema = Files.readString(SCHEMA);
    private final MatchesJsonSchemaPattern pattern = new MatchesJsonSchemaPattern(schema, JsonSchemaVersion.V7);

    MappingSchemaTest() throws IOException {}

    private boolean accepts(String yaml) {
        Node root = YamlTree.read(yaml, new Problems("test.yaml"));
        return root != null && pattern.match(root.json().toString()).isExactMatch();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mappings/openspp.yaml", "src/test/resources/mappings/founding-document.yaml"})
    void it_accepts_the_mappings_at_hand(String file) throws IOException {
        assertThat(accepts(Files.readString(Path.of(file)))).isTrue();
    }

    @Test
    void it_accepts_the_mapping_that_uses_every_form_of_field() {
        assertThat(accepts(BrokenMappingTest.GOOD)).isTrue();
    }

    static Object[] formalMistakes() throws IOException {
        return BrokenMappingTest.files().stream()
                .filter(broken -> broken.says().stream()
                        .anyMatch(said -> said.contains("unknown key")
                                || said.contains("must be one of")
                                || said.contains("is missing")
                                || said.contains("must be a map")
                                || said.contains("must be true or false")))
                .toArray();
    }

    @ParameterizedTest
    @MethodSource("formalMistakes")
    void it_refuses_what_the_hub_refuses_by_form(BrokenMappingTest.Broken broken) {
        assertThat(accepts(broken.yaml())).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"valueField", "constantField", "joinField", "listField", "objectField", "kind"})
    void it_knows_the_keys_that_the_hub_knows(String definition) throws IOException {
        Map<String, Set<String>> known = Map.of(
                "valueField", FieldReader.VALUE_KEYS,
                "constantField", FieldReader.CONSTANT_KEYS,
                "joinField", FieldReader.JOIN_KEYS,
                "listField", FieldReader.LIST_KEYS,
                "objectField", FieldReader.OBJECT_KEYS,
                "kind", KindReader.KEYS);

        JsonNode object = Given.JSON.readTree(schema).at("/definitions/" + definition);

        assertThat(keys(object)).isEqualTo(new TreeSet<>(known.getOrDefault(definition, Set.of())));
        assertThat(object.path("additionalProperties").asText()).isEqualTo("false");
    }

    @Test
    void it_knows_the_keys_at_the_top_of_the_file() throws IOException {
        JsonNode root = Given.JSON.readTree(schema);

        assertThat(keys(root)).isEqualTo(new TreeSet<>(MappingReader.KEYS));
        assertThat(keys(root.at("/properties/maxDeletes"))).isEqualTo(new TreeSet<>(MappingReader.MAX_DELETES_KEYS));
    }

    @Test
    void every_key_is_explained_to_the_reader_of_a_tool_tip() throws IOException {
        JsonNode root = Given.JSON.readTree(schema);
        for (ObjectNode definition : new ObjectNode[] {
            (ObjectNode) root,
            (ObjectNode) root.at("/definitions/kind"),
            (ObjectNode) root.at("/definitions/valueField")
        }) {
            definition.get("properties").properties().forEach(property -> {
                JsonNode value = property.getValue();
                String reference = value.path("$ref").asText("#/").substring(1);
                assertThat(value.has("description") || root.at(reference).has("description"))
                        .as(property.getKey())
                        .isTrue();
            });
        }
    }

    private static Set<String> keys(JsonNode object) {
        Set<String> keys = new TreeSet<>();
        object.path("properties").fieldNames().forEachRemaining(keys::add);
        return keys;
    }
}
