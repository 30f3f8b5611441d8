package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.synchub.cli.Commands;
import org.synchub.cli.ExitCode;
import org.synchub.demo.SampleDevice;
import org.synchub.ledger.Overview;
import org.synchub.ledger.State;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.openspp.Registry;
import org.synchub.simulator.openspp.RegistryRecord;
import org.synchub.sync.Captures;
import org.synchub.sync.StatusReport.TargetStatus;
import org.synchub.testing.ExpectedRegistry;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.StoreDump;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/**
 * The hub beside a database that a real DataCollect server has made and filled: two tenants, one captured by devices and one
 * pulled from a registry by the server's own connector, each with a target of its own.
 */
@ExtendWith(OutputCaptureExtension.class)
class AttachTest {

    private static final String FIELD = "registry-of-demo";
    private static final String PULLED = "registry-of-demo-pulled";

    /** A library user's group: it has a name but no household_name. */
    private static final String LIBRARY_GROUP = "11111111-1111-4111-8111-111111111111";

    private static final String FIRST_HOUSEHOLD = "3e9e0d50-1ff8-4789-8cc6-7d571bd52f17";
    private static final String FIRST_PERSON = "b7485167-cdc3-4a91-8bd9-d0b6fe34dcff";
    private static final String DELETED_PERSON = "bd51afba-6692-4742-8343-b36a081ec658";
    private static final String LOCAL_PERSON = "44444444-4444-4444-8444-444444444444";
    private static final String RESOLVED_DUPLICATE = "33333333-3333-4333-8333-333333333333";

    /** Where the connector has put the pulled records, by the external id that it wrote down. */
    private static final Map<Integer, String> PULLED_GUIDS = new TreeMap<>(Map.of(
            1000, "2bedd428-13d5-4ed4-998d-1dc337f40821",
            1001, "106be0bf-cf2f-4fc1-90f5-bd1eabdbc36c",
            1002, "dde6e31e-ad57-4131-8e99-6ec2ff78a164",
            1003, "3ba1a342-320e-4a47-bd63-7c28ae986f88",
            1004, "e7f30cb4-3c93-42a5-bb25-ccf434e9eb63",
            1005, "869bb460-5d75-4b2b-9a0d-c063cc83b96b"));

    private static Attached polled;

    @BeforeAll
    static void attach() throws SQLException {
        polled = new Attached();
    }

    @AfterAll
    static void stop() {
        polled.close();
    }

    /** The sample in a database of its own, its two registries, and a hub that was told nothing about capture. */
    private static final class Attached implements AutoCloseable {

        private final DataSource store = TestDatabase.empty();
        private final OpenSppSimulator fieldRegistry = OpenSppTarget.registry()
                .without("g2p.id.type")
                .idType("Data Collect GUID", "")
                .idType("National ID", "^NID[0-9]+-[0-9]+$")
                .idType("Family Book", "")
                .start();
        private final OpenSppSimulator pulledRegistry =
                OpenSppTarget.registry().firstId("res.partner", 1000).start();
        private final List<String> before;
        private final TestHub hub;

        private Attached() throws SQLException {
            TestDatabase.runScript(store, "/datacollect/schema.sql");
            TestDatabase.runScript(store, "/datacollect/sample-data.sql");
            TestDatabase.run(store, "UPDATE public.app_configs SET external_sync = NULL WHERE id = 'demo'");
            createLocally();
            fillPulledRegistry();
            before = StoreDump.of(store);
            assertThat(before)
                    .filteredOn(line -> line.startsWith("row of public.entities "))
                    .hasSize(26);
            hub = TestHub.on(store)
                    .set("synchub.capture", "auto")
                    .mapping(FIELD, OpenSppTarget.mapping(FIELD, "demo", fieldRegistry))
                    // The connector that pulled these groups knew a name only.
                    .mapping(
                            PULLED,
                            OpenSppTarget.mapping(PULLED, "demo-pulled", pulledRegistry)
                                    .replace("path: data.household_name", "path: data.name"))
                    .start();
        }

        /** A record that the server itself has made: no device has synced it. */
        private void createLocally() throws SQLException {
            ObjectNode form = JsonNodeFactory.instance.objectNode();
            form.put("entityName", "individual").put("first_name", "Nobody").put("last_name", "Yet");
            form.put("parentGuid", FIRST_HOUSEHOLD);
            new SampleDevice(store, "demo", Clock.systemUTC(), 1).submit(LOCAL_PERSON, "create-individual", form, 0);
        }

        private void fillPulledRegistry() {
            register(true, "Ext HH 0", Map.of());
            register(false, "Person0, Ext0", person("Ext0", "Person0", "Male", "1960-01-11", "+856200000000"));
            register(false, "Person1, Ext0", person("Ext0", "Person1", "Female", "1960-02-11", "+856200000001"));
            register(true, "Ext HH 1", Map.of());
            register(false, "Person0, Ext1", person("Ext1", "Person0", "Male", "1961-01-11", "+856200000010"));
            register(false, "Person1, Ext1", person("Ext1", "Person1", "Female", "1961-02-11", "+856200000011"));
            assertThat(pulledRegistry.registry().partners())
                    .extracting(RegistryRecord::id)
                    .containsExactlyElementsOf(PULLED_GUIDS.keySet());
        }

        private void register(boolean group, String name, Map<String, Object> values) {
            Map<String, Object> all = new HashMap<>(values);
            all.put("is_group", group);
            all.put("name", name);
            pulledRegistry.registry().createPartner(all);
        }

        private int push(String target) {
            return hub.bean(Commands.class).push(target, false);
        }

        private int capture(String action) {
            return hub.bean(Commands.class).capture(action);
        }

        private List<String> rows(String sql) throws SQLException {
            return TestDatabase.rows(store, sql);
        }

        private String level(String guid) throws SQLException {
            return TestDatabase.value(store, "SELECT level FROM hub.entity_level WHERE guid = '" + guid + "'");
        }

        private String occupation(String guid) {
            return String.valueOf(
                    fieldRegistry.registry().partnersByRegId(guid).get(0).text("occupation"));
        }

        @Override
        public void close() {
            hub.close();
            fieldRegistry.close();
            pulledRegistry.close();
        }
    }

    /** As the officers have it: with an occupation that the field has not, and an e-mail address that the field knows better. */
    private static Map<String, Object> person(String given, String family, String gender, String born, String phone) {
        return Map.of(
                "given_name",
                given,
                "family_name",
                family,
                "gender",
                gender,
                "birthdate",
                born,
                "email",
                "old@ext.test",
                "occupation",
                "Fisher",
                "phone_number_ids",
                List.of(List.of(0, 0, Map.of("phone_no", phone))));
    }

    private static boolean isTrigger(String line) {
        return line.startsWith("trigger ");
    }

    private static List<String> withoutTriggers(List<String> dump) {
        return dump.stream().filter(line -> !isTrigger(line)).toList();
    }

    @Test
    void what_the_field_has_synced_arrives_once_and_what_it_has_not_stays() throws Exception {
        int exit = polled.push(FIELD);

        ExpectedRegistry expected = ExpectedRegistry.of(polled.store, "demo");
        List.of(LIBRARY_GROUP, LOCAL_PERSON, DELETED_PERSON, RESOLVED_DUPLICATE).forEach(expected::delete);
        assertThat(expected.households()).hasSize(3);
        assertThat(expected.people()).hasSize(11);
        assertThat(expected.differences(polled.fieldRegistry.registry())).isEmpty();
        assertThat(polled.fieldRegistry.registry().partners()).hasSize(14);
        assertThat(expected.form(FIRST_PERSON).path("phone_number").asText())
                .as("the newest of two events")
                .isEqualTo("+8562099999999");

        assertThat(exit).as("one record needs attention").isEqualTo(ExitCode.ATTENTION);
        TargetStatus status = polled.hub.status(FIELD);
        assertThat(status.in(State.DELIVERED)).isEqualTo(14);
        assertThat(status.in(State.REJECTED)).isEqualTo(1);
        assertThat(status.owed()).isZero();
        Overview.Cause cause = status.attention().get(0);
        assertThat(cause.exampleGuid()).isEqualTo(LIBRARY_GROUP);
        assertThat(cause.reason()).isEqualTo("field 'name': required, but data.household_name is missing or blank");
        assertThat(String.valueOf(cause.at())).matches(".*" + FIELD + "\\.yaml:\\d+");
        assertThat(polled.rows("SELECT guid FROM hub.delivery WHERE target = '" + FIELD
                        + "' AND state = 'excluded' AND reason_code <> 'no-kind'"))
                .containsExactly(LOCAL_PERSON);

        assertThat(polled.level(FIRST_PERSON)).isEqualTo("EXTERNAL");
        assertThat(polled.level(FIRST_HOUSEHOLD)).isEqualTo("EXTERNAL");
        assertThat(polled.level(LIBRARY_GROUP)).isEqualTo("SYNCED");
        assertThat(polled.level("100"))
                .as("reference data that no mapping sends")
                .isEqualTo("SYNCED");
        assertThat(polled.level(LOCAL_PERSON)).isEqualTo("LOCAL");
        assertThat(polled.rows(
                        "SELECT level, count(*) FROM hub.entity_level WHERE tenant = 'demo' GROUP BY 1 ORDER BY 1"))
                .containsExactly("EXTERNAL|14", "LOCAL|1", "SYNCED|5");

        polled.fieldRegistry.requests().clear();
        polled.push(FIELD);
        assertThat(polled.fieldRegistry.requests().entries())
                .as("nothing is owed any more")
                .isEmpty();
        assertThat(StoreDump.of(polled.store)).containsExactlyElementsOf(polled.before);
    }

    @Test
    void what_was_pulled_from_the_registry_is_linked_to_where_it_came_from() throws Exception {
        int exit = polled.push(PULLED);

        assertThat(exit).isEqualTo(ExitCode.OK);
        assertThat(polled.hub.lastRun(PULLED).adopted()).isEqualTo(6);
        assertThat(polled.hub.lastRun(PULLED).created()).isZero();
        assertThat(polled.rows(
                        "SELECT external_id, guid FROM hub.link WHERE target = '" + PULLED + "' ORDER BY external_id"))
                .containsExactlyElementsOf(PULLED_GUIDS.entrySet().stream()
                        .map(e -> e.getKey() + "|" + e.getValue())
                        .toList());
        Registry registry = polled.pulledRegistry.registry();
        assertThat(registry.partners()).hasSize(6);
        for (Map.Entry<Integer, String> entry : PULLED_GUIDS.entrySet()) {
            assertThat(registry.partnersByRegId(entry.getValue()))
                    .as("who carries the key of %s", entry.getValue())
                    .extracting(RegistryRecord::id)
                    .containsExactly(entry.getKey());
            RegistryRecord partner = registry.partner(entry.getKey());
            boolean person = !partner.flag("is_group");
            assertThat(registry.phones(partner.id())).hasSize(person ? 1 : 0);
            if (person) {
                assertThat(partner.text("email"))
                        .as("both hold one: the rules of the next pull decide")
                        .isEqualTo("old@ext.test");
                assertThat(partner.text("occupation"))
                        .as("the field says nothing")
                        .isEqualTo("Fisher");
            }
            assertThat(polled.level(entry.getValue())).isEqualTo("EXTERNAL");
        }

        polled.pulledRegistry.requests().clear();
        polled.push(PULLED);
        assertThat(polled.pulledRegistry.requests().entries()).isEmpty();
        assertThat(StoreDump.of(polled.store)).containsExactlyElementsOf(polled.before);
    }

    @Test
    void each_target_is_owed_the_records_of_its_own_tenant_only() throws Exception {
        polled.push(FIELD);
        polled.push(PULLED);

        assertThat(polled.rows("""
                        SELECT d.target, e.tenant_id, count(*) FROM hub.delivery d
                        JOIN public.entities e ON e.guid = d.guid GROUP BY 1, 2 ORDER BY 1""")).containsExactly(FIELD + "|demo|20", PULLED + "|demo-pulled|6");
    }

    @Test
    void it_warns_while_the_servers_own_connector_is_configured_for_a_tenant(CapturedOutput output) {
        assertThat(output.getAll().lines().filter(line -> line.contains("DataCollect's own external sync")))
                .singleElement()
                .asString()
                .endsWith(
                        "WARN  " + PULLED
                                + ": DataCollect's own external sync is configured for tenant demo-pulled. Two"
                                + " connectors on one target make duplicates: remove externalSync from that app's configuration");
        assertThat(output.getAll())
                .as("its password stands in clear in the same column")
                .doesNotContain("s3cret");
    }

    @Test
    void triggers_come_and_go_on_command_and_are_all_that_is_ever_added_to_its_tables() throws Exception {
        try (Attached own = new Attached()) {
            assertThat(own.capture("install")).isEqualTo(ExitCode.OK);

            List<String> installed = StoreDump.of(own.store);
            assertThat(withoutTriggers(installed)).containsExactlyElementsOf(withoutTriggers(own.before));
            assertThat(installed.stream()
                            .filter(AttachTest::isTrigger)
                            .map(line -> line.substring(0, line.indexOf('|', line.indexOf('|') + 1))))
                    .containsExactly(
                            "trigger public.entities|synchub_capture", "trigger public.events|synchub_capture");

            own.push(FIELD);
            new SampleDevice(own.store, "demo", Clock.systemUTC(), 2).update(FIRST_PERSON, "profession", "weaver");
            List<String> withTheEdit = withoutTriggers(StoreDump.of(own.store));
            assertThat(own.hub.bean(Captures.class).drain())
                    .as("noticed without comparing rows")
                    .isPositive();
            own.push(FIELD);
            assertThat(own.occupation(FIRST_PERSON)).isEqualTo("weaver");

            assertThat(own.capture("remove")).isEqualTo(ExitCode.OK);
            assertThat(StoreDump.of(own.store)).containsExactlyElementsOf(withTheEdit);

            new SampleDevice(own.store, "demo", Clock.systemUTC(), 3).update(FIRST_PERSON, "profession", "teacher");
            own.push(FIELD);
            assertThat(own.occupation(FIRST_PERSON)).as("polled again").isEqualTo("teacher");
        }
    }
}
