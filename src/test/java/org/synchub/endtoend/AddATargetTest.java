package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.cli.Commands;
import org.synchub.cli.ExitCode;
import org.synchub.cli.PreviewCommands;
import org.synchub.demo.SampleDevice;
import org.synchub.simulator.http.Fault;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.Request;
import org.synchub.simulator.rationdesk.RationDesk;
import org.synchub.sync.Previews;
import org.synchub.sync.TargetRegistry;
import org.synchub.sync.Trials;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** The mapping file of docs/add-a-target.md, taken out of the page, against a server that does what the page's API says. */
class AddATargetTest {

    private static final String TARGET = "ration-desk";

    private static final RationDesk desk = new RationDesk();
    private static DataSource store;
    private static TestHub hub;
    private static SampleDevice device;

    private String household;
    private String person;

    @BeforeAll
    static void start() throws SQLException, IOException {
        store = TestDatabase.dataCollect();
        hub = TestHub.on(store)
                .mapping(TARGET, shown())
                .set("RATION_TENANT", "t")
                .set("RATION_URL", desk.url())
                .set("RATION_USER", RationDesk.USER)
                .set("RATION_PASSWORD", RationDesk.PASSWORD)
                .start();
        device = new SampleDevice(store, "t", Clock.systemUTC(), 1);
    }

    private static String shown() throws IOException {
        Matcher yaml = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("docs/add-a-target.md")));
        assertThat(yaml.find()).as("the page shows a mapping file").isTrue();
        return yaml.group(1);
    }

    @AfterAll
    static void stop() {
        hub.close();
        desk.close();
    }

    @BeforeEach
    void capture() throws SQLException {
        household = device.createHousehold("House of Ann & Bo");
        ObjectNode form = Json.object(
                "entityName", "individual",
                "name", "Ann O'Home",
                "submit", true,
                "first_name", "Ann",
                "last_name", "O'Home",
                "gender", "female",
                "date_of_birth", "1985-04-03T00:00:00+07:00",
                "monthly_allowance", "57.75",
                "parentGuid", household);
        person = device.create(form);
        desk.requests().clear();
    }

    private ObjectNode there() {
        return desk.byRef("persons").get(person);
    }

    private void pull() {
        hub.pull(TARGET);
    }

    private long changesHere() throws SQLException {
        return Long.parseLong(TestDatabase.value(
                store,
                "SELECT count(*) FROM public.events WHERE sync_level = 2 AND entity_guid IN ('" + person + "', '"
                        + household + "')"));
    }

    @Test
    void it_is_valid_and_promises_what_the_page_says() {
        assertThat(hub.bean(Commands.class).validate(TARGET)).isEqualTo(ExitCode.OK);
        assertThat(hub.bean(TargetRegistry.class)
                        .get(TARGET)
                        .adapter()
                        .prepare()
                        .guarantee())
                .startsWith("once");
    }

    @Test
    void the_loop_of_preview_and_try_ends_with_a_record_there_that_would_change_nothing_here() {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PreviewCommands commands = new PreviewCommands(
                new PrintStream(said, true, StandardCharsets.UTF_8),
                new ByteArrayInputStream(new byte[0]),
                hub.bean(Previews.class),
                hub.bean(Trials.class),
                Json.MAPPER);

        assertThat(commands.preview(TARGET, household, false, false)).isEqualTo(ExitCode.OK);
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("POST /families");
        assertThat(desk.byRef("families")).doesNotContainKey(household);
        assertThat(commands.tryOut(TARGET, household, false, true)).isEqualTo(ExitCode.OK);
        assertThat(commands.tryOut(TARGET, person, false, true)).isEqualTo(ExitCode.OK);
        said.reset();
        assertThat(commands.preview(TARGET, person, false, false)).isEqualTo(ExitCode.OK);

        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("Taken over, it would change nothing here")
                .doesNotContain("O'Home", RationDesk.PASSWORD);
        assertThat(there().path("family").intValue())
                .isEqualTo(desk.byRef("families").get(household).path("no").intValue());
    }

    @Test
    void what_is_pushed_comes_back_as_no_change_although_the_desk_alters_it() throws Exception {
        hub.push(TARGET);
        assertThat(there().path("allowance").asText()).isEqualTo("57.75");
        assertThat(there().path("born").asText()).isEqualTo("1985-04-03");
        assertThat(there().path("sex").asText()).isEqualTo("F");

        pull();

        assertThat(changesHere()).isZero();
        desk.requests().clear();
        hub.push(TARGET);
        assertThat(desk.requests().entries()).isEmpty();
    }

    @Test
    void a_change_there_arrives_here_once_and_a_change_here_sends_what_changed() throws Exception {
        hub.push(TARGET);
        pull();
        desk.edit("persons", person, "sur", "D'Arc & Co");
        pull();
        pull();
        assertThat(device.form(person).path("last_name").asText()).isEqualTo("D'Arc & Co");
        assertThat(changesHere()).isEqualTo(1);

        desk.requests().clear();
        device.update(person, "first_name", "Anna");
        hub.push(TARGET);

        assertThat(there().path("given").asText()).isEqualTo("Anna");
        assertThat(desk.requests().entries(asked -> asked.method().equals("PATCH")))
                .singleElement()
                .satisfies(asked -> assertThat(asked.body()).isEqualTo(Json.object("rev", 2, "given", "Anna")));
    }

    @Test
    void both_sides_change_other_fields_and_agree() throws Exception {
        hub.push(TARGET);
        desk.edit("persons", person, "sur", "Roe");
        device.update(person, "first_name", "Anna");

        hub.push(TARGET);
        pull();
        hub.push(TARGET);

        assertThat(there().path("given").asText()).isEqualTo("Anna");
        assertThat(there().path("sur").asText()).isEqualTo("Roe");
        assertThat(device.form(person).path("last_name").asText()).isEqualTo("Roe");
    }

    @Test
    void a_create_whose_answer_was_lost_makes_no_second_record() throws Exception {
        desk.faults().next(1, Request.to("POST", "/v2/families"), Fault.cut(Fault.Cut.BEFORE_ANSWER));
        hub.push(TARGET);
        TestHub.clock(store, "10 minutes");
        hub.push(TARGET);

        assertThat(desk.byRef("persons")).containsKey(person);
        assertThat(desk.requests()
                        .entries(asked -> asked.line().equals("POST /v2/families")
                                && asked.body().path("ref").asText().equals(household)))
                .hasSize(1);
    }

    @Test
    void a_deletion_here_closes_the_record_there_and_one_there_is_noticed() throws Exception {
        hub.push(TARGET);
        pull();
        device.delete(person);
        hub.push(TARGET);
        assertThat(there().path("state").asText()).isEqualTo("closed");

        desk.edit("families", household, "state", "closed");
        pull();
        assertThat(TestDatabase.rows(store, "SELECT conflict_kind FROM hub.conflict WHERE guid = '" + household + "'"))
                .containsExactly("deletion");
    }

    @Test
    void what_the_desk_refuses_is_told_with_its_words_and_the_line_of_the_mapping() throws Exception {
        device.update(person, "date_of_birth", "1985-04-03");
        desk.faults()
                .next(
                        1,
                        Request.to("POST", "/v2/persons"),
                        Fault.instead(org.synchub.simulator.http.Answer.json(
                                422,
                                Json.object(
                                        "problem",
                                        Json.object(
                                                "kind", "invalid", "field", "born", "text", "born is too long ago")))));
        hub.push(TARGET);

        assertThat(TestDatabase.value(
                        store, "SELECT state || ' ' || reason FROM hub.delivery WHERE guid = '" + person + "'"))
                .isEqualTo("rejected born is too long ago");
        assertThat(TestDatabase.value(store, "SELECT reason_at FROM hub.delivery WHERE guid = '" + person + "'"))
                .matches(".*ration-desk\\.yaml:\\d+");
    }
}
