package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.synchub.SyncHub;
import org.synchub.cli.ExitCode;
import org.synchub.demo.FieldData;
import org.synchub.demo.SampleDevice;
import org.synchub.ledger.State;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.testing.ExpectedRegistry;
import org.synchub.testing.HubCommand;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.OwnPostgres;
import org.synchub.testing.TestHub;

/** The database is down, goes down, comes back, or does not let the hub in. On a real PostgreSQL that the tests take away. */
@ExtendWith(OutputCaptureExtension.class)
class DatabaseFailuresTest {

    private static final String TENANT = "t";
    private static final String GOES_ON = "Nothing is lost";

    private static OwnPostgres postgres;
    private static int databases;

    @TempDir
    private Path folder;

    private String database;
    private DataSource store;
    private OpenSppSimulator registry;

    @BeforeAll
    static void startServer() throws IOException {
        postgres = OwnPostgres.start();
    }

    @AfterAll
    static void stopServer() throws IOException {
        postgres.close();
    }

    @BeforeEach
    void fill() throws Exception {
        database = "store_" + ++databases;
        store = postgres.dataCollect(database);
        registry = OpenSppTarget.registry().latency(Duration.ofMillis(20)).start();
        Path mappings = Files.createDirectory(folder.resolve("mappings"));
        Files.writeString(
                mappings.resolve("registry.yaml"),
                OpenSppTarget.mapping("registry", TENANT, registry).replace("batchSize: 100", "batchSize: 20"));
        Path routes = Files.createDirectory(folder.resolve("routes"));
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, routes.resolve(file.getFileName()));
            }
        }
    }

    @AfterEach
    void bringBack() throws Exception {
        registry.close();
        postgres.up();
    }

    private String[] settings(String user, String password, String... command) {
        return Stream.concat(
                        Stream.of(command),
                        Stream.of(
                                "--spring.datasource.url=" + postgres.url(database),
                                "--spring.datasource.username=" + user,
                                "--spring.datasource.password=" + password,
                                "--spring.datasource.hikari.connection-timeout=1000",
                                "--synchub.mappings=" + folder.resolve("mappings"),
                                "--synchub.lease=3s",
                                "--synchub.poll.cron=* * * * * ?",
                                "--server.port=0"))
                .toArray(String[]::new);
    }

    private int execute(String... command) {
        return SyncHub.execute(settings("postgres", "", command));
    }

    private void assertComplete(int records) throws Exception {
        ExpectedRegistry expected = ExpectedRegistry.of(store, TENANT);
        assertThat(expected.size()).isEqualTo(records);
        assertThat(expected.differences(registry.registry())).isEmpty();
        assertThat(registry.registry().partners()).hasSize(records);
    }

    /** What the hub says, without what the tests' own server said when it started. */
    private static List<String> lines(CapturedOutput output) {
        return output.getAll().lines().filter(line -> !line.contains("zonky")).toList();
    }

    @Test
    void a_command_without_a_database_says_so_and_exits_3(CapturedOutput output) throws Exception {
        postgres.down();

        assertThat(execute("push", "registry")).isEqualTo(ExitCode.UNAVAILABLE);

        assertThat(output.getErr())
                .startsWith("The database cannot be reached: Connection to 127.0.0.1:")
                .contains(
                        "Check spring.datasource.url and that PostgreSQL runs. Nothing is lost; start the hub again then.");
        assertThat(lines(output)).hasSize(2);
    }

    @Test
    void a_hub_waits_for_its_database_only_as_long_as_it_was_told(CapturedOutput output) throws Exception {
        postgres.down();

        assertThat(execute("run", "--synchub.database-wait=1s")).isEqualTo(ExitCode.UNAVAILABLE);

        assertThat(output.getOut()).contains("Waiting for it up to 1 s (synchub.database-wait)");
        assertThat(output.getErr()).startsWith("The database cannot be reached: Connection to 127.0.0.1:");
        assertThat(lines(output)).hasSize(3);
    }

    @Test
    void a_hub_started_before_its_database_goes_on_when_that_is_there() throws Exception {
        FieldData.bulk(store, TENANT, 2, 4, 1);
        postgres.down();
        try (HubCommand hub = HubCommand.start(folder, settings("postgres", ""))) {
            hub.awaitSaid("Waiting for it up to 30 s (synchub.database-wait)");
            postgres.up();
            hub.awaitSaid("The database is there, going on");
            hub.awaitSaid("Ctrl-C stops it");
            assertComplete(10);

            hub.interrupt();
            assertThat(hub.awaitExit(Duration.ofSeconds(15))).isEqualTo(128 + 2);
            assertThat(hub.said()).doesNotContain("\tat ");
        }
    }

    @Test
    void a_wrong_password_or_name_of_the_database_is_a_matter_of_configuration(CapturedOutput output) throws Exception {
        postgres.user("limited", "right");

        assertThat(SyncHub.execute(settings("limited", "wrong", "status"))).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(SyncHub.execute(settings("limited", "wrong", "run"))).isEqualTo(ExitCode.CONFIGURATION);
        database = "nowhere";
        assertThat(execute("status")).isEqualTo(ExitCode.CONFIGURATION);

        String advice =
                "\nCheck spring.datasource.url, username and password, and that the user may create schema hub.\n";
        String refused =
                "The database refuses the hub: FATAL: password authentication failed for user \"limited\"" + advice;
        assertThat(output.getErr())
                .isEqualTo(refused + refused
                        + "The database refuses the hub: FATAL: database \"nowhere\" does not exist" + advice);
        assertThat(output.getAll()).doesNotContain("wrong");
    }

    @Test
    void a_user_without_the_right_to_create_the_hubs_schema_is_told_so(CapturedOutput output) throws Exception {
        postgres.user("poor", "right");

        assertThat(SyncHub.execute(settings("poor", "right", "status"))).isEqualTo(ExitCode.CONFIGURATION);

        assertThat(output.getErr())
                .startsWith("The database refuses the hub: ERROR: permission denied for database " + database)
                .contains("that the user may create schema hub");
        assertThat(lines(output)).hasSize(2);
    }

    @Test
    void a_command_whose_database_goes_down_meanwhile_exits_3_and_the_next_one_finishes_its_work(CapturedOutput output)
            throws Exception {
        FieldData.bulk(store, TENANT, 40, 4, 1);
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() -> execute("push", "registry"));
        await().atMost(Duration.ofSeconds(60)).until(() -> registry.registry().count("res.partner") > 40);
        postgres.down();
        assertThat(exit.get(60, TimeUnit.SECONDS)).isEqualTo(ExitCode.UNAVAILABLE);
        postgres.up();
        assertThat(output.getErr()).contains("The database cannot be reached: ").contains(GOES_ON);
        assertThat(output.getAll()).doesNotContain("\tat ");

        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> execute("push", "registry") == ExitCode.OK);
        assertComplete(200);
    }

    @Test
    void a_running_hub_outlives_its_database_and_goes_on_by_itself(CapturedOutput output) throws Exception {
        FieldData.bulk(store, TENANT, 40, 4, 1);
        try (TestHub hub = TestHub.on(store)
                .mapping("registry", Files.readString(folder.resolve("mappings/registry.yaml")))
                .set("synchub.schedules", true)
                .set("synchub.lease", "3s")
                .set("spring.datasource.hikari.connection-timeout", 1000)
                .start()) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> registry.registry().count("res.partner") > 40);
            postgres.down();
            await().atMost(Duration.ofSeconds(30)).until(() -> output.getOut().contains("The database is away: "));
            postgres.up();
            await().atMost(Duration.ofSeconds(30)).until(() -> output.getOut().contains("The database is back after"));

            SampleDevice device = new SampleDevice(store, TENANT, Clock.systemUTC(), 1);
            device.createPerson(device.createHousehold("House of Ann"), "Ann", "Home");
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .until(() -> hub.status("registry").in(State.DELIVERED) == 202);
            assertComplete(202);
            assertThat(output.getAll()).doesNotContain("\tat ");
            assertThat(lines(output).stream().filter(line -> line.contains("The database is away: ")))
                    .singleElement()
                    .asString()
                    .endsWith("Nothing is lost; the hub goes on by itself when it is back");
        }
    }
}
