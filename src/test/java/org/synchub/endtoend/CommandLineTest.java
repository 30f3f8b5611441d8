package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.synchub.cli.ExitCode;
import org.synchub.testing.HubCommand;
import org.synchub.testing.TestDatabase;

/** Commands as people call them: a process, its words and its exit code. */
class CommandLineTest {

    private static final String KEY = "a key of 27 characters, yes";

    @TempDir
    private Path folder;

    private PGSimpleDataSource store;

    @BeforeEach
    void start() throws Exception {
        store = (PGSimpleDataSource) TestDatabase.dataCollect();
        Path mappings = Files.createDirectory(folder.resolve("mappings"));
        Files.copy(Path.of("mappings/examples/plain-rest.yaml"), mappings.resolve("plain-rest.yaml"));
    }

    private HubCommand call(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--spring.datasource.url=" + store.getUrl());
        all.add("--spring.datasource.username=" + store.getUser());
        // A relative folder would be found among the tests' resources first.
        all.add("--synchub.mappings=" + folder.resolve("mappings"));
        all.add("--synchub.routes=" + Path.of("routes").toAbsolutePath());
        return HubCommand.start(
                folder,
                Map.of(
                        "PLAIN_REST_TENANT",
                        "t",
                        "PLAIN_REST_URL",
                        "http://127.0.0.1:1/api",
                        "PLAIN_REST_TOKEN",
                        "unused"),
                all.toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--synchub.audit.key=15 characters..| synchub.audit.key has 15 characters; it needs 16 at least",
                "--synchub.exchanges.retention=-1d| synchub.exchanges.retention is",
                "--synchub.runs.retention=34d| synchub.runs.retention is 34d",
                "--synchub.security.login.key=c2hvcnQ=| synchub.security.login.key has 5 bytes"
            })
    void a_setting_that_cannot_be_ends_the_start_with_its_name_and_no_stack_trace(String setting, String words)
            throws Exception {
        try (HubCommand command = call("status", setting)) {
            assertThat(command.awaitExit(Duration.ofMinutes(2))).isEqualTo(ExitCode.CONFIGURATION);
            assertThat(command.said()).contains(words).doesNotContain("\tat ", "characters..");
        }
    }

    @Test
    void inspect_tells_of_a_target_that_was_never_spoken_to_for_people_and_for_programs() throws Exception {
        try (HubCommand people = call("inspect", "--synchub.audit.key=" + KEY)) {
            assertThat(people.awaitExit(Duration.ofMinutes(2)))
                    .as(people.said())
                    .isEqualTo(ExitCode.OK);
            assertThat(people.said())
                    .contains("plain-rest (tenant t): running", "0 unsynced", "last sync never", "0 conflicts")
                    .contains("Nothing of the target was read yet");
        }
        try (HubCommand programs = call("inspect", "plain-rest", "--json")) {
            assertThat(programs.awaitExit(Duration.ofMinutes(2))).isEqualTo(ExitCode.OK);
            // The log goes to the other stream, which the process under test writes into the same file.
            String lines = programs.said();
            JsonNode said = new ObjectMapper().readTree(lines.substring(("\n" + lines).indexOf("\n[")));
            assertThat(said.at("/0/target").asText()).isEqualTo("plain-rest");
            assertThat(said.at("/0/unsynced").asInt()).isZero();
        }
        try (HubCommand unknown = call("inspect", "nowhere")) {
            assertThat(unknown.awaitExit(Duration.ofMinutes(2))).isEqualTo(ExitCode.CONFIGURATION);
            assertThat(unknown.said()).contains("nowhere").doesNotContain("\tat ");
        }
    }

    @Test
    void a_user_is_made_listed_and_disabled_by_command_with_a_password_from_a_file() throws Exception {
        Path password = Files.writeString(folder.resolve("password"), "correct horse battery\n");
        try (HubCommand add = call("users", "add", "ann", "--role", "viewer", "--password-file", password.toString())) {
            assertThat(add.awaitExit(Duration.ofMinutes(2))).isEqualTo(ExitCode.OK);
            assertThat(add.said()).contains("User ann may log in as viewer").doesNotContain("battery");
        }
        try (HubCommand again = call("users", "add", "ann", "--role", "viewer")) {
            assertThat(again.awaitExit(Duration.ofMinutes(2))).isEqualTo(ExitCode.CONFIGURATION);
            assertThat(again.said()).contains("There is a user ann already");
        }
        try (HubCommand list = call("users", "list")) {
            assertThat(list.awaitExit(Duration.ofMinutes(2))).isEqualTo(ExitCode.OK);
            assertThat(list.said()).contains("viewer", "enabled", "never", "ann");
        }
        try (HubCommand usage = call("users", "promote")) {
            assertThat(usage.awaitExit(Duration.ofMinutes(2))).isEqualTo(ExitCode.USAGE);
        }
    }
}
