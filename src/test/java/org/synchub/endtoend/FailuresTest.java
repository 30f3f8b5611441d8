package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.synchub.SyncHub;
import org.synchub.cli.Commands;
import org.synchub.cli.ExitCode;
import org.synchub.demo.FieldData;
import org.synchub.ledger.State;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.sync.StatusReport.TargetStatus;
import org.synchub.testing.ExpectedRegistry;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.StoreDump;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/**
 * What people get wrong and what breaks: one clear message, the right exit code, nothing lost, and work goes on by itself
 * once the cause is gone.
 */
@ExtendWith(OutputCaptureExtension.class)
class FailuresTest {

    private static final int RECORDS = 10;

    /** What is wrong with a target, how a command ends then, and what it says. */
    private enum Trouble {
        DOWN(
                builder -> builder,
                ExitCode.UNAVAILABLE,
                "backing_off",
                "cannot be reached at 127\\.0\\.0\\.1:\\d+ \\(connection refused\\); check adapter\\.url"),
        WRONG_PASSWORD(
                builder -> builder.login(OpenSppTarget.LOGIN, "another"),
                ExitCode.CONFIGURATION,
                "stopped",
                "refuses user 'hub' in database 'openspp'; check username and password \\(password or API key\\) in"),
        WRONG_DATABASE(
                builder -> builder.database("registry"),
                ExitCode.CONFIGURATION,
                "stopped",
                "database \"openspp\" does not exist; check database in"),
        UNKNOWN_FIELD(
                builder -> builder.withoutField("res.partner", "occupation"),
                ExitCode.CONFIGURATION,
                "stopped",
                "unknown-field\\.yaml:\\d+: kind 'individual' field 'occupation': the server has no field 'occupation' in res\\.partner"),
        EMPTY_VOCABULARY(
                OpenSppSimulator.Builder::withoutGenders,
                ExitCode.CONFIGURATION,
                "stopped",
                "empty-vocabulary\\.yaml:\\d+: kind 'individual' field 'gender': cannot be filled: the server's list for"
                        + " res\\.partner\\.gender \\(gender\\.type\\) is empty; add values to it");

        private final UnaryOperator<OpenSppSimulator.Builder> wrong;
        private final int exit;
        private final String condition;
        private final String says;

        Trouble(UnaryOperator<OpenSppSimulator.Builder> wrong, int exit, String condition, String says) {
            this.wrong = wrong;
            this.exit = exit;
            this.condition = condition;
            this.says = says;
        }

        String target() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** A server with something wrong, until somebody there mends it. */
    private static final class Server implements AutoCloseable {

        private OpenSppSimulator simulator;

        private Server(Trouble trouble) {
            simulator = trouble.wrong.apply(OpenSppTarget.registry()).start();
            if (trouble == Trouble.DOWN) {
                simulator.down();
            }
        }

        private void mend() {
            int port = simulator.port();
            simulator.close();
            simulator = OpenSppTarget.registry().port(port).start();
        }

        @Override
        public void close() {
            simulator.close();
        }
    }

    /** One database with a tenant, a target and a server for each trouble. */
    private static final class Scene implements AutoCloseable {

        private final DataSource store = TestDatabase.dataCollect();
        private final Map<Trouble, Server> servers = new EnumMap<>(Trouble.class);
        private final TestHub hub;

        private Scene(boolean schedules) throws SQLException {
            TestHub.Builder hubs = TestHub.on(store).set("synchub.schedules", schedules);
            for (Trouble trouble : Trouble.values()) {
                FieldData.bulk(store, trouble.target(), 2, RECORDS / 2 - 1, trouble.ordinal());
                Server server = new Server(trouble);
                servers.put(trouble, server);
                hubs.mapping(
                        trouble.target(), OpenSppTarget.mapping(trouble.target(), trouble.target(), server.simulator));
            }
            hub = hubs.start();
        }

        private Server server(Trouble trouble) {
            return Objects.requireNonNull(servers.get(trouble));
        }

        private TargetStatus status(Trouble trouble) {
            return hub.status(trouble.target());
        }

        private void assertComplete(Trouble trouble) throws SQLException {
            assertThat(status(trouble).in(State.DELIVERED)).isEqualTo(RECORDS);
            assertThat(ExpectedRegistry.of(store, trouble.target())
                            .differences(server(trouble).simulator.registry()))
                    .isEmpty();
        }

        @Override
        public void close() {
            hub.close();
            servers.values().forEach(Server::close);
        }
    }

    private static Scene onCommand;

    @BeforeAll
    static void start() throws SQLException {
        onCommand = new Scene(false);
    }

    @AfterAll
    static void stop() {
        onCommand.close();
    }

    @ParameterizedTest
    @EnumSource(Trouble.class)
    void a_command_says_what_is_wrong_with_a_target_and_delivers_everything_when_it_is_mended(
            Trouble trouble, CapturedOutput output) throws Exception {
        Commands commands = onCommand.hub.bean(Commands.class);

        assertThat(commands.validate(trouble.target())).isEqualTo(trouble.exit);
        assertThat(output.getOut()).containsPattern(trouble.says);
        assertThat(commands.push(trouble.target(), false)).isEqualTo(trouble.exit);

        assertThat(String.valueOf(onCommand.status(trouble).reason())).containsPattern(trouble.says);
        assertThat(onCommand.status(trouble).condition()).isEqualTo(trouble.condition);
        assertThat(onCommand.status(trouble).owed()).as("nothing is lost").isEqualTo(RECORDS);
        assertThat(output.getAll()).doesNotContain("\tat ");

        onCommand.server(trouble).mend();
        assertThat(commands.validate(trouble.target())).isEqualTo(ExitCode.OK);
        assertThat(commands.push(trouble.target(), false)).isEqualTo(ExitCode.OK);
        onCommand.assertComplete(trouble);
    }

    @Test
    void a_running_hub_goes_on_with_each_target_by_itself_when_it_is_mended(CapturedOutput output) throws Exception {
        try (Scene scene = new Scene(true)) {
            for (Trouble trouble : Trouble.values()) {
                await().atMost(Duration.ofSeconds(30))
                        .untilAsserted(() -> assertThat(scene.status(trouble).condition())
                                .as(trouble.target())
                                .isEqualTo(trouble.condition));
                assertThat(output.getAll()).containsPattern(trouble.target() + ": .*" + trouble.says);
                assertThat(scene.status(trouble).owed()).as("nothing is lost").isEqualTo(RECORDS);
            }

            scene.servers.values().forEach(Server::mend);
            TestHub.clock(scene.store, "6 minutes");

            for (Trouble trouble : Trouble.values()) {
                await().atMost(Duration.ofSeconds(30))
                        .untilAsserted(() -> assertThat(scene.status(trouble).in(State.DELIVERED))
                                .isEqualTo(RECORDS));
                scene.assertComplete(trouble);
                assertThat(output.getAll()).contains(trouble.target() + ": answers again, going on");
            }
            assertThat(output.getAll()).doesNotContain("\tat ");
        }
    }

    /** A command on this database, with the mappings of this folder. */
    private static int command(DataSource store, Path mappings, String... arguments) {
        PGSimpleDataSource database = (PGSimpleDataSource) store;
        return command(String.valueOf(database.getUrl()), "postgres", mappings, arguments);
    }

    private static int command(String url, String user, Path mappings, String... arguments) {
        String[] settings = {
            "--spring.datasource.url=" + url,
            "--spring.datasource.username=" + user,
            "--synchub.mappings=" + mappings,
            "--spring.jmx.enabled=false"
        };
        String[] all = java.util.stream.Stream.concat(
                        java.util.Arrays.stream(arguments), java.util.Arrays.stream(settings))
                .toArray(String[]::new);
        return SyncHub.execute(all);
    }

    @Test
    void a_port_that_is_taken_is_a_matter_of_configuration(@TempDir Path mappings, CapturedOutput output)
            throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int exit = command(
                    TestDatabase.dataCollect(),
                    shipped(mappings),
                    "run",
                    "--synchub.schedules=false",
                    "--server.port=" + taken.getLocalPort());

            assertThat(exit).isEqualTo(ExitCode.CONFIGURATION);
            assertThat(output.getErr())
                    .isEqualTo("Port " + taken.getLocalPort() + " is taken: perhaps the hub runs already. End the other"
                            + " program, or set server.port to another port\n");
        }
    }

    @Test
    void a_setting_that_is_not_understood_is_named(@TempDir Path mappings, CapturedOutput output) throws Exception {
        int exit = command(TestDatabase.dataCollect(), shipped(mappings), "status", "--synchub.lease=soon");

        assertThat(exit).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(output.getErr())
                .startsWith("The setting synchub.lease is not understood: ")
                .contains("'soon'")
                .doesNotContain("\tat ");
    }

    @Test
    void what_a_command_prints_for_programs_has_no_log_in_it(@TempDir Path mappings, CapturedOutput output)
            throws Exception {
        int before = output.getOut().length();

        int exit = command(TestDatabase.dataCollect(), shipped(mappings), "status", "--json");

        assertThat(exit).isEqualTo(ExitCode.OK);
        assertThat(output.getErr()).as("the log").contains("'password' holds a secret in clear");
        String printed = output.getOut().substring(before);
        assertThat(JsonMapper.builder().build().readTree(printed).at("/0/name").asText())
                .isEqualTo("openspp");
    }

    @Test
    void a_typing_mistake_in_a_mapping_is_shown_with_its_line_and_what_was_meant(
            @TempDir Path mappings, CapturedOutput output) throws Exception {
        Files.writeString(
                mappings.resolve("openspp.yaml"),
                OpenSppTarget.mapping("openspp", "demo", "http://127.0.0.1:1")
                        .replace("required: true", "requird: true"));

        int exit = command(TestDatabase.dataCollect(), mappings, "push", "openspp");

        assertThat(exit).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(output.getAll())
                .contains("The hub cannot start:")
                .containsPattern(
                        "openspp\\.yaml:\\d+:\\d+: unknown key 'requird' in field 'name'; did you mean 'required'\\?")
                .doesNotContain("\tat ");
    }

    @Test
    void a_database_that_is_not_datacollects_is_left_as_it_is(@TempDir Path mappings, CapturedOutput output)
            throws Exception {
        DataSource store = TestDatabase.empty();
        TestDatabase.run(store, "CREATE TABLE public.entities (id int)");
        List<String> before = StoreDump.of(store);

        int exit = command(store, shipped(mappings), "push", "openspp");

        assertThat(exit).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(output.getAll())
                .contains(
                        "is not DataCollect's: it has no table app_configs, audit_log, events, merkle_root in schema public."
                                + " Point spring.datasource.url at the database of a DataCollect server")
                .doesNotContain("\tat ");
        assertThat(StoreDump.of(store)).containsExactlyElementsOf(before);
        assertThat(TestDatabase.rows(store, "SELECT nspname FROM pg_namespace WHERE nspname = 'hub'"))
                .isEmpty();
    }

    private static Path shipped(Path mappings) throws IOException {
        Files.writeString(
                mappings.resolve("openspp.yaml"), OpenSppTarget.mapping("openspp", "demo", "http://127.0.0.1:1"));
        return mappings;
    }
}
