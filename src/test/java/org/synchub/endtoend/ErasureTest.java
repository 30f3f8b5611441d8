package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.cli.ExitCode;
import org.synchub.conflict.Choice;
import org.synchub.demo.SampleDevice;
import org.synchub.ledger.Erasure;
import org.synchub.ledger.HubTables;
import org.synchub.ledger.TestKeys;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.store.Entities;
import org.synchub.sync.Conflicts;
import org.synchub.sync.Erasures;
import org.synchub.sync.TargetRegistry;
import org.synchub.testing.HubCommand;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/** One person is taken out of the hub's own tables: nothing in them says anything of them any more, and nothing is undone. */
class ErasureTest {

    private DataSource store;
    private OpenSppSimulator registry;
    private TestHub hub;
    private SampleDevice device;
    private String household;

    private String person(String mark, String nationalId) throws Exception {
        ObjectNode form = JsonNodeFactory.instance.objectNode();
        form.put("entityName", "individual").put("first_name", mark + "Ann").put("last_name", mark + "Home");
        form.put("parentGuid", household).put("gender", "female").put("profession", mark + "Farmer");
        form.putArray("document_ids").addObject().put("id_type", "national_id").put("id_number", nationalId);
        return device.create(form);
    }

    private int partner(String guid) throws SQLException {
        return Integer.parseInt(TestDatabase.value(
                store, "SELECT external_id FROM hub.link WHERE target = 'openspp' AND guid = '" + guid + "'"));
    }

    /** Everything that schema hub says: all columns of all tables as they lie there, and what is sealed, opened. */
    private String all() {
        return HubTables.asTheyLie(store) + "\n" + HubTables.opened(store, TestKeys.vault(null, "k1"));
    }

    private Erasures erasures() {
        return new Erasures(
                new Erasure(hub.bean(JdbcClient.class), hub.bean(TransactionTemplate.class)),
                hub.bean(Entities.class),
                hub.bean(TargetRegistry.class));
    }

    private void contradict(String guid, String mark) throws Exception {
        device.update(guid, "profession", mark + "Teacher");
        registry.registry().write(partner(guid), Map.of("occupation", mark + "Driver"));
        hub.pull("openspp");
    }

    @ParameterizedTest(name = "sealed: {0}")
    @ValueSource(booleans = {false, true})
    void nothing_says_anything_of_an_erased_person_and_what_prevents_harm_stays(boolean sealed) throws Exception {
        store = TestDatabase.dataCollect();
        registry = OpenSppTarget.registry().start();
        TestHub.Builder builder = TestHub.on(store).mapping("openspp", OpenSppTarget.mapping("openspp", "t", registry));
        if (sealed) {
            builder.set("synchub.encryption.keys.k1", TestKeys.text("k1")).set("synchub.encryption.at-rest", "k1");
        }
        hub = builder.start();
        try {
            device = new SampleDevice(store, "t", Clock.systemUTC(), 1);
            household = device.createHousehold("Their house");
            String gone = person("Gq1", "990077000001");
            String refused = person("Rq2", "Rq2-no-id");
            String torn = person("Tq3", "990077000003");
            String stays = person("Sq4", "990077000004");
            hub.push("openspp");
            registry.registry().write(partner(gone), Map.of("email", "Gq1@example.org"));
            hub.pull("openspp");
            contradict(gone, "Gq1");
            hub.bean(Conflicts.class)
                    .resolve(
                            Long.parseLong(TestDatabase.value(
                                    store,
                                    "SELECT id FROM hub.conflict WHERE guid = '" + gone + "' AND state = 'open'")),
                            Choice.external(),
                            null,
                            "mia");
            hub.push("openspp");
            contradict(torn, "Tq3");
            assertThat(all()).contains("Gq1Driver", "Rq2-no-id", "Tq3Driver", "Sq4Farmer");

            whoIsStillThereIsRefused(gone);
            erasedAnyway(torn, refused);
            erasedOnceDeleted(gone);

            assertThat(all())
                    .doesNotContain("Gq1", "990077000001", "Rq2", "Tq3", "990077000003")
                    .contains("Sq4Farmer", "990077000004");
            hub.push("openspp").pull("openspp");
            assertThat(all()).as("nothing comes back").doesNotContain("Gq1", "990077000001");
            assertThat(registry.registry().partner(partner(stays)).values().get("occupation"))
                    .isEqualTo("Sq4Farmer");
        } finally {
            hub.close();
            registry.close();
        }
    }

    private void whoIsStillThereIsRefused(String guid) {
        String before = all();

        assertThat(erasures().preview(guid, null).rows())
                .containsKeys("link", "decision", "conflict", "pulled_state")
                .containsEntry("link", 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> erasures().erase(guid, "openspp", false))
                .withMessageStartingWith(
                        "Nothing was erased. Entity " + guid + " is still in DataCollect's store (tenant t)")
                .withMessageContaining("--anyway");
        assertThat(HubTables.opened(store, TestKeys.vault(null, "k1")).toString())
                .as("nothing was changed")
                .satisfies(now -> assertThat(before).contains(now));
    }

    private void erasedAnyway(String torn, String refused) throws Exception {
        assertThat(erasures().erase(torn, null, true).rows()).containsKeys("conflict", "link");
        assertThat(erasures().erase(refused, "openspp", true).rows()).containsEntry("exchange", 1);
        assertThat(TestDatabase.value(
                        store,
                        "SELECT state || ' ' || choice FROM hub.conflict WHERE guid = '" + torn
                                + "' ORDER BY id DESC LIMIT 1"))
                .isEqualTo("settled erased");
        assertThat(TestDatabase.value(store, "SELECT state FROM hub.delivery WHERE guid = '" + refused + "'"))
                .isEqualTo("discarded");
        assertThat(TestDatabase.value(store, "SELECT count(*) FROM hub.exchange"))
                .isEqualTo("0");
    }

    private void erasedOnceDeleted(String guid) throws Exception {
        int partner = partner(guid);
        TestDatabase.run(store, "DELETE FROM public.entities WHERE guid = '" + guid + "'");
        hub.push("openspp");
        String decided = TestDatabase.value(store, "SELECT count(*) FROM hub.decision WHERE guid = '" + guid + "'");

        erasures().erase(guid, null, false);

        assertThat(TestDatabase.value(
                        store,
                        "SELECT external_id, deleted_at IS NOT NULL, base IS NULL, previous_base IS NULL FROM hub.link WHERE guid = '"
                                + guid + "'"))
                .isEqualTo(partner + "|t|t|t");
        assertThat(TestDatabase.value(store, "SELECT count(*) FROM hub.decision WHERE guid = '" + guid + "'"))
                .as("what was decided, and by whom, stays")
                .isEqualTo(decided)
                .isNotEqualTo("0");
        assertThat(erasures().preview(guid, null).remains()).isEmpty();
    }

    @Test
    void the_command_shows_what_it_would_erase_and_leaves_its_trace_in_the_audit_trail(@TempDir Path folder)
            throws Exception {
        PGSimpleDataSource database = (PGSimpleDataSource) TestDatabase.dataCollect();
        store = database;
        TestStore.migrate(store);
        Files.createDirectory(folder.resolve("mappings"));
        String guid = "3f0c1d52-9d1c-4c2e-9a3e-0f6f6f1f2a11";
        TestDatabase.run(store, """
                INSERT INTO hub.target (name, tenant, mapping_version, mapping_hash) VALUES ('openspp', 't', 1, 'h');
                INSERT INTO hub.link (target, guid, kind, external_id, base, mapping_hash, lane)
                VALUES ('openspp', '%s', 'k', '7', '\\x00'::bytea || convert_to('{"name":"Gq1"}', 'UTF8'), 'h', 'l')""".formatted(guid));

        assertThat(erase(folder, guid))
                .contains("hub.link", "1 rows", "Nothing is erased yet", "openspp holds it as 7");
        assertThat(all()).contains("Gq1");
        assertThat(erase(folder, guid, "--yes"))
                .contains("Erased from schema hub")
                .doesNotContain("Gq1");

        assertThat(all()).doesNotContain("Gq1");
        assertThat(TestDatabase.rows(
                        store, "SELECT outcome, detail FROM hub.audit WHERE operation = 'erase' ORDER BY id"))
                .containsExactly("begun|" + guid, "done|" + guid);
    }

    private String erase(Path folder, String... arguments) throws Exception {
        PGSimpleDataSource database = (PGSimpleDataSource) store;
        List<String> all = new ArrayList<>(List.of("erase"));
        all.addAll(List.of(arguments));
        all.addAll(List.of(
                "--spring.datasource.url=" + database.getUrl(),
                "--spring.datasource.username=" + database.getUser(),
                "--synchub.routes=" + Path.of("routes").toAbsolutePath(),
                "--synchub.mappings=" + folder.resolve("mappings")));
        try (HubCommand command = HubCommand.start(folder, all.toArray(String[]::new))) {
            assertThat(command.awaitExit(Duration.ofMinutes(2)))
                    .as(command.said())
                    .isEqualTo(ExitCode.OK);
            return command.said();
        }
    }
}
