package org.synchub.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** What an integrator reads when a file is wrong. */
class BrokenMappingTest {

    static final String GOOD = """
            version: 1
            target: test
            tenant: demo
            mappingVersion: 3
            mappingChange: owe
            maxDeletes: {share: 0.05, number: 50}
            adapter:
              type: memory
              url: ${URL:http://127.0.0.1}
              password: ${PASSWORD}
            kinds:
              household:
                match: {data.entityName: household}
                onDelete: archive
                fields:
                  name: {path: data.name, required: true}
              person:
                match: {data.entityName: person}
                lane: data.parentGuid
                keys: [[ids.National ID], [last, born]]
                fields:
                  last: {path: data.last}
                  born: {path: data.born, type: date}
                  gender: {path: data.gender, values: {m: Male}, otherwise: keep}
                  full: {join: [data.first, data.last], separator: " "}
                  gps: {path: data.gps, parse: json, select: lat}
                  home: {path: data.parentGuid, reference: household}
                  kind: {constant: x}
                  address: {fields: {city: {path: data.city}}}
                  ids:
                    list: data.ids
                    where: {type: nid}
                    key: type
                    fields:
                      type: {path: type, values: {nid: National ID}}
                      no: {path: no, required: true}
            """;

    /**
     * One way to break the good file.
     *
     * @param find a text of the good file, replaced once; the empty text appends at the end
     * @param says the problems' text forms without the file's name
     */
    record Broken(String find, String replace, List<String> says) {

        String yaml() {
            int at = find.isEmpty() ? GOOD.length() : GOOD.indexOf(find);
            assertThat(at).as("'%s' is in the good file", find).isNotNegative();
            return GOOD.substring(0, at) + replace + GOOD.substring(at + find.length());
        }

        @Override
        public String toString() {
            return says.get(0);
        }
    }

    static List<Broken> files() throws IOException {
        String table = Files.readString(Path.of("src/test/resources/mappings/broken.yaml"));
        return Arrays.asList(Given.JSON.convertValue(new Yaml().load(table), Broken[].class));
    }

    private static Mapping load(String yaml) {
        return Mapping.parse(Path.of("mappings/test.yaml"), yaml, Map.of("PASSWORD", "s3cret")::get, PolicyCheck.NONE);
    }

    @Test
    void the_file_to_break_is_good() {
        assertThat(load(GOOD).kinds()).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("files")
    void a_mistake_is_reported_with_its_place_and_what_to_do(Broken broken) {
        MappingException failure = catchThrowableOfType(MappingException.class, () -> load(broken.yaml()));

        assertThat(failure).isNotNull();
        assertThat(failure)
                .hasMessage(broken.says().stream()
                        .map("mappings/test.yaml:"::concat)
                        .collect(Collectors.joining("\n")));
    }

    @Test
    void all_mistakes_are_reported_at_once_in_the_order_of_the_file() {
        String yaml = GOOD.replace("version: 1", "version: 2")
                .replace("${PASSWORD}", "${PASSWROD}")
                .replace("onDelete: archive", "onDelete: archve")
                .replace("{path: data.last}", "{pth: data.last}")
                .replace("key: type", "key: typ");

        assertThatThrownBy(() -> load(yaml))
                .isInstanceOfSatisfying(
                        MappingException.class,
                        failure -> assertThat(failure.problems())
                                .extracting(Problem::line)
                                .containsExactly(1, 10, 14, 22, 33));
    }

    @Test
    void a_file_without_a_mapping_is_refused() {
        assertThatThrownBy(() -> load("")).hasMessageContaining("test.yaml:1:1: the file is empty");
        assertThatThrownBy(() -> load("# only a comment\n")).hasMessageContaining("test.yaml:1:1: the file is empty");
        assertThatThrownBy(() -> load("- a\n- b\n"))
                .hasMessageContaining("test.yaml:1:1: a mapping file must be a map of keys and values, not a list");
        assertThatThrownBy(() -> load("a: \u0007"))
                .hasMessageContaining("a character that YAML does not allow (code 7)");
    }

    @Test
    void a_file_that_would_grow_without_end_is_refused() {
        StringBuilder yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 9; i++) {
            yaml.append(
                    "a%d: &a%d [%s]\n".formatted(i, i, "*a%d, ".formatted(i - 1).repeat(10)));
        }

        assertThatThrownBy(() -> load(yaml.toString())).hasMessageContaining("too large or too deeply nested");
    }

    @Test
    void a_file_that_is_not_there_or_not_utf_8_is_refused(@TempDir Path directory) throws IOException {
        Path latin = Files.write(directory.resolve("latin.yaml"), new byte[] {'a', ':', ' ', (byte) 0xE9, (byte) 0x20});

        assertThatThrownBy(() -> Mapping.load(directory.resolve("none.yaml"), name -> null))
                .hasMessageContaining("none.yaml:1:1: the file does not exist; check its name and its permissions");
        assertThatThrownBy(() -> Mapping.load(latin, name -> null)).hasMessageContaining("the file is not UTF-8");
    }

    @Test
    void no_message_shows_a_value_from_outside_the_file() {
        String yaml = GOOD.replace("type: memory", "type: memory\n  batchSize: ${PASSWORD}");
        Settings adapter = load(yaml).adapter();

        assertThatThrownBy(() -> adapter.integer("batchSize"))
                .hasMessageContaining("test.yaml:9:14: setting 'batchSize' must be a whole number")
                .hasMessageNotContaining("s3cret");
    }
}
