package org.synchub.sync;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.demo.DevicePull.Received;
import org.synchub.simulator.openspp.HeldTransaction;
import org.synchub.simulator.openspp.RegistryRecord;
import org.synchub.testing.TestDatabase;

/** What a real pull leaves in DataCollect's tables, and what a device makes of it. */
class PulledRowsTest {

    private static final int PEOPLE = 24;
    private PullRig rig;

    @BeforeEach
    void changeManyPeopleOutside() throws Exception {
        rig = PullRig.start();
        for (int i = 1; i < PEOPLE; i++) {
            rig.createPerson("Member" + (char) ('a' + i), "Home", Long.toString(200_000_000_000L + i));
        }
        rig.push();
        rig.pull();
        rig.puller.pull();
        changeEverybody("Teacher");
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private void changeEverybody(String occupation) {
        HeldTransaction all = rig.registry().begin();
        for (RegistryRecord partner : rig.registry().partners()) {
            if (!partner.flag("is_group")) {
                all.write("res.partner", partner.id(), Map.of("occupation", occupation));
            }
        }
        all.commit();
    }

    @Test
    void a_device_gets_each_change_once_in_order_and_never_loops() throws Exception {
        rig.pull();

        List<Received> arrived = rig.puller.pull();

        assertThat(arrived).hasSize(PEOPLE).allMatch(e -> e.level() == 2);
        assertThat(arrived.stream().map(Received::entityGuid)).doesNotHaveDuplicates();
        assertThat(arrived.stream().map(Received::timestamp)).isSorted().doesNotHaveDuplicates();
        assertThat(rig.puller.field(rig.person, "profession").asText()).isEqualTo("Teacher");
        rig.pull();
        assertThat(rig.puller.pull()).isEmpty();
    }

    /** Which of two changes in one sync a device keeps is DataCollect's own rule; the hub's part is that both come. */
    @Test
    void a_device_that_was_away_gets_each_event_of_several_pulls_once_and_in_order() throws Exception {
        rig.pull();
        changeEverybody("Driver");
        rig.pull();

        List<Received> arrived = rig.puller.pull();

        assertThat(arrived).hasSize(2 * PEOPLE);
        assertThat(arrived.stream().map(Received::guid)).doesNotHaveDuplicates();
        assertThat(arrived.stream().map(Received::timestamp)).isSorted();
        assertThat(arrived.stream()
                        .filter(e -> e.entityGuid().equals(rig.person))
                        .map(e -> e.data().path("profession").asText()))
                .containsExactly("Teacher", "Driver");
        assertThat(rig.puller.pull()).isEmpty();
    }

    @Test
    void events_have_millisecond_timestamps_above_every_other_of_the_tenant() throws Exception {
        String newest = rig.value("SELECT max(\"timestamp\") FROM public.events");

        rig.pull();

        assertThat(rig.rows("SELECT count(*), count(DISTINCT \"timestamp\"), bool_and(\"timestamp\" > '" + newest
                        + "'), bool_and(date_trunc('milliseconds', \"timestamp\") = \"timestamp\")"
                        + " FROM public.events WHERE sync_level = 2"))
                .containsExactly(PEOPLE + "|" + PEOPLE + "|t|t");
    }

    @Test
    void entities_are_whole_snapshots_without_local_changes_and_with_a_string_as_external_id() throws Exception {
        rig.pull();

        assertThat(
                        rig.rows(
                                "SELECT count(*), bool_and(e.initial = e.modified), bool_and(e.id = e.guid),"
                                        + " bool_and(e.sync_level IS NULL), bool_and(jsonb_typeof(e.modified->'externalId') = 'string'),"
                                        + " bool_and(e.modified->'externalId' = e.modified->'data'->'externalId'),"
                                        + " bool_and(e.modified->>'externalId' LIKE 'openspp:%'),"
                                        + " bool_and(e.last_updated = (e.modified->>'lastUpdated')::timestamp),"
                                        + " bool_and(v.data = e.modified->'data'), bool_and((e.modified->>'version')::int = 2),"
                                        + " count(DISTINCT e.modified->>'externalId')"
                                        + " FROM public.entities e JOIN public.events v ON v.entity_guid = e.guid AND v.sync_level = 2"))
                .containsExactly(PEOPLE + "|t|t|t|t|t|t|t|t|t|" + PEOPLE);
    }

    @Test
    void each_event_has_its_audit_row() throws Exception {
        rig.pull();

        assertThat(
                        rig.rows(
                                "SELECT count(*), bool_and(a.action = v.type), bool_and(a.entity_guid = v.entity_guid),"
                                        + " bool_and(a.changes = v.data), bool_and(a.signature = ''), bool_and(a.user_id = v.user_id),"
                                        + " bool_and(a.tenant_id = v.tenant_id)"
                                        + " FROM public.audit_log a JOIN public.events v ON a.event_guid = v.guid AND v.sync_level = 2"))
                .containsExactly(PEOPLE + "|t|t|t|t|t|t");
        assertThat(rig.value("SELECT count(*) FROM public.potential_duplicates"))
                .isEqualTo("0");
    }

    @Test
    void the_merkle_root_is_the_one_that_the_events_give() throws Exception {
        rig.pull();

        assertThat(rig.value("SELECT root FROM public.merkle_root WHERE tenant_id = 't'"))
                .isEqualTo(rootFromSql());
    }

    /** Independent of the hub's own code: DataCollect's rule, from the rows. */
    private String rootFromSql() throws Exception {
        ObjectMapper json = new ObjectMapper();
        List<String> level = new ArrayList<>();
        try (Connection connection = rig.store.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT guid, entity_guid, type, data,"
                        + " to_char(\"timestamp\" AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'), user_id, sync_level"
                        + " FROM public.events WHERE tenant_id = 't' ORDER BY ctid")) {
            while (row.next()) {
                ObjectNode leaf = json.createObjectNode();
                leaf.put("guid", row.getString(1))
                        .put("entityGuid", row.getString(2))
                        .put("type", row.getString(3));
                leaf.set("data", json.readTree(row.getString(4)));
                leaf.put("timestamp", row.getString(5))
                        .put("userId", row.getString(6))
                        .put("syncLevel", row.getInt(7));
                level.add(sha256(json.writeValueAsString(leaf)));
            }
        }
        while (level.size() > 1) {
            List<String> above = new ArrayList<>();
            for (int i = 0; i < level.size(); i += 2) {
                above.add(sha256(level.get(i) + (i + 1 < level.size() ? level.get(i + 1) : "")));
            }
            level = above;
        }
        return level.get(0);
    }

    private static String sha256(String text) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void a_transaction_that_began_before_the_cursor_and_committed_after_it_is_not_missed() throws Exception {
        rig.pull();
        HeldTransaction slow = rig.registry().begin();
        for (RegistryRecord partner : rig.registry().partners()) {
            if (!partner.flag("is_group")) {
                slow.write("res.partner", partner.id(), Map.of("occupation", "Nurse"));
            }
        }
        rig.registry().write(rig.externalId(rig.household), Map.of("name", "House of Bo"));
        rig.pull();
        assertThat(rig.data(rig.household).path("household_name").asText()).isEqualTo("House of Bo");

        slow.commit();
        rig.pull();

        assertThat(rig
                        .rows("SELECT modified->'data'->>'profession' FROM public.entities"
                                + " WHERE modified->'data'->>'entityName' = 'individual'")
                        .stream()
                        .collect(Collectors.groupingBy(v -> v, Collectors.counting())))
                .isEqualTo(Map.of("Nurse", (long) PEOPLE));
    }

    @Test
    void an_entity_that_could_not_hold_what_came_in_is_parked_alone_and_taken_up_once_it_is_mended() throws Exception {
        TestDatabase.run(
                rig.store, "UPDATE public.entities SET modified = modified - 'id' WHERE guid = '" + rig.person + "'");
        rig.registry().write(rig.externalId(rig.person), Map.of("given_name", "Anna"));
        rig.registry().write(rig.externalId(rig.household), Map.of("name", "House of Bo"));

        rig.pull();

        assertThat(rig.data(rig.household).path("household_name").asText()).isEqualTo("House of Bo");
        assertThat(rig.rows("SELECT guid, reason_code, reason FROM hub.parked"))
                .singleElement(as(STRING))
                .startsWith(rig.person + "|not-storable|The pulled change of entity " + rig.person)
                .endsWith("has a doc whose id or guid is not the entity's.");

        TestDatabase.run(
                rig.store,
                "UPDATE public.entities SET modified = modified || jsonb_build_object('id', guid) WHERE guid = '"
                        + rig.person + "'");
        rig.pull();

        assertThat(rig.data(rig.person).path("first_name").asText()).isEqualTo("Anna");
        assertThat(rig.rows("SELECT guid FROM hub.parked")).isEmpty();
    }
}
