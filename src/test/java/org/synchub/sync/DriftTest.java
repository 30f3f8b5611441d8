package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.zaxxer.hikari.HikariDataSource;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.synchub.cli.ExitCode;
import org.synchub.cli.StoreCommands;
import org.synchub.demo.SampleDevice;
import org.synchub.ledger.DriftLedger.Drift;
import org.synchub.store.EventsIndex;
import org.synchub.testing.TestStore;

/** DataCollect stores some events without applying them; the hub notices, says so, and sends what the mapping says. */
class DriftTest {

    private static HikariDataSource store;

    private Scene scene;
    private int devices;

    @BeforeAll
    static void start() throws Exception {
        store = TestStore.withHub();
    }

    @AfterAll
    static void stop() {
        store.close();
    }

    @AfterEach
    void close() {
        scene.close();
    }

    private SampleDevice device() {
        int number = scene.field.tenant().hashCode() + ++devices;
        return new SampleDevice(store, scene.field.tenant(), Clock.systemUTC(), number);
    }

    /** A create and three updates in one push: of the updates the server applies the first only. */
    private String threeUpdatesInOnePush() throws Exception {
        SampleDevice device =
                device().settlingConflicts().capturingAt(Instant.now().minus(Duration.ofDays(2)));
        String household = device.createHousehold("House");
        String person = device.createPerson(household, "Noy", "Keo");
        ObjectNode form = device.form(person);
        device.submit(person, "update-individual", form.deepCopy().put("phone_number", "111"));
        device.submit(person, "update-individual", form.deepCopy().put("phone_number", "222"));
        device.submit(
                person,
                "update-individual",
                form.deepCopy().put("first_name", "Noi").put("phone_number", "333"));
        return person;
    }

    private List<Drift> found() {
        return scene.hub.drifts.list(scene.field.tenant(), 10);
    }

    private void aMinuteLater() {
        scene.later(Duration.ofSeconds(61));
        scene.hub.drifts.check();
    }

    private String sentPhone(String person) {
        return scene.memory.records().get(person).path("phone").asText();
    }

    @Test
    void updates_that_the_server_dropped_are_listed_with_both_versions_and_the_entity_is_sent_as_it_stands()
            throws Exception {
        scene = Scene.on(store);
        String person = threeUpdatesInOnePush();
        scene.push();
        aMinuteLater();
        scene.push();

        assertThat(found()).hasSize(1);
        Drift drift = found().get(0);
        assertThat(drift.guid()).isEqualTo(person);
        assertThat(drift.held().path("phone_number").asText()).isEqualTo("111");
        assertThat(drift.said().path("phone_number").asText()).isEqualTo("333");
        assertThat(drift.held().path("first_name").asText()).isEqualTo("Noy");
        assertThat(drift.said().path("first_name").asText()).isEqualTo("Noi");
        assertThat(sentPhone(person)).isEqualTo("111");
    }

    @Test
    void a_kind_that_follows_its_events_is_sent_as_they_say() throws Exception {
        scene = Scene.on(store, yaml -> yaml.replace("    lane:", "    drift: events\n    lane:"));
        String person = threeUpdatesInOnePush();
        scene.push();
        assertThat(sentPhone(person)).as("not known yet").isEqualTo("111");

        aMinuteLater();
        scene.push();

        assertThat(sentPhone(person)).isEqualTo("333");
        assertThat(scene.memory.records().get(person).path("given_name").asText())
                .isEqualTo("Noi");
        scene.hub.drifts.check();
        int writes = scene.memory.received().size();
        scene.push();
        assertThat(scene.memory.received()).as("once").hasSize(writes);
    }

    @Test
    void the_sweep_notices_it_too() throws Exception {
        scene = Scene.polling(store);
        scene.hub.capture.sweep(scene.field.tenant());
        String person = threeUpdatesInOnePush();
        scene.hub.capture.sweep(scene.field.tenant());
        scene.push();
        aMinuteLater();

        assertThat(found()).extracting(Drift::guid).containsExactly(person);
        assertThat(found().get(0).said().path("phone_number").asText()).isEqualTo("333");
    }

    @Test
    void an_entity_that_the_server_saves_a_little_later_than_its_event_is_never_heard_of() throws Exception {
        scene = Scene.on(store);
        SampleDevice device = device();
        String household = device.createHousehold("House");
        String person = device.createPerson(household, "Noy", "Keo");
        device.beforeSaving(() -> scene.hub.captures.drain());
        device.update(person, "phone_number", "111");
        assertThat(scene.field.value("SELECT count(*) FROM hub.drift WHERE guid = '" + person + "'"))
                .as("suspected")
                .isEqualTo("1");

        scene.push();
        scene.hub.drifts.check();
        assertThat(found()).isEmpty();
        aMinuteLater();

        assertThat(scene.field.value("SELECT count(*) FROM hub.drift WHERE guid = '" + person + "'"))
                .isEqualTo("0");
    }

    @Test
    void a_later_form_that_the_entity_holds_takes_it_off_the_list() throws Exception {
        scene = Scene.on(store);
        String person = threeUpdatesInOnePush();
        scene.push();
        aMinuteLater();
        assertThat(found()).hasSize(1);

        device().submit(person, "update-individual", device().form(person).put("phone_number", "444"));
        scene.push();
        aMinuteLater();

        assertThat(found()).isEmpty();
    }

    @Test
    void a_deletion_that_the_server_dropped_is_shown_and_not_carried_out() throws Exception {
        scene = Scene.on(store, yaml -> yaml.replace("    lane:", "    drift: events\n    lane:"));
        SampleDevice device =
                device().settlingConflicts().capturingAt(Instant.now().minus(Duration.ofDays(2)));
        String household = device.createHousehold("House");
        String person = device.createPerson(household, "Noy", "Keo");
        device.update(person, "phone_number", "111");
        device.delete(person);
        scene.push();
        aMinuteLater();
        scene.push();

        assertThat(found()).hasSize(1);
        assertThat(found().get(0).deleted()).isTrue();
        assertThat(sentPhone(person)).isEqualTo("111");
    }

    @Test
    void the_command_lists_shows_and_dismisses_it() throws Exception {
        scene = Scene.on(store);
        String person = threeUpdatesInOnePush();
        scene.push();
        aMinuteLater();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        StoreCommands commands = new StoreCommands(
                new PrintStream(bytes, true, StandardCharsets.UTF_8), scene.hub.drifts, new EventsIndex(store));
        String tenant = scene.field.tenant();

        assertThat(commands.drift("list", List.of(tenant))).isEqualTo(ExitCode.ATTENTION);
        assertThat(commands.drift("show", List.of(tenant, person))).isEqualTo(ExitCode.OK);
        assertThat(commands.drift("dismiss", List.of(tenant, person))).isEqualTo(ExitCode.OK);
        assertThat(commands.drift("list", List.of(tenant))).isEqualTo(ExitCode.OK);

        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains(person + "  version 2  first_name, phone_number")
                .containsPattern("phone_number +111 +333");
        assertThatThrownBy(() -> commands.drift("show", List.of(tenant, person)))
                .hasMessageContaining("is not on the list");
    }

    @Test
    void the_index_is_built_and_removed_by_command_only() throws Exception {
        scene = Scene.on(store);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        StoreCommands commands = new StoreCommands(
                new PrintStream(bytes, true, StandardCharsets.UTF_8), scene.hub.drifts, new EventsIndex(store));

        commands.index("status");
        commands.index("install");
        commands.index("status");
        commands.index("remove");
        commands.index("status");

        assertThat(bytes.toString(StandardCharsets.UTF_8).lines().toList())
                .hasSize(5)
                .satisfies(lines -> assertThat(List.of(lines.get(0), lines.get(2), lines.get(4)))
                        .containsExactly(
                                "Index on DataCollect's events: none",
                                "Index on DataCollect's events: installed",
                                "Index on DataCollect's events: none"));
    }
}
