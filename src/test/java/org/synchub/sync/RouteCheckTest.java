package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.apache.camel.test.spring.junit5.UseAdviceWith;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.synchub.target.ConfigurationProblem;

/** What Camel would let pass in silence stops the start, with file and line. */
@CamelSpringBootTest
@SpringBootTest(classes = RoutesUnderTest.class, webEnvironment = WebEnvironment.NONE)
@UseAdviceWith
class RouteCheckTest {

    @Autowired
    private CamelContext camel;

    @TempDir
    private Path folder;

    private Path write(String name, String yaml) {
        try {
            return Files.writeString(folder.resolve(name), yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> problems(List<Path> files, List<Path> local) {
        ConfigurationProblem problem =
                catchThrowableOfType(ConfigurationProblem.class, () -> new RouteCheck(camel).check(files, local));
        return problem == null ? List.of() : problem.problems();
    }

    private String theProblem(String yaml) {
        List<String> problems = problems(List.of(write("mine.yaml", yaml)), List.of());
        assertThat(problems).hasSize(1);
        return problems.get(0);
    }

    private String line(int line) {
        return folder.resolve("mine.yaml") + ":" + line + ": ";
    }

    @Test
    void the_projects_own_routes_pass() throws IOException {
        List<Path> files;
        try (Stream<Path> list = Files.list(Path.of("routes"))) {
            files = list.filter(f -> f.toString().endsWith(".yaml")).toList();
        }

        assertThat(files).hasSizeGreaterThanOrEqualTo(4);
        assertThatCode(() -> new RouteCheck(camel).check(files, List.of())).doesNotThrowAnyException();
    }

    @Test
    void two_routes_with_one_id() {
        Path first = write("a.yaml", """
                - route:
                    id: mine
                    from:
                      uri: direct:a
                      steps: []
                """);
        Path second = write("b.yaml", """
                # another
                - route:
                    id: mine
                    from:
                      uri: direct:b
                      steps: []
                """);

        assertThat(problems(List.of(first, second), List.of()))
                .singleElement()
                .asString()
                .startsWith(second + ":3: route id 'mine' is taken by " + first + ":2")
                .contains("Camel would drop one", "routes/local/");
    }

    @Test
    void two_error_handlings_with_one_id() {
        assertThat(theProblem("""
                - routeConfiguration:
                    id: mine
                - routeConfiguration:
                    id: mine
                """)).startsWith(line(4) + "routeConfiguration id 'mine' is taken by");
    }

    @Test
    void one_id_in_the_integrators_own_folder_replaces_and_two_do_not() {
        String yaml = """
                - route:
                    id: mine
                    from:
                      uri: direct:a
                      steps: []
                """;
        Path theirs = write("a.yaml", yaml);
        Path own = write("own.yaml", yaml);
        Path again = write("own-again.yaml", yaml);

        assertThat(problems(List.of(theirs), List.of(own))).isEmpty();
        assertThat(problems(List.of(theirs), List.of(own, again)))
                .singleElement()
                .asString()
                .startsWith(again + ":2: route id 'mine' is taken by " + own + ":2");
    }

    @Test
    void a_route_without_an_id() {
        assertThat(theProblem("""
                - route:
                    from:
                      uri: direct:a
                      steps: []
                """)).startsWith(line(2) + "a route needs an id");
        assertThat(theProblem("""
                - from:
                    uri: direct:a
                    steps: []
                """)).startsWith(line(2) + "a route needs an id");
    }

    @Test
    void an_unknown_parameter_of_a_template() {
        assertThat(theProblem("""
                - routeTemplate:
                    id: copy
                    parameters:
                      - name: name
                      - name: delay
                    from:
                      uri: direct:{{name}}
                      steps: []
                - templatedRoute:
                    routeTemplateRef: copy
                    parameters:
                      - name: name
                        value: x
                      - name: deley
                        value: "5"
                """))
                .isEqualTo(line(14) + "template 'copy' has no parameter 'deley' and Camel would ignore it;"
                        + " it has delay, name");
    }

    @Test
    void a_template_that_is_not_there() {
        assertThat(theProblem("""
                - templatedRoute:
                    routeTemplateRef: coppy
                """)).isEqualTo(line(2) + "there is no route template 'coppy'");
    }

    @Test
    void a_misspelt_option_of_an_http_endpoint_is_named_and_its_value_is_not() {
        assertThat(theProblem("""
                - route:
                    id: mine
                    from:
                      uri: direct:a
                      steps:
                        - removeHeaders: {pattern: "*"}
                        - to: https://example.org/x?authUsername=u&authPasword=RAW(s3cr&et)
                """))
                .isEqualTo(line(7) + "'authPasword' is no option of a http endpoint;"
                        + " Camel would send it to the server in the query string");
        assertThat(theProblem("""
                - route:
                    id: mine
                    from:
                      uri: direct:a
                      steps:
                        - removeHeaders: {pattern: "*"}
                        - to:
                            uri: https://example.org/x
                            parameters:
                              authPasword: s3cret
                """))
                .startsWith(line(8) + "'authPasword' is no option")
                .doesNotContain("s3cret");
    }

    @Test
    void a_misspelt_option_of_any_other_endpoint() {
        assertThat(theProblem("""
                - route:
                    id: mine
                    from:
                      uri: quartz:a/b
                      parameters:
                        cronn: 0 0 * * * ?
                        trigger.timeZone: UTC
                      steps: []
                """)).isEqualTo(line(4) + "'cronn' is no option of a quartz endpoint");
    }

    @Test
    void an_outbound_route_that_lets_stray_headers_through() {
        String problem = "a route that calls out over HTTP must begin with removeHeaders";
        assertThat(theProblem("""
                - route:
                    id: mine
                    from:
                      uri: direct:a
                      steps:
                        - to: http://example.org
                """)).startsWith(line(2) + problem);
        assertThat(theProblem("""
                - route:
                    id: mine
                    from:
                      uri: direct:a
                      steps:
                        - setBody: {constant: x}
                        - removeHeaders: {pattern: "*"}
                        - enrich: {constant: "https://example.org"}
                """)).startsWith(line(2) + problem);
        assertThat(theProblem("""
                - route:
                    id: mine
                    from:
                      uri: direct:a
                      steps:
                        - removeHeaders: {pattern: "*", excludePattern: Camel*}
                        - choice:
                            when:
                              - simple: "${body} != null"
                                steps:
                                  - recipientList: {constant: "http://a.example,http://b.example"}
                """)).startsWith(line(2) + problem);
        assertThat(theProblem("""
                - routeTemplate:
                    id: mine
                    parameters:
                      - name: server
                    from:
                      uri: direct:a
                      steps:
                        - to: "{{server}}"
                """)).startsWith(line(2) + problem);
    }

    @Test
    void a_circuit_breaker_that_would_go_on_as_if_it_had_sent() {
        assertThat(theProblem("""
                - route:
                    id: mine
                    from:
                      uri: direct:a
                      steps:
                        - circuitBreaker:
                            resilience4jConfiguration:
                              minimumNumberOfCalls: 5
                            steps:
                              - setBody: {constant: x}
                """))
                .startsWith(line(7) + "a circuitBreaker needs")
                .contains("throwExceptionWhenHalfOpenOrOpenState");
    }

    @Test
    void an_error_handling_that_is_not_there() {
        assertThat(theProblem("""
                - route:
                    id: mine
                    routeConfigurationId: push-erors
                    from:
                      uri: direct:a
                      steps: []
                """))
                .isEqualTo(line(3) + "there is no routeConfiguration 'push-erors';"
                        + " Camel would run the route without its error handling");
    }

    @Test
    void a_message_to_nobody() {
        assertThat(theProblem("""
                - route:
                    id: mine
                    from:
                      uri: direct:a
                      steps:
                        - to: seda:b?waitForTaskToComplete=Never
                """)).isEqualTo(line(6) + "no route begins with seda:b");
    }

    @Test
    void a_bean_a_method_or_a_setting_that_is_not_there() {
        assertThat(problems(List.of(write("mine.yaml", """
                - route:
                    id: mine
                    from:
                      uri: quartz:a/b?cron={{synchub.pol.cron}}
                      steps:
                        - bean: {ref: captures, method: sweeep}
                        - bean: {ref: capturs, method: sweep}
                        - setBody:
                            method: {ref: captures, method: drain}
                        - setBody: {simple: "{{nobody:knows}} {{?nobody}}"}
                """)), List.of()))
                .containsExactly(
                        line(6) + "bean 'captures' has no method 'sweeep'; it has asked, drain, equals, hashCode,"
                                + " housekeeping, sweep, sweepUnlessTriggered, toString",
                        line(7) + "there is no bean 'capturs'",
                        line(4) + "setting 'synchub.pol.cron' is not there; set it, or give a default:"
                                + " {{synchub.pol.cron:…}}");
    }

    @Test
    void everything_wrong_is_said_at_once() {
        Path one = write("one.yaml", "- templatedRoute: {routeTemplateRef: no}\n");
        Path two = write("two.yaml", "- route: {id: x, from: {uri: 'direct:x', steps: [{to: 'direct:y'}]}}\n");

        assertThat(problems(List.of(one, two), List.of())).hasSize(2);
    }

    @Test
    void a_file_that_is_not_yaml_is_named_with_its_line_and_not_quoted() {
        assertThat(theProblem("""
                - route:
                    id: mine
                   password: s3cret
                """)).startsWith(line(3) + "is not YAML").doesNotContain("s3cret");
    }
}
