package org.synchub.target.httpjson.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.tomakehurst.wiremock.client.WireMock.JsonSchemaVersion;
import com.github.tomakehurst.wiremock.matching.MatchesJsonSchemaPattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.synchub.target.httpjson.BrokenHttpJsonTest;
import org.yaml.snakeyaml.Yaml;

/** The schema for editors and the reference know the keys of an http-json target that the hub knows. */
class HttpJsonSchemaTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String[]> SECTIONS = Map.ofEntries(
            Map.entry("/definitions/httpJson/properties/hints", HintSpec.KEYS),
            Map.entry("/definitions/httpJson", SpecReader.KEYS),
            Map.entry("/definitions/httpJson/properties/record", RecordSpec.KEYS),
            Map.entry("/definitions/httpJson/properties/write", WriteSpec.KEYS),
            Map.entry("/definitions/httpJson/properties/key", Key.KEYS),
            Map.entry("/definitions/request", Request.KEYS),
            Map.entry("/definitions/request/properties/answer", Answer.KEYS),
            Map.entry("/definitions/request/properties/pages", Pages.KEYS),
            Map.entry("/definitions/request/properties/since", Since.KEYS),
            Map.entry("/definitions/outcomes/items", Rule.KEYS),
            Map.entry("/definitions/conditions/additionalProperties/anyOf/2", Condition.KEYS));

    private final String schema = Files.readString(Path.of("mappings/mapping.schema.json"));
    private final MatchesJsonSchemaPattern pattern = new MatchesJsonSchemaPattern(schema, JsonSchemaVersion.V7);

    HttpJsonSchemaTest() throws IOException {}

    private boolean accepts(String yaml) {
        return pattern.match(JSON.valueToTree(new Yaml().load(yaml)).toString()).isExactMatch();
    }

    static Stream<Map.Entry<String, String[]>> sections() {
        return SECTIONS.entrySet().stream();
    }

    static Object[] formalMistakes() throws IOException {
        return BrokenHttpJsonTest.files().stream()
                .filter(broken -> broken.says().stream()
                        .anyMatch(said -> said.contains("unknown setting")
                                || said.contains("must be one of")
                                || said.contains("is no method")
                                || said.contains("is no HTTP status")
                                || said.contains("is no request")
                                || said.contains("must be between")
                                || said.contains("'limits' must be a map")
                                || said.contains("must be from 0.001")))
                .toArray();
    }

    @ParameterizedTest
    @MethodSource("sections")
    void it_knows_the_keys_that_the_hub_knows(Map.Entry<String, String[]> section) throws IOException {
        JsonNode object = JSON.readTree(schema).at(section.getKey());
        Set<String> keys = new TreeSet<>();
        object.path("properties").fieldNames().forEachRemaining(keys::add);

        assertThat(keys).isEqualTo(new TreeSet<>(Arrays.asList(section.getValue())));
        assertThat(object.path("additionalProperties").asText()).isEqualTo("false");
    }

    @Test
    void it_accepts_the_file_that_uses_every_key_and_all_examples() throws IOException {
        assertThat(accepts(BrokenHttpJsonTest.GOOD)).isTrue();
        for (Path file : ShippedFilesTest.examples()) {
            assertThat(accepts(Files.readString(file))).as(file.toString()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("formalMistakes")
    void it_refuses_what_the_hub_refuses_by_form(BrokenHttpJsonTest.Broken broken) {
        assertThat(accepts(broken.yaml())).isFalse();
    }

    @Test
    void every_key_is_in_the_reference() throws IOException {
        String docs = Files.readString(Path.of("docs/targets/http-json.md"));

        SECTIONS.values()
                .forEach(keys -> assertThat(keys)
                        .allSatisfy(key ->
                                assertThat(docs).containsPattern("`" + key + "[`:]|\\{" + key + ": |`.*, " + key)));
    }
}
