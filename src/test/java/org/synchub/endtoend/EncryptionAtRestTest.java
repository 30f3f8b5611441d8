package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.core.NestedExceptionUtils;
import org.synchub.cli.ExitCode;
import org.synchub.conflict.Choice;
import org.synchub.demo.SampleDevice;
import org.synchub.ledger.ConflictQueue.Case;
import org.synchub.ledger.HubTables;
import org.synchub.ledger.TestKeys;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.sync.Conflicts;
import org.synchub.sync.NeedsAttention;
import org.synchub.testing.HubCommand;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** People's data in schema hub is sealed, and the hub works as it does without. */
class EncryptionAtRestTest {

    private static final String SURNAME = "Qviltaler";
    private static final String BAD_ID = "Wrong-77-Id";

    private static TestHub.Builder hub(
            DataSource store, OpenSppSimulator registry, @Nullable String key, String... keys) {
        TestHub.Builder hub = TestHub.on(store).mapping("openspp", OpenSppTarget.mapping("openspp", "t", registry));
        for (String id : keys) {
            hub.set("synchub.encryption.keys." + id, TestKeys.text(id));
        }
        return key == null ? hub : hub.set("synchub.encryption.at-rest", key);
    }

    private static ObjectNode form(String household, String nationalId) {
        ObjectNode form = JsonNodeFactory.instance.objectNode();
        form.put("entityName", "individual").put("first_name", "Ann").put("last_name", SURNAME);
        form.put("parentGuid", household).put("gender", "female").put("profession", "Farmer");
        form.putArray("document_ids").addObject().put("id_type", "national_id").put("id_number", nationalId);
        return form;
    }

    /** A record arrives, is changed on both sides, is settled; another is refused. What can be seen of it all. */
    private static List<String> live(TestHub hub, DataSource store, OpenSppSimulator registry) throws SQLException {
        List<String> seen = new ArrayList<>();
        SampleDevice device = new SampleDevice(store, "t", Clock.systemUTC(), 1);
        String household = device.createHousehold("House of " + SURNAME);
        String good = device.create(form(household, "990077000001"));
        String bad = device.create(form(household, BAD_ID));
        hub.push("openspp");
        int partner = Integer.parseInt(TestDatabase.value(
                store, "SELECT external_id FROM hub.link WHERE target = 'openspp' AND guid = '" + good + "'"));
        device.update(good, "profession", "Teacher");
        hub.push("openspp");
        seen.add("updated " + registry.registry().partner(partner).values().get("occupation"));
        registry.registry().write(partner, Map.of("email", "ann@" + SURNAME + ".org"));
        hub.pull("openspp");
        seen.add("pulled "
                + TestDatabase.value(
                        store,
                        "SELECT modified->'data'->>'email_address' FROM public.entities WHERE guid = '" + good + "'"));
        device.update(good, "profession", "Nurse");
        registry.registry().write(partner, Map.of("occupation", "Driver"));
        hub.pull("openspp");
        Conflicts conflicts = hub.bean(Conflicts.class);
        for (Case open : conflicts.list("openspp", 10)) {
            seen.add("conflict " + open.what().paths() + " " + open.what().internal()
                    + open.what().external());
            seen.add(conflicts
                    .resolve(open.id(), Choice.external(), null, "mia")
                    .effect()
                    .name());
        }
        hub.push("openspp");
        hub.pull("openspp");
        seen.add("settled "
                + TestDatabase.value(
                        store,
                        "SELECT modified->'data'->>'profession' FROM public.entities WHERE guid = '" + good + "'")
                + registry.registry().partner(partner).values().get("occupation"));
        hub.bean(NeedsAttention.class)
                .told(bad, true)
                .forEach(told -> seen.add("refused " + told.waiting().code()
                        + told.exchange().request().at("/params/args/5")));
        seen.addAll(TestDatabase.rows(store, "SELECT state, count(*) FROM hub.delivery GROUP BY 1 ORDER BY 1"));
        seen.addAll(TestDatabase.rows(
                store,
                "SELECT revision, base IS NULL, previous_base IS NULL FROM hub.link ORDER BY kind, external_id"));
        seen.addAll(
                TestDatabase.rows(store, "SELECT conflict_kind, path, rule, standing FROM hub.decision ORDER BY id"));
        return seen.stream()
                .map(line -> line.replace(good, "GOOD").replace(bad, "BAD").replace(household, "HOUSEHOLD"))
                .toList();
    }

    @Test
    void a_hub_that_seals_does_what_one_does_that_does_not_and_leaves_nothing_in_clear() throws Exception {
        DataSource openStore = TestDatabase.dataCollect();
        List<String> without;
        try (OpenSppSimulator registry = OpenSppTarget.registry().start();
                TestHub hub = hub(openStore, registry, null).start()) {
            without = live(hub, openStore, registry);
        }
        DataSource store = TestDatabase.dataCollect();
        try (OpenSppSimulator registry = OpenSppTarget.registry().start();
                TestHub hub = hub(store, registry, "k1", "k1").start()) {
            assertThat(live(hub, store, registry)).isEqualTo(without);
        }

        assertThat(without)
                .contains("updated Teacher", "SETTLED", "settled DriverDriver")
                .anySatisfy(line -> assertThat(line).contains("refused", BAD_ID))
                .anySatisfy(line -> assertThat(line).startsWith("conflict").contains("Nurse", "Driver"));
        assertThat(HubTables.asTheyLie(openStore).get("link")).contains(SURNAME);
        assertThat(HubTables.asTheyLie(store))
                .allSatisfy((table, rows) -> assertThat(rows)
                        .as(table)
                        .doesNotContain(
                                SURNAME, SURNAME.toUpperCase(java.util.Locale.ROOT), BAD_ID, "990077000001", "Nurse"));
        assertThat(HubTables.opened(store, TestKeys.vault("k1", "k1")).get("decision"))
                .contains("Nurse");
    }

    @Test
    void a_key_taken_later_opens_what_lies_there_in_clear_and_seals_what_is_written_next() throws Exception {
        DataSource store = TestDatabase.dataCollect();
        SampleDevice device = new SampleDevice(store, "t", Clock.systemUTC(), 1);
        try (OpenSppSimulator registry = OpenSppTarget.registry().start()) {
            String household;
            try (TestHub hub = hub(store, registry, null).start()) {
                household = device.createHousehold("House of " + SURNAME);
                hub.push("openspp");
            }
            try (TestHub hub = hub(store, registry, "k1", "k1").start()) {
                device.update(household, "household_name", "Hall of " + SURNAME);
                hub.push("openspp");
                assertThat(TestDatabase.value(store, "SELECT state FROM hub.delivery"))
                        .isEqualTo("delivered");
                assertThat(HubTables.asTheyLie(store).get("link")).doesNotContain(SURNAME);
            }
            try (TestHub hub = hub(store, registry, null, "k1").start()) {
                assertThat(hub.status("openspp").counts()).isNotEmpty();
            }
            assertThatThrownBy(() -> hub(store, registry, "k2", "k2").start())
                    .satisfies(failure -> assertThat(NestedExceptionUtils.getMostSpecificCause(failure))
                            .hasMessageContaining(
                                    "People's data in schema hub is sealed with the key k1, which is not there")
                            .hasMessageContaining("synchub.encryption.keys.k1"));
        }
    }

    @Test
    void a_command_without_the_key_it_is_told_to_use_ends_with_the_setting_to_give(@TempDir Path folder)
            throws Exception {
        PGSimpleDataSource store = (PGSimpleDataSource) TestDatabase.dataCollect();
        Files.createDirectory(folder.resolve("mappings"));

        try (HubCommand command = HubCommand.start(
                folder,
                Map.of("SYNCHUB_ENCRYPTION_KEYS_K1", TestKeys.text("k1")),
                "status",
                "--spring.datasource.url=" + store.getUrl(),
                "--spring.datasource.username=" + store.getUser(),
                "--synchub.encryption.at-rest=2024")) {
            assertThat(command.awaitExit(Duration.ofMinutes(1))).isEqualTo(ExitCode.CONFIGURATION);
            assertThat(command.said())
                    .contains("synchub.encryption.at-rest is '2024', but there is no key of that id (there is k1)")
                    .contains("give it as synchub.encryption.keys.2024")
                    .doesNotContain(TestKeys.text("k1"), "Exception");
        }
    }
}
