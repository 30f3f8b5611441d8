package org.synchub;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/**
 * What is known of each system that a shipped mapping file speaks to is listed in {@code src/test/resources/facts}, one file
 * per system, each fact with the tests that show that the hub handles it.
 */
class FactsTest {

    private static final Path FACTS = Path.of("src/test/resources/facts");
    private static final Set<String> KEYS = Set.of("fact", "shown", "unused");

    private static Map<String, Set<String>> tests;

    @BeforeAll
    static void readTheTests() {
        tests = new ClassFileImporter()
                .importUrl(FactsTest.class.getProtectionDomain().getCodeSource().getLocation()).stream()
                        .filter(type -> type.getSimpleName().endsWith("Test"))
                        .collect(Collectors.toMap(JavaClass::getSimpleName, FactsTest::testsOf, (one, other) -> {
                            Set<String> both = new TreeSet<>(one);
                            both.addAll(other);
                            return both;
                        }));
    }

    private static Set<String> testsOf(JavaClass type) {
        return type.getMethods().stream()
                .filter(method -> method.isAnnotatedWith(Test.class) || method.isAnnotatedWith(ParameterizedTest.class))
                .map(JavaMethod::getName)
                .collect(Collectors.toSet());
    }

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FACTS)) {
            return files.sorted().toList();
        }
    }

    private static List<Map<String, Object>> facts(Path file) throws IOException {
        return new Yaml().load(Files.readString(file));
    }

    private static List<?> shown(Map<String, Object> fact) {
        return fact.get("shown") instanceof List<?> list ? list : List.of();
    }

    @ParameterizedTest
    @MethodSource("files")
    void every_fact_is_shown_by_tests_that_there_are_or_says_why_the_hub_has_no_use_for_it(Path file)
            throws IOException {
        assertThat(facts(file)).isNotEmpty().allSatisfy(fact -> {
            assertThat(KEYS).containsAll(fact.keySet());
            assertThat((String) fact.get("fact")).isNotBlank();
            assertThat(fact.containsKey("unused"))
                    .as("'%s' is either shown or unused", fact.get("fact"))
                    .isEqualTo(shown(fact).isEmpty());
            shown(fact).forEach(test -> {
                String[] name = test.toString().split("#", 2);
                assertThat(tests).as("a test class").containsKey(name[0]);
                assertThat(tests.get(name[0])).as("tests of " + name[0]).contains(name[1]);
            });
        });
    }

    @ParameterizedTest
    @MethodSource("files")
    void no_fact_is_listed_twice(Path file) throws IOException {
        assertThat(facts(file).stream().map(fact -> fact.get("fact"))).doesNotHaveDuplicates();
    }

    @Test
    void every_shipped_mapping_file_has_its_facts() throws IOException {
        Set<String> shipped = new TreeSet<>();
        for (String folder : List.of("mappings", "mappings/examples")) {
            try (Stream<Path> files = Files.list(Path.of(folder))) {
                files.map(file -> file.getFileName().toString())
                        .filter(name -> name.endsWith(".yaml"))
                        .forEach(shipped::add);
            }
        }

        assertThat(files().stream().map(file -> file.getFileName().toString())).containsAll(shipped);
    }
}
