package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.apache.camel.test.spring.junit5.UseAdviceWith;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.annotation.DirtiesContext.ClassMode;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.synchub.sync.RoutesUnderTest.Writer;
import org.synchub.target.ConfigurationProblem;

/** An integrator replaces a route, a template or an error handling by its name and leaves the project's files alone. */
@CamelSpringBootTest
@SpringBootTest(classes = RoutesUnderTest.class, webEnvironment = WebEnvironment.NONE)
@UseAdviceWith
@DirtiesContext(classMode = ClassMode.AFTER_EACH_TEST_METHOD)
class RouteOverrideTest {

    @TempDir
    private static Path routes;

    @Autowired
    private CamelContext camel;

    @Autowired
    private ProducerTemplate producer;

    @Autowired
    private RoutesUnderTest.Asked asked;

    @Autowired
    private RoutesUnderTest.PushDouble push;

    @Autowired
    private TargetRegistry targets;

    @BeforeAll
    static void copyTheProjectsRoutesAndAddOnesOwn() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).toList()) {
                Files.copy(file, routes.resolve(file.getFileName()));
            }
        }
        Path local = Files.createDirectory(routes.resolve("local"));
        Files.writeString(local.resolve("a-first.yaml"), """
                # Sorted before every file of the project, and asks for an error handling of errors.yaml.
                - route:
                    id: own
                    routeConfigurationId: push-errors
                    from:
                      uri: direct:own
                      steps:
                        - throwException:
                            exceptionType: java.lang.IllegalStateException
                            message: own trouble
                """);
        Files.writeString(local.resolve("mine.yaml"), """
                - route:
                    id: housekeeping
                    from:
                      uri: direct:housekeeping
                      steps:
                        - bean: {ref: captures, method: sweep}
                - routeConfiguration:
                    id: push-writer-errors
                    onException:
                      - onException:
                          exception: [java.lang.Exception]
                          handled: {constant: "true"}
                          steps:
                            - bean: {ref: captures, method: housekeeping}
                - routeTemplate:
                    id: target-http
                    parameters:
                      - name: target
                      - name: url
                      - name: client
                    from:
                      uri: direct:http-{{target}}
                      steps:
                        - setBody: {constant: "my own way to {{target}}"}
                - templatedRoute:
                    routeId: http-mine
                    routeTemplateRef: target-http
                    parameters:
                      - {name: target, value: mine}
                      - {name: url, value: "http://127.0.0.1:1"}
                      - {name: client, value: none}
                """);
    }

    @DynamicPropertySource
    static void routes(DynamicPropertyRegistry properties) {
        properties.add("routes-under-test.routes", routes::toString);
    }

    @BeforeEach
    void start() throws Exception {
        RouteStarts.byHand(camel);
    }

    @Test
    void a_route() {
        producer.sendBody("direct:housekeeping", "");

        assertThat(asked.calls()).containsExactly("sweep");
    }

    @Test
    void the_other_routes_of_the_same_file_stay() {
        producer.sendBody("direct:start-drain", Map.of("waiting", 1));

        assertThat(asked.calls()).containsExactly("drain");
    }

    @Test
    void an_error_handling_and_the_projects_route_uses_it() {
        push.sendFailsFor = "writer";

        producer.sendBody("direct:push-writer", new Writer("writer", 1));

        assertThat(asked.calls()).containsExactly("writer claim", "writer map", "housekeeping");
    }

    @Test
    void a_template() {
        assertThat(producer.requestBody("direct:http-mine", "")).isEqualTo("my own way to mine");
    }

    @Test
    void a_route_of_ones_own_may_use_the_projects_error_handling() {
        producer.sendBody("direct:own", "");

        assertThat(asked.calls()).containsExactly("failed: own trouble");
    }

    @Test
    void a_file_with_another_ending_is_not_passed_over_in_silence(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("push.yaml"), "");
        Path misnamed = Files.writeString(folder.resolve("mine.yml"), "");

        assertThatThrownBy(() -> new RouteFiles(folder, targets, new DefaultSslBundleRegistry(), false)
                        .beforeApplicationStart(camel))
                .isInstanceOfSatisfying(
                        ConfigurationProblem.class,
                        problem -> assertThat(problem.problems())
                                .isEqualTo(List.of(misnamed + ": the hub reads files that end in .yaml; name it so")));
    }

    @Test
    void a_folder_without_routes_says_where_it_looked(@TempDir Path folder) {
        assertThatThrownBy(() -> new RouteFiles(folder, targets, new DefaultSslBundleRegistry(), false)
                        .beforeApplicationStart(camel))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining(folder.toAbsolutePath().toString())
                .hasMessageContaining("synchub.routes");
    }
}
