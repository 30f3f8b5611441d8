package org.synchub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page on the founding documents names nothing that is not there. */
class FoundingDocumentsTest {

    private static final Path PAGE = Path.of("docs/founding-documents.md");

    private static List<String> found(String pattern) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(PAGE))
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();
    }

    private static Set<String> classes(String root) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(root))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.replace(".java", ""))
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void every_test_it_names_is_there() throws Exception {
        assertThat(found("(?<=`)[A-Z][A-Za-z]+Test(?=`)"))
                .hasSizeGreaterThan(40)
                .isSubsetOf(classes("src/test/java"));
    }

    @Test
    void every_class_that_stands_for_an_interface_of_the_documents_is_there() throws Exception {
        assertThat(classes("src/main/java"))
                .contains("Entity", "Write", "Deliveries", "Diff", "LiveEvents", "Hints", "Operations", "Adapter");
    }

    @Test
    void every_metric_setting_and_page_it_names_is_there() throws Exception {
        assertThat(found("synchub_[a-z_]+"))
                .isNotEmpty()
                .allSatisfy(metric ->
                        assertThat(Files.readString(Path.of("docs/api.md"))).contains("`" + metric + "`"));
        assertThat(found("`synchub\\.[a-z.-]+`"))
                .isNotEmpty()
                .allSatisfy(setting -> assertThat(Files.readString(Path.of("docs/settings.md")))
                        .contains(setting));
        assertThat(found("(?<=\\]\\()[a-z/.-]+(?=\\))"))
                .isNotEmpty()
                .allSatisfy(page -> assertThat(PAGE.resolveSibling(page)).exists());
    }

    @Test
    void every_endpoint_of_the_hubs_it_names_is_in_the_document_of_the_api() throws Exception {
        assertThat(found("(?<=`)(GET|POST|DELETE) /api/v1/(targets|runs|records|conflicts|attention|events)[^`]*(?=`)"))
                .hasSizeGreaterThan(8)
                .allSatisfy(endpoint ->
                        assertThat(Files.readString(Path.of("docs/api.md"))).contains("| `" + endpoint + "` |"));
    }
}
