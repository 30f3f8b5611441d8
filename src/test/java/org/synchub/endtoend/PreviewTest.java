package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.synchub.admin.security.Role;
import org.synchub.cli.Commands;
import org.synchub.cli.ExitCode;
import org.synchub.cli.PreviewCommands;
import org.synchub.demo.SampleDevice;
import org.synchub.simulator.http.Fault;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.Request;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.records.RecordServer;
import org.synchub.sync.NoSuchThing;
import org.synchub.sync.Preview;
import org.synchub.sync.Previews;
import org.synchub.sync.Trials;
import org.synchub.testing.ApiClient;
import org.synchub.testing.HubCommand;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** One record looked at both ways with nothing sent, and one record sent: service, commands, API. */
class PreviewTest {

    private static final String TARGET = "plain-rest";

    private static final RecordServer server =
            RecordServer.builder().wrapped().etags().start();
    private static final OpenSppSimulator openSpp = OpenSppTarget.registry().start();
    private static DataSource store;
    private static String mapping;
    private static TestHub hub;
    private static SampleDevice device;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private String household;
    private String person;

    @BeforeAll
    static void start() throws SQLException, IOException {
        store = TestDatabase.dataCollect();
        mapping = Files.readString(Path.of("mappings/examples/plain-rest.yaml"))
                .replace("${PLAIN_REST_TENANT:demo}", "t")
                .replace("${PLAIN_REST_URL:http://127.0.0.1:3001/api}", server.url() + "/api")
                .replace("${PLAIN_REST_TOKEN}", RecordServer.CREDENTIAL);
        hub = TestHub.on(store)
                .mapping(TARGET, mapping)
                .mapping("openspp", OpenSppTarget.mapping("openspp", "t", openSpp))
                .set("server.port", 0)
                .start();
        device = new SampleDevice(store, "t", Clock.systemUTC(), 1);
    }

    @AfterAll
    static void stop() {
        hub.close();
        server.close();
        openSpp.close();
    }

    @BeforeEach
    void aHouseholdThere() throws SQLException {
        household = device.createHousehold("House of Zoë");
        hub.push(TARGET);
        hub.push("openspp");
        person = device.createPerson(household, "Zoraida", "O'Home");
        server.requests().clear();
    }

    private Preview preview(String target, boolean values) {
        return hub.bean(Previews.class).of(target, person, values);
    }

    private PreviewCommands commands(String input) {
        return new PreviewCommands(
                new PrintStream(printed, true, StandardCharsets.UTF_8),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                hub.bean(Previews.class),
                hub.bean(Trials.class),
                Json.MAPPER);
    }

    private String said() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    private List<String> linked() throws SQLException {
        return TestDatabase.rows(store, "SELECT target FROM hub.link WHERE guid = '" + person + "' ORDER BY 1");
    }

    @Test
    void a_new_record_is_mapped_and_its_request_shown_without_values_and_nothing_is_sent() throws Exception {
        Preview preview = preview(TARGET, false);

        assertThat(preview.kind()).isEqualTo("individual");
        assertThat(preview.problems()).isEmpty();
        assertThat(preview.outcome()).isEqualTo("sent");
        assertThat(preview.record().path("firstName").asText()).isEqualTo("‹text›");
        Preview.Asked request = preview.request();
        assertThat(request.method() + " " + request.path()).isEqualTo("POST /users");
        assertThat(request.headers())
                .containsEntry("Authorization", "‹hidden›")
                .containsEntry("Accept", "application/json");
        assertThat(request.body())
                .isEqualTo(Json.object(
                        "id", person,
                        "firstName", "‹text›",
                        "lastName", "‹text›",
                        "birthDate", "‹text›",
                        "householdId", household,
                        "role", "beneficiary"));
        assertThat(preview.remote()).isNull();
        assertThat(server.requests().entries()).allMatch(asked -> asked.method().equals("GET"));
        assertThat(server.records("users")).doesNotContainKey(person);
        assertThat(linked()).isEmpty();
    }

    @Test
    void values_are_shown_when_they_are_asked_for_and_the_credential_never() {
        Preview preview = preview(TARGET, true);

        assertThat(preview.request().body().path("lastName").asText()).isEqualTo("O'Home");
        assertThat(preview.toString()).contains("Zoraida").doesNotContain(RecordServer.CREDENTIAL);
    }

    @Test
    void a_request_to_openspp_is_shown_without_its_password_although_that_stands_in_its_body() throws Exception {
        Preview masked = preview("openspp", false);
        Preview open = preview("openspp", true);

        assertThat(masked.outcome()).isEqualTo("sent");
        assertThat(masked.request().body().path("method").asText()).isEqualTo("call");
        assertThat(masked.request().body().toString())
                .contains("\"res.partner\"", "\"create\"", "‹secret›")
                .doesNotContain("Zoraida", "ZORAIDA", OpenSppTarget.PASSWORD);
        assertThat(open.request().body().toString())
                .contains("Zoraida", "‹secret›")
                .doesNotContain(OpenSppTarget.PASSWORD);
        assertThat(linked()).isEmpty();
    }

    @Test
    void a_record_that_waits_for_another_says_for_which() throws SQLException {
        String other = device.createHousehold("Not sent yet");
        person = device.createPerson(other, "Ann", "Home");

        Preview preview = preview(TARGET, false);

        assertThat(preview.outcome()).isEqualTo("not sent");
        assertThat(preview.problems())
                .containsExactly("Waits for household " + other + ", which the target does not have yet");
        assertThat(server.requests().entries()).isEmpty();
    }

    @Test
    void a_record_that_cannot_be_mapped_names_the_line() throws SQLException {
        person = device.createPerson(household, "", "Home");

        Preview preview = preview(TARGET, false);

        assertThat(preview.problems())
                .singleElement()
                .asString()
                .matches(
                        ".*plain-rest\\.yaml:\\d+: field 'firstName': required, but data.first_name is missing or blank.*");
        assertThat(commands("").preview(TARGET, person, false, false)).isEqualTo(ExitCode.ATTENTION);
    }

    @Test
    void what_the_target_changed_is_shown_as_what_it_would_become_here() throws SQLException {
        hub.push(TARGET);
        server.edit("users", person, "firstName", "Hannah");
        server.edit("users", person, "phone", "12345");

        Preview masked = preview(TARGET, false);
        Preview open = preview(TARGET, true);

        assertThat(masked.externalId()).isEqualTo("individual/" + person);
        assertThat(masked.outcome()).isEqualTo("nothing to send: as it was last agreed on");
        assertThat(masked.changesHere())
                .extracting(change -> change.path() + " " + change.now() + " " + change.then())
                .containsExactlyInAnyOrder(
                        "data.first_name \"‹text›\" \"‹text›\"", "data.phone_number null \"‹text›\"");
        assertThat(open.changesHere())
                .extracting(change -> change.path() + " " + change.now() + " " + change.then())
                .contains("data.first_name \"Zoraida\" \"Hannah\"");
        assertThat(open.remote().path("firstName").asText()).isEqualTo("Hannah");
        assertThat(TestDatabase.value(store, "SELECT count(*) FROM public.events WHERE sync_level = 2"))
                .isEqualTo("0");
    }

    @Test
    void a_change_here_is_shown_with_the_targets_own_record_under_it_and_no_value_of_either() throws SQLException {
        hub.push(TARGET);
        server.edit("users", person, "preferences", "dark-mode-person");
        device.update(person, "first_name", "Anna");

        Preview preview = preview(TARGET, false);

        assertThat(preview.request().method() + " " + preview.request().path()).isEqualTo("PUT /users/" + person);
        assertThat(preview.request().headers()).containsKey("If-Match");
        assertThat(preview.request().body().path("preferences").asText()).isEqualTo("‹text›");
        assertThat(preview.toString()).doesNotContain("Anna", "Zoraida", "dark-mode");
        assertThat(server.records("users").get(person).path("firstName").asText())
                .isEqualTo("Zoraida");
    }

    @Test
    void who_is_not_there_is_no_record_and_some_that_are_there_are_named() {
        assertThatThrownBy(() -> hub.bean(Previews.class).of(TARGET, "nobody", false))
                .isInstanceOf(NoSuchThing.class)
                .hasMessageMatching(
                        ".* has no entity nobody; it has household [-0-9a-f]{36}, individual [-0-9a-f]{36}");
    }

    @Test
    void a_target_that_wants_no_login_is_asked_by_validate_all_the_same() {
        Commands commands = hub.bean(Commands.class);
        server.faults().next(1, Request.any(), Fault.status(401));

        assertThat(commands.validate(TARGET)).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(commands.validate(TARGET)).isEqualTo(ExitCode.OK);
        assertThat(server.requests().entries())
                .hasSizeGreaterThan(1)
                .allMatch(asked -> asked.method().equals("GET"));
    }

    @Test
    void the_api_shows_it_to_an_operator_without_values() {
        ApiClient.Answer answer =
                hub.api(Role.OPERATOR).get("/api/v1/targets/" + TARGET + "/records/" + person + "/preview");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/request/method").asText()).isEqualTo("POST");
        assertThat(answer.json().at("/request/body/firstName").asText()).isEqualTo("‹text›");
        assertThat(answer.body()).doesNotContain("Zoraida");
        assertThat(server.records("users")).doesNotContainKey(person);
    }

    @Test
    void a_target_that_is_down_is_said_so() {
        server.faults().always(Request.any(), Fault.status(503));
        try {
            assertThat(commands("").preview(TARGET, person, false, false)).isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(said()).contains("HTTP 503");
        } finally {
            server.faults().clear();
        }
    }

    @Test
    void trying_without_a_yes_sends_nothing() throws SQLException {
        assertThat(commands("no\n").tryOut(TARGET, person, false, false)).isEqualTo(ExitCode.ATTENTION);
        assertThat(commands("").tryOut(TARGET, person, false, false)).isEqualTo(ExitCode.ATTENTION);

        assertThat(said()).contains("first:\n  POST /users", "Not sent");
        assertThat(server.records("users")).doesNotContainKey(person);
        assertThat(linked()).isEmpty();
    }

    @Test
    void trying_sends_this_record_alone_keeps_its_link_and_tells_what_was_said() throws SQLException {
        String other = device.createPerson(household, "Bo", "Home");

        assertThat(commands("yes\n").tryOut(TARGET, person, false, false)).isEqualTo(ExitCode.OK);

        assertThat(said())
                .contains("Request 'create individual':", "answered HTTP 201")
                .contains(TARGET + ": delivered, linked to its record individual/" + person)
                .doesNotContain("Zoraida", "O'Home", RecordServer.CREDENTIAL);
        assertThat(server.records("users")).containsKey(person).doesNotContainKey(other);
        assertThat(linked()).containsExactly(TARGET);
        server.requests().clear();

        hub.push(TARGET);

        assertThat(server.requests().entries())
                .as("the other one goes out as usual, this one is settled")
                .filteredOn(asked -> !asked.method().equals("GET"))
                .extracting(asked -> asked.body().path("id").asText())
                .containsExactly(other);
    }

    @Test
    void trying_again_compares_and_writes_only_what_differs() throws SQLException {
        hub.push(TARGET);
        server.requests().clear();

        assertThat(commands("").tryOut(TARGET, person, false, true)).isEqualTo(ExitCode.OK);

        assertThat(server.requests().entries())
                .isNotEmpty()
                .allMatch(asked -> asked.method().equals("GET"));
    }

    @Test
    void the_commands_do_it_from_a_terminal(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve(TARGET + ".yaml"), mapping);
        Files.writeString(folder.resolve("openspp.yaml"), OpenSppTarget.mapping("openspp", "t", openSpp));

        try (HubCommand preview = command(folder, "preview", TARGET, person)) {
            assertThat(preview.awaitExit(Duration.ofMinutes(1)))
                    .as(preview.said())
                    .isEqualTo(ExitCode.OK);
            assertThat(preview.said())
                    .contains("POST /users", "Nothing was changed anywhere")
                    .doesNotContain("Zoraida");
        }
        assertThat(linked()).isEmpty();

        try (HubCommand sent = command(folder, "try", TARGET, person, "--yes")) {
            assertThat(sent.awaitExit(Duration.ofMinutes(1))).as(sent.said()).isEqualTo(ExitCode.OK);
            assertThat(sent.said()).contains(TARGET + ": delivered").doesNotContain("Zoraida");
        }
        assertThat(linked()).containsExactly(TARGET);
    }

    private static HubCommand command(Path folder, String... words) throws IOException {
        PGSimpleDataSource database = (PGSimpleDataSource) store;
        List<String> all = new ArrayList<>(List.of(words));
        all.add("--spring.datasource.url=" + database.getUrl());
        all.add("--spring.datasource.username=" + database.getUser());
        all.add("--synchub.mappings=" + folder);
        all.add("--synchub.routes=" + Path.of("routes").toAbsolutePath());
        return HubCommand.start(folder, all.toArray(String[]::new));
    }
}
