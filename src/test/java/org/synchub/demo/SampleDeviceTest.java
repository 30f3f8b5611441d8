package org.synchub.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.testing.TestDatabase;

class SampleDeviceTest {

    private static final Instant LAST_MONTH = Instant.parse("2026-10-19T03:00:00Z");

    private Instant serverTime = Instant.parse("2026-11-20T12:00:00Z");
    private final InstantSource serverClock = () -> {
        serverTime = serverTime.plusMillis(9);
        return serverTime;
    };
    private static DataSource store;
    private SampleDevice device;

    @BeforeAll
    static void create() throws SQLException {
        store = TestDatabase.dataCollect();
    }

    @BeforeEach
    void clear() throws SQLException {
        TestDatabase.clear(store);
        device = new SampleDevice(store, "demo", serverClock, 1).capturingAt(LAST_MONTH);
    }

    @Test
    void what_a_device_creates_updates_and_moves_is_what_the_store_then_holds() throws SQLException {
        String first = device.createHousehold("Keomany 1");
        String second = device.createHousehold("D'Souza 2");
        String person = device.createPerson(first, "Noy", "Keomany");

        device.update(person, "phone_number", "+8562055555555");
        device.moveTo(person, second);

        assertThat(row(
                        person,
                        "modified->'data'->>'parentGuid', modified->'data'->>'phone_number', modified->>'version',"
                                + " initial->>'version', initial->'data'->>'parentGuid'"))
                .isEqualTo(second + "|+8562055555555|3|2|" + first);
        assertThat(TestDatabase.rows(
                        store,
                        "SELECT type, sync_level, timestamp AT TIME ZONE 'UTC' FROM public.events ORDER BY timestamp"))
                .containsExactly(
                        "create-individual|1|2026-10-19 03:00:00",
                        "create-individual|1|2026-10-19 03:00:00.001",
                        "create-individual|1|2026-10-19 03:00:00.002",
                        "update-individual|1|2026-10-19 03:00:00.003",
                        "update-individual|1|2026-10-19 03:00:00.004");
    }

    @Test
    void a_deleted_entity_leaves_its_event_and_an_audit_row() throws SQLException {
        String household = device.createHousehold("Keomany 1");
        String person = device.createPerson(household, "Noy", "Keomany");

        device.delete(household);

        assertThat(TestDatabase.rows(store, "SELECT guid FROM public.entities")).containsExactly(person);
        assertThat(TestDatabase.rows(
                        store, "SELECT action, entity_guid, changes FROM public.audit_log ORDER BY id DESC LIMIT 1"))
                .containsExactly("cascade-delete-entity|" + household
                        + "|{\"type\": \"cascade-delete-entity\", \"entityGuid\": \"" + household + "\"}");
    }

    @Test
    void deleting_a_group_deletes_its_members_first_also_those_of_groups_in_it() throws SQLException {
        ObjectNode group =
                JsonNodeFactory.instance.objectNode().put("name", "outer").put("entityName", "household");
        group.putArray("members")
                .addObject()
                .put("guid", "m1")
                .put("name", "one")
                .put("type", "individual");
        ObjectNode inner = group.withArray("members")
                .addObject()
                .put("guid", "g2")
                .put("name", "inner")
                .put("type", "group");
        inner.putArray("members")
                .addObject()
                .put("guid", "m2")
                .put("name", "two")
                .put("type", "individual");
        device.submit("g1", "create-group", group);
        ObjectNode joins = JsonNodeFactory.instance.objectNode();
        joins.putArray("members")
                .addObject()
                .put("guid", "m3")
                .put("name", "three")
                .put("type", "individual");
        device.submit("g1", "add-member", joins);
        assertThat(
                        row(
                                "g1",
                                "modified->'memberIds', modified->>'version', initial->>'version', modified->'data' ? 'members'"))
                .isEqualTo("[\"m1\", \"g2\", \"m3\"]|2|1|f");
        assertThat(row("g2", "modified->'memberIds', modified->>'type'")).isEqualTo("[\"m2\"]|group");

        device.delete("g1");

        assertThat(TestDatabase.rows(store, "SELECT guid FROM public.entities")).isEmpty();
        assertThat(TestDatabase.rows(
                        store,
                        "SELECT entity_guid FROM public.audit_log WHERE action = 'cascade-delete-entity' ORDER BY id"))
                .containsExactly("m1", "m2", "g2", "m3", "g1");
    }

    @Test
    void removing_a_member_keeps_the_member_unless_it_is_a_group() throws SQLException {
        ObjectNode group = JsonNodeFactory.instance.objectNode().put("name", "outer");
        group.putArray("members")
                .addObject()
                .put("guid", "m1")
                .put("name", "one")
                .put("type", "individual");
        group.withArray("members")
                .addObject()
                .put("guid", "g2")
                .put("name", "inner")
                .put("type", "group");
        device.submit("g1", "create-group", group);

        device.submit(
                "g1", "remove-member", JsonNodeFactory.instance.objectNode().put("memberId", "m1"));
        device.submit(
                "g1", "remove-member", JsonNodeFactory.instance.objectNode().put("memberId", "g2"));

        assertThat(TestDatabase.rows(store, "SELECT guid FROM public.entities ORDER BY guid"))
                .containsExactly("g1", "m1");
        assertThat(row("g1", "modified->'memberIds'")).isEqualTo("[]");
    }

    @Test
    void with_the_conflict_rule_only_the_first_of_three_old_updates_is_applied() throws SQLException {
        device.settlingConflicts();
        String person = device.createPerson("h", "Noy", "Keomany");

        device.update(person, "phone_number", "1");
        device.update(person, "phone_number", "2");
        device.update(person, "phone_number", "3");

        assertThat(row(person, "modified->'data'->>'phone_number', modified->>'version'"))
                .isEqualTo("1|2");
        assertThat(
                        TestDatabase.rows(
                                store,
                                "SELECT action, changes->>'resolution', changes->>'localVersion' FROM public.audit_log ORDER BY id"))
                .containsExactly(
                        "create-individual|null|null",
                        "update-individual|null|null",
                        "conflict-resolution|kept-local|2",
                        "conflict-resolution|kept-local|2");
        assertThat(TestDatabase.rows(store, "SELECT guid FROM public.events")).hasSize(4);
    }

    @Test
    void with_the_conflict_rule_an_update_captured_later_starts_from_the_initial_state_again() throws SQLException {
        device.settlingConflicts();
        String person = device.createPerson("h", "Noy", "Keomany");
        device.update(person, "phone_number", "1");

        device.capturingAt(serverTime.plus(Duration.ofHours(1)));
        device.submit(
                person,
                "update-individual",
                JsonNodeFactory.instance.objectNode().put("profession", "weaver"));

        assertThat(row(
                        person,
                        "modified->'data' ? 'phone_number', modified->'data'->>'profession', modified->>'version',"
                                + " initial->>'version'"))
                .isEqualTo("f|weaver|2|1");
    }

    @Test
    void another_writer_can_come_between_the_server_s_steps_and_is_overwritten() throws SQLException {
        String person = device.createPerson("h", "Noy", "Keomany");
        device.beforeSaving(() -> TestDatabase.run(
                store,
                "UPDATE public.entities SET modified = jsonb_set(modified, '{data,gender}', '\"male\"') WHERE guid = '"
                        + person + "'"));

        device.update(person, "phone_number", "1");

        assertThat(row(person, "modified->'data'->>'gender', modified->'data'->>'phone_number'"))
                .isEqualTo("female|1");
    }

    @Test
    void a_device_that_pulls_sees_every_event_once_in_order_and_ends_with_the_same_forms() throws SQLException {
        String household = device.createHousehold("Keomany 1");
        String person = "";
        for (int i = 0; i < 24; i++) {
            person = device.createPerson(household, "Noy " + i, "Keomany");
        }
        device.update(person, "phone_number", "+8562055555555");
        DevicePull phone = new DevicePull(store, "demo", serverClock);

        List<DevicePull.Received> first = phone.pull();
        List<DevicePull.Received> second = phone.pull();

        assertThat(first)
                .extracting(DevicePull.Received::guid)
                .doesNotHaveDuplicates()
                .hasSize(26);
        assertThat(first).isSortedAccordingTo((a, b) -> a.timestamp().compareTo(b.timestamp()));
        assertThat(second).isEmpty();
        assertThat(phone.entities()).isEqualTo(25);
        assertThat(phone.field(person, "phone_number").asText()).isEqualTo("+8562055555555");
        JsonNode entity = Objects.requireNonNull(phone.entity(household));
        assertThat(entity.path("data")).isEqualTo(device.form(household));

        device.delete(household);
        phone.pull();
        assertThat(phone.entity(household)).isNull();
    }

    @Test
    void a_device_never_sees_an_event_that_was_captured_before_its_cursor() throws SQLException {
        device.createHousehold("Keomany 1");
        DevicePull phone = new DevicePull(store, "demo", serverClock);
        phone.pull();

        device.capturingAt(LAST_MONTH.minusSeconds(1)).createHousehold("Late 2");

        assertThat(phone.pull()).isEmpty();
    }

    @Test
    void microseconds_make_a_device_pull_for_ever_and_equal_times_make_it_miss_events() throws SQLException {
        for (int i = 0; i < 15; i++) {
            event("a" + i, "2026-11-01T00:00:00.5Z", i);
        }
        DevicePull phone = new DevicePull(store, "demo", serverClock);
        assertThat(phone.pull()).hasSize(10);

        for (int i = 0; i < 10; i++) {
            event("b" + i, "2026-11-02T00:00:00.0012" + (10 + i) + "Z", i);
        }
        assertThatThrownBy(phone::pull).hasMessageContaining("the same page for ever");
    }

    @Test
    void waiting_duplicates_keep_everything_from_the_device_and_a_second_external_id_breaks_its_sync()
            throws SQLException {
        ObjectNode form = JsonNodeFactory.instance.objectNode().put("name", "a").put("externalId", "7");
        device.submit("e1", "create-individual", form);
        TestDatabase.run(store, "INSERT INTO public.potential_duplicates VALUES ('a', 'b', 'demo')");
        DevicePull phone = new DevicePull(store, "demo", serverClock);
        assertThat(phone.pull()).isEmpty();

        TestDatabase.run(store, "DELETE FROM public.potential_duplicates");
        device.submit("e2", "create-individual", form);
        assertThatThrownBy(phone::pull).hasMessage("External id of e2 is taken by e1");
    }

    private void event(String guid, String timestamp, int number) throws SQLException {
        TestDatabase.run(
                store,
                "INSERT INTO public.events VALUES ('" + guid + "', 'demo', 'e" + number + "', 'create-individual',"
                        + " '{\"name\": \"x\"}', '" + timestamp + "', 'admin', 1)");
    }

    private String row(String guid, String columns) throws SQLException {
        return TestDatabase.value(store, "SELECT " + columns + " FROM public.entities WHERE guid = '" + guid + "'");
    }
}
