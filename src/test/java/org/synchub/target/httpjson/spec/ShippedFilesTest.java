package org.synchub.target.httpjson.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.PolicyCheck;

/** What is shipped and shown can be used. */
class ShippedFilesTest {

    private static final Path EXAMPLES = Path.of("mappings/examples");

    static List<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.sorted().toList();
        }
    }

    static List<Path> loadable() throws IOException {
        List<Path> files = new ArrayList<>(examples());
        files.add(Path.of("mappings/demo/partner.yaml"));
        return files;
    }

    @ParameterizedTest
    @MethodSource("loadable")
    void every_example_can_be_loaded_and_holds_no_secret(Path file) {
        Mapping mapping = Mapping.load(file, name -> name.endsWith("URL") ? "http://127.0.0.1:1" : "anything");

        assertThat(Spec.of(mapping).requests()).isNotEmpty();
        assertThat(mapping.warnings()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void every_example_has_a_page(Path file) throws IOException {
        String target = file.getFileName().toString().replace(".yaml", "");

        assertThat(Files.readString(Path.of("docs/targets/" + target + ".md")))
                .contains(EXAMPLES + "/" + target + ".yaml");
    }

    @Test
    void no_java_of_the_hub_names_a_system_that_a_file_declares() throws IOException {
        Pattern names = Pattern.compile(
                "collect.?pay|health.?record|synchroni[sz]ation.?system|open.?fn|plain.?rest|nhrs",
                Pattern.CASE_INSENSITIVE);
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                assertThat(Files.readString(file)).as(file.toString()).doesNotContainPattern(names);
            }
        }
    }

    @Test
    void the_short_example_of_the_reference_can_be_loaded() throws IOException {
        Matcher example = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("docs/targets/http-json.md")));
        assertThat(example.find()).isTrue();

        Mapping mapping = Mapping.parse(
                Path.of("mappings/registry.yaml"),
                example.group(1).replace("${file:/run/secrets/registry-token}", "${TOKEN}"),
                name -> "TOKEN".equals(name) ? "t" : null,
                PolicyCheck.NONE);

        assertThat(Spec.of(mapping).requests()).hasSize(6);
    }
}
