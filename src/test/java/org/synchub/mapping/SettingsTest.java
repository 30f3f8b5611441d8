package org.synchub.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    private static final Map<String, String> ENV =
            Map.of("NAME", "value", "EMPTY", "", "API_TOKEN", "t0ken", "SIZE", "7");

    @TempDir
    private Path directory = Path.of(".");

    private Mapping mapping(String settings) {
        String yaml = "version: 1\ntarget: test\ntenant: demo\nadapter:\n  type: memory\n"
                + settings.indent(2)
                + "kinds: {thing: {match: {type: thing}, fields: {name: {path: data.name}}}}\n";
        return Mapping.parse(directory.resolve("test.yaml"), yaml, ENV::get, PolicyCheck.NONE);
    }

    private Settings settings(String settings) {
        return mapping(settings).adapter();
    }

    @Test
    void settings_are_read_by_type() {
        Settings settings = settings("""
                url: http://x
                size: 100
                share: 0.5
                on: true
                wait: 30s
                mode: end-memberships
                tags: [a, b]
                nested: {deep: {size: 3}}
                several: [{name: a}, {name: b}]
                free: {a: [1, {b: c}]}
                """);

        assertThat(settings.text("url")).isEqualTo("http://x");
        assertThat(settings.text("none", "other")).isEqualTo("other");
        assertThat(settings.optionalText("none")).isEmpty();
        assertThat(settings.integer("size")).isEqualTo(100);
        assertThat(settings.integer("none", 5)).isEqualTo(5);
        assertThat(settings.decimal("share")).isEqualByComparingTo(new BigDecimal("0.5"));
        assertThat(settings.bool("on")).isTrue();
        assertThat(settings.bool("off", false)).isFalse();
        assertThat(settings.duration("wait")).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.choice("mode", OnDelete.class, OnDelete.ASK)).isEqualTo(OnDelete.END_MEMBERSHIPS);
        assertThat(settings.list("tags")).containsExactly("a", "b");
        assertThat(settings.list("url")).containsExactly("http://x");
        assertThat(settings.list("none")).isEmpty();
        assertThat(settings.child("nested").child("deep").integer("size")).isEqualTo(3);
        assertThat(settings.child("none").has("x")).isFalse();
        assertThat(settings.children("several")).extracting(s -> s.text("name")).containsExactly("a", "b");
        assertThat(settings.json("free")).isEqualTo(Given.json("{'a':[1,{'b':'c'}]}"));
    }

    @ParameterizedTest
    @CsvSource({"500ms, PT0.5S", "30s, PT30S", "5m, PT5M", "2h, PT2H", "1d, PT24H", "10 s, PT10S"})
    void a_time_has_a_unit(String text, Duration expected) {
        assertThat(settings("wait: " + text).duration("wait")).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} read as {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "x: many          | integer  | 6:6: setting 'x' must be a whole number such as 100, not 'many'",
                "x: 1.5           | integer  | 6:6: setting 'x' must be a whole number such as 100, not '1.5'",
                "x: 99999999999   | integer  | 6:6: setting 'x' must be a whole number such as 100, not '99999999999'",
                "x: half          | decimal  | 6:6: setting 'x' must be a number such as 0.5, not 'half'",
                "x: yes           | bool     | 6:6: setting 'x' must be true or false, not 'yes'",
                "x: 30            | duration | 6:6: setting 'x' must be a time such as 500ms, 30s, 5m, 2h or 1d, not '30'",
                "x: [a]           | text     | 6:6: setting 'x' must be a single value, not a list",
                "x: a             | child    | 6:6: setting 'x' must be a map, not text",
                "x: a             | children | 6:6: 'x' must be a list of maps, not of text",
                "x: ${NAME}       | integer  | 6:6: setting 'x' must be a whole number such as 100; the value comes from ${NAME}",
                "y: a             | text     | 5:3: required setting 'x' of 'adapter' is missing",
                "x:               | text     | 6:5: required setting 'x' of 'adapter' is missing",
            })
    void an_unfit_setting_is_refused_with_its_place(String yaml, String type, String message) {
        Settings settings = settings(yaml);

        assertThatThrownBy(() -> {
                    switch (type) {
                        case "integer" -> settings.integer("x");
                        case "decimal" -> settings.decimal("x");
                        case "bool" -> settings.bool("x");
                        case "duration" -> settings.duration("x");
                        case "child" -> settings.child("x");
                        case "children" -> settings.children("x");
                        default -> settings.text("x");
                    }
                })
                .isInstanceOf(MappingException.class)
                .hasMessageContaining("test.yaml:" + message)
                .hasMessageNotContaining("value;");
    }

    @Test
    void bounds_are_checked() {
        assertThat(settings("x: 5").integer("x", 1, 1, 10)).isEqualTo(5);
        assertThatThrownBy(() -> settings("x: 50").integer("x", 1, 1, 10))
                .hasMessageContaining("setting 'x' must be between 1 and 10, not '50'");
    }

    @Test
    void every_unknown_setting_is_reported_at_once() {
        assertThatThrownBy(() -> settings("batchsize: 1\nurll: x\nother: y").onlyKnown("type", "batchSize", "url"))
                .hasMessageContaining(
                        "test.yaml:6:3: unknown setting 'batchsize' in 'adapter'; did you mean 'batchSize'?")
                .hasMessageContaining("test.yaml:7:3: unknown setting 'urll' in 'adapter'; did you mean 'url'?")
                .hasMessageContaining(
                        "test.yaml:8:3: unknown setting 'other' in 'adapter'; known are type, batchSize, url");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "${NAME}              | value",
                "a-${NAME}-${NAME}-z  | a-value-value-z",
                "${NONE:fallback}     | fallback",
                "${EMPTY:fallback}    | fallback",
                "${NONE:http://x:80}  | http://x:80",
                "$${NAME}             | ${NAME}",
                "cost $5              | cost $5",
            })
    void placeholders_are_filled_in(String text, String expected) {
        assertThat(settings("x: '" + text + "'").text("x")).isEqualTo(expected);
    }

    @Test
    void a_number_may_come_from_the_environment() {
        Settings settings = settings("size: ${SIZE}\nfree:\n  size: ${SIZE}\n  text: \"${SIZE}\"");

        assertThat(settings.integer("size")).isEqualTo(7);
        assertThat(settings.json("free")).isEqualTo(Given.json("{'size':7,'text':'7'}"));
    }

    @Test
    void a_setting_with_an_empty_default_is_left_out_when_nothing_is_set() {
        Settings settings = settings("proxy: ${NONE:}");

        assertThat(settings.has("proxy")).isFalse();
        assertThat(settings.text("proxy", "none")).isEqualTo("none");
    }

    @Test
    void a_secret_may_come_from_a_file_beside_the_mapping(@TempDir Path secrets) throws IOException {
        Files.writeString(directory.resolve("password.txt"), "from file\n");
        Path absolute = Files.writeString(secrets.resolve("key"), "absolute");

        Settings settings = settings("password: ${file:password.txt}\nlogin: ${file:" + absolute + "}");

        assertThat(settings.secret("password").reveal()).isEqualTo("from file");
        assertThat(settings.text("login")).as("not a secret by its name").isEqualTo("absolute");
        assertThat(settings.masked()).isEqualTo(Given.json("{'type':'memory','password':'******','login':'******'}"));
    }

    @Test
    void a_secret_is_what_its_file_holds_when_it_is_asked_for_and_the_one_before_stays_masked() throws IOException {
        Path file = Files.writeString(directory.resolve("password.txt"), "old one\n");
        Settings settings = settings(
                "password: ${file:password.txt}\nbody: {user: hub, password: 'p ${file:password.txt}'}\nurl: http://${NAME}");
        Secret password = settings.secret("password");
        Secret header = password.as(text -> "Bearer " + text);
        assertThat(password.reveal()).isEqualTo("old one");

        Files.writeString(file, "new one\n");

        assertThat(settings.secrets()).as("before anybody used it").contains("old one", "new one", "p new one");
        assertThat(password.reveal()).isEqualTo("new one");
        assertThat(header.reveal()).isEqualTo("Bearer new one");
        assertThat(header).hasToString("******");
        assertThat(settings.json("body")).isEqualTo(Given.json("{'user':'hub','password':'p new one'}"));
        assertThat(settings.masked().toString()).doesNotContain("one");
    }

    @Test
    void nothing_that_can_be_printed_holds_a_secret() {
        Mapping mapping = mapping("""
                password: s3cret
                apiKey: s3cret
                login: ${API_TOKEN}
                headers: {Authorization: s3cret, Accept: json}
                tokens: [s3cret]
                proxy: http://user:s3cret@proxy:8080/x
                credentials: {name: s3cret}
                tokenUrl: http://idp/token
                url: http://${NAME}
                """);

        assertThat(mapping.masked().get("adapter")).isEqualTo(Given.json("""
                                {'type':'memory','password':'******','apiKey':'******','login':'******',
                                 'headers':{'Authorization':'******','Accept':'json'},'tokens':['******'],
                                 'proxy':'http://user:******@proxy:8080/x','credentials':{'name':'******'},
                                 'tokenUrl':'http://idp/token','url':'http://value'}"""));
        assertThat(mapping + mapping.adapter().toString() + mapping.masked() + mapping.warnings())
                .doesNotContain("s3cret", "t0ken");
        assertThat(mapping.adapter().secret("apiKey")).hasToString("******");
        assertThat(mapping.adapter().secret("apiKey").reveal()).isEqualTo("s3cret");
    }

    @Test
    void a_secret_in_clear_is_a_warning() {
        assertThat(mapping("password: s3cret\nproxy: http://u:s3cret@p\nsecret: ${NAME}\ntoken: ''")
                        .warnings())
                .extracting(Problem::toString)
                .satisfiesExactly(
                        first -> assertThat(first)
                                .endsWith("test.yaml:6:13: 'password' holds a secret in clear; take it from the "
                                        + "environment or a file: ${NAME} or ${file:/run/secrets/name}"),
                        second -> assertThat(second).contains("test.yaml:7:10: 'proxy' holds a password"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "list"})
    void a_secret_is_read_as_a_secret_only(String how) {
        Settings settings = settings("password: ${NAME}");

        assertThatThrownBy(() -> {
                    if (how.equals("text")) {
                        settings.text("password");
                    } else {
                        settings.list("password");
                    }
                })
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("setting 'password' is a secret: read it with secret()");
    }

    @Test
    void a_missing_secret_says_so() {
        assertThatThrownBy(() -> settings("url: x").secret("password"))
                .hasMessageContaining("required setting 'password' of 'adapter' is missing");
        assertThat(settings("url: x").optionalSecret("password")).isEmpty();
    }
}
