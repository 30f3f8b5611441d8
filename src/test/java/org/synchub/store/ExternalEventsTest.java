package org.synchub.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synchub.demo.DevicePull;
import org.synchub.demo.SampleDevice;
import org.synchub.store.WriteResult.AlreadyWritten;
import org.synchub.store.WriteResult.MovedOn;
import org.synchub.store.WriteResult.Written;
import org.synchub.testing.TestDatabase;

/** The rules for a foreign writer of one EXTERNAL event, one after the other. */
class ExternalEventsTest {

    private static final String TENANT = "demo";
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00.123456Z");

    private final ExternalEvents events = new ExternalEvents(InstantSource.fixed(NOW), Duration.ofSeconds(2));
    private static DataSource store;
    private SampleDevice device;

    @BeforeAll
    static void create() throws SQLException {
        store = TestDatabase.dataCollect();
    }

    @BeforeEach
    void clear() throws SQLException {
        TestDatabase.clear(store);
        device = new SampleDevice(store, TENANT, InstantSource.fixed(NOW.minusSeconds(60)), 1)
                .capturingAt(NOW.minus(Duration.ofDays(20)));
    }

    @Test
    void event_entity_and_audit_row_come_together_or_not_at_all() throws SQLException {
        try (Connection connection = open(store)) {
            events.write(connection, TENANT, "openspp", List.of(person("p1", 1, "Noy")));
            assertThat(counts(connection)).containsExactly("1|1|1");

            connection.rollback();

            assertThat(counts(connection)).containsExactly("0|0|0");
        }
    }

    @Test
    void the_event_has_level_external_and_the_guid_that_the_caller_derived() throws SQLException {
        PulledChange change = person("p1", 1, "O'Brien \"ນ້ອຍ\" \\ 王");

        write(change);

        assertThat(TestDatabase.rows(
                        store,
                        "SELECT guid, tenant_id, entity_guid, type, user_id, sync_level, data FROM public.events"))
                .containsExactly(
                        change.eventGuid() + "|demo|p1|create-individual|external-openspp|2|"
                                + "{\"name\": \"O'Brien \\\"ນ້ອຍ\\\" \\\\ 王\", \"entityName\": \"individual\", \"externalId\": \"x-p1\"}");
    }

    @Test
    void writing_the_same_event_again_has_no_second_effect_even_after_the_entity_went_on() throws SQLException {
        PulledChange change = person("p1", 1, "Noy");
        write(change);
        device.update("p1", "name", "Noy, changed on a device");

        assertThat(write(change, person("p2", 1, "Dao")))
                .satisfiesExactly(
                        first -> assertThat(first).isEqualTo(new AlreadyWritten("p1", change.eventGuid())),
                        second -> assertThat(second).isInstanceOf(Written.class));

        assertThat(TestDatabase.rows(store, "SELECT modified->>'name' FROM public.entities ORDER BY guid"))
                .containsExactly("Noy, changed on a device", "Dao");
        assertThat(TestDatabase.value(
                        store, "SELECT count(*) FROM public.audit_log WHERE event_guid = '" + change.eventGuid() + "'"))
                .isEqualTo("1");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-01T00:00:00Z,           2026-11-20T12:00:00.123Z, an older event: the clock's now",
        "2026-11-20T12:00:00.123Z,       2026-11-20T12:00:00.124Z, the same millisecond: one later",
        "2026-11-20T12:00:00.123999Z,    2026-11-20T12:00:00.124Z, microseconds: the next whole millisecond",
        "2027-01-01T00:00:00.5Z,         2027-01-01T00:00:00.501Z, a device whose clock is ahead: after it",
        "infinity,                       2026-11-20T12:00:00.123Z, not a date for any client: left aside",
    })
    void timestamps_are_whole_milliseconds_above_the_newest_and_not_before_now(String newest, String first, String why)
            throws SQLException {
        TestDatabase.run(
                store, "INSERT INTO public.events (guid, tenant_id, timestamp) VALUES ('e', 'demo', '" + newest + "')");

        List<WriteResult> results = write(person("p1", 1, "a"), person("p2", 1, "b"), person("p3", 1, "c"));

        assertThat(results)
                .as(why)
                .extracting(r -> ((Written) r).timestamp())
                .containsExactly(
                        Instant.parse(first),
                        Instant.parse(first).plusMillis(1),
                        Instant.parse(first).plusMillis(2));
        assertThat(TestDatabase.rows(
                        store,
                        "SELECT extract(epoch FROM timestamp) * 1000 = "
                                + Instant.parse(first).toEpochMilli() + " FROM public.events WHERE entity_guid = 'p1'"))
                .containsExactly("t");
    }

    @Test
    void another_tenant_s_newest_event_does_not_count() throws SQLException {
        TestDatabase.run(
                store, "INSERT INTO public.events (guid, tenant_id, timestamp) VALUES ('e', 'other', '2030-01-01Z')");

        assertThat(write(person("p1", 1, "a")))
                .extracting(r -> ((Written) r).timestamp())
                .containsExactly(Instant.parse("2026-11-20T12:00:00.123Z"));
    }

    @Test
    void a_new_entity_has_initial_equal_to_modified_its_guid_as_id_and_utc_times_in_any_session() throws SQLException {
        try (Connection connection = open(store)) {
            TestDatabase.rows(connection, "SELECT set_config('TimeZone', 'Asia/Vientiane', false)");

            List<WriteResult> results = events.write(connection, TENANT, "openspp", List.of(person("p1", 4, "Noy")));
            connection.commit();

            assertThat(
                            TestDatabase.rows(
                                    connection,
                                    "SELECT id, guid, tenant_id, initial = modified, sync_level, last_updated, modified FROM public.entities"))
                    .containsExactly(
                            "p1|p1|demo|t|null|2026-11-20 12:00:00.123|{\"id\": \"p1\", \"data\": {\"name\": \"Noy\","
                                    + " \"entityName\": \"individual\", \"externalId\": \"x-p1\"}, \"guid\": \"p1\", \"name\": \"Noy\","
                                    + " \"type\": \"individual\", \"version\": 4, \"externalId\": \"x-p1\","
                                    + " \"lastUpdated\": \"2026-11-20T12:00:00.123Z\"}");
            assertThat(TestDatabase.rows(connection, "SELECT xmin FROM public.entities"))
                    .containsExactly(((Written) results.get(0)).xmin());
            assertThat(TestDatabase.rows(
                            connection, "SELECT DISTINCT timestamp AT TIME ZONE 'UTC' FROM public.audit_log"))
                    .containsExactly("2026-11-20 12:00:00.123");
        }
    }

    @Test
    void a_known_entity_is_replaced_and_its_sync_level_left_alone() throws SQLException {
        String guid = device.createPerson("h", "Noy", "Keomany");
        device.update(guid, "phone_number", "1");
        TestDatabase.run(store, "UPDATE public.entities SET sync_level = 'SYNCED'");

        List<WriteResult> results = write(person(guid, 3, "Dao"));

        assertThat(TestDatabase.rows(
                        store,
                        "SELECT initial = modified, modified->>'version', modified->'data'->>'name', sync_level, last_updated,"
                                + " xmin FROM public.entities"))
                .containsExactly("t|3|Dao|SYNCED|2026-11-20 12:00:00.123|" + ((Written) results.get(0)).xmin());
    }

    @Test
    void the_audit_row_says_what_the_server_s_own_would() throws SQLException {
        PulledChange change = person("p1", 1, "Noy");

        write(change);

        assertThat(TestDatabase.rows(
                        store,
                        "SELECT tenant_id, action, entity_guid, event_guid, signature, user_id, guid ~ '^[0-9a-f-]{36}$',"
                                + " timestamp = '2026-11-20T12:00:00.123Z', changes FROM public.audit_log"))
                .containsExactly("demo|create-individual|p1|" + change.eventGuid() + "||external-openspp|t|t|"
                        + "{\"name\": \"Noy\", \"entityName\": \"individual\", \"externalId\": \"x-p1\"}");
    }

    @Test
    void what_it_writes_is_what_the_server_writes_for_the_same_event() throws SQLException {
        DataSource other = TestDatabase.dataCollect();
        SampleDevice twin = new SampleDevice(other, TENANT, InstantSource.fixed(NOW), 2);
        PulledChange change = person("p1", 1, "Noy");
        twin.submit("p1", "create-individual", change.data(), 2);

        write(change);

        for (String query : List.of(
                "SELECT entity_guid, type, data, sync_level, timestamp = '2026-11-20T12:00:00.123Z' FROM public.events",
                "SELECT id, guid, initial, modified, sync_level, last_updated, tenant_id FROM public.entities",
                "SELECT action, entity_guid, changes, signature, timestamp FROM public.audit_log")) {
            assertThat(TestDatabase.rows(store, query)).isEqualTo(TestDatabase.rows(other, query));
        }
    }

    @Test
    void a_delete_takes_the_same_rows_and_leaves_the_same_audit_as_the_server_s_own() throws SQLException {
        DataSource other = TestDatabase.dataCollect();
        SampleDevice twin = new SampleDevice(other, TENANT, InstantSource.fixed(NOW), 1);
        for (SampleDevice each : List.of(device, twin)) {
            each.submit("g1", "create-group", nestedGroup());
            each.submit(
                    "p9",
                    "create-individual",
                    JsonNodeFactory.instance.objectNode().put("name", "x").put("parentGuid", "g1"));
        }
        ObjectNode reason = JsonNodeFactory.instance.objectNode().put("reason", "gone at the target");
        String event = twin.submit("g1", "delete-entity", reason, 2);

        List<WriteResult> results =
                write(new PulledChange("g1", "delete-entity", reason, null, UUID.fromString(event), "admin"));

        assertThat(((Written) results.get(0)).cascaded()).containsExactly("m1", "m2", "g2");
        for (String query : List.of(
                "SELECT guid FROM public.entities",
                "SELECT entity_guid, type, data, sync_level FROM public.events WHERE sync_level = 2",
                "SELECT action, entity_guid, event_guid, changes, signature, user_id FROM public.audit_log"
                        + " WHERE action = 'cascade-delete-entity' ORDER BY id")) {
            assertThat(TestDatabase.rows(store, query))
                    .isEqualTo(TestDatabase.rows(other, query))
                    .isNotEmpty();
        }
    }

    @Test
    void deleting_what_is_not_there_still_tells_the_devices() throws SQLException {
        List<WriteResult> results = write(delete("nobody"));

        assertThat(results.get(0))
                .isInstanceOfSatisfying(
                        Written.class, w -> assertThat(w.cascaded()).isEmpty());
        assertThat(TestDatabase.rows(store, "SELECT type, entity_guid FROM public.events"))
                .containsExactly("delete-entity|nobody");
        assertThat(TestDatabase.rows(store, "SELECT 1 FROM public.audit_log")).isEmpty();
    }

    @Test
    void a_group_that_contains_itself_is_deleted_once() throws SQLException {
        device.submit("g1", "create-group", nestedGroup());
        TestDatabase.run(
                store,
                "UPDATE public.entities SET modified = jsonb_set(modified, '{memberIds,0}', '\"g1\"') WHERE guid = 'g2'");

        List<WriteResult> results = write(delete("g1"));

        assertThat(((Written) results.get(0)).cascaded()).containsExactly("m1", "g2");
        assertThat(TestDatabase.rows(store, "SELECT guid FROM public.entities")).containsExactly("m2");
    }

    @Test
    void a_change_of_a_member_beside_the_delete_of_its_group_has_to_be_made_again() throws SQLException {
        device.submit("g1", "create-group", nestedGroup());

        List<WriteResult> results = write(person("m2", 2, "changed"), delete("g1"));

        assertThat(results.get(0)).isInstanceOf(MovedOn.class);
        assertThat(results.get(1)).isInstanceOf(Written.class);
        assertThat(TestDatabase.rows(store, "SELECT guid FROM public.entities")).isEmpty();
    }

    @Test
    void a_change_made_from_an_older_state_is_not_written_and_the_others_are() throws SQLException {
        String moved = device.createPerson("h", "Noy", "Keomany");
        String before = xmin(moved);
        device.update(moved, "phone_number", "1");
        String still = device.createPerson("h", "Dao", "Keomany");

        List<WriteResult> results = write(
                expecting(person(moved, 2, "from the target"), Expected.row(before)),
                expecting(person(still, 2, "from the target"), Expected.row(xmin(still))),
                expecting(person("new", 1, "from the target"), Expected.absent()));

        assertThat(results.get(0)).isInstanceOfSatisfying(MovedOn.class, m -> {
            assertThat(m.entityGuid()).isEqualTo(moved);
            assertThat(m.xmin()).isEqualTo(xmin(moved));
        });
        assertThat(results.subList(1, 3)).allMatch(Written.class::isInstance);
        assertThat(TestDatabase.rows(
                        store, "SELECT entity_guid FROM public.events WHERE sync_level = 2 ORDER BY timestamp"))
                .containsExactly(still, "new");
        assertThat(TestDatabase.value(
                        store, "SELECT modified->>'name' FROM public.entities WHERE guid = '" + moved + "'"))
                .isEqualTo("Noy Keomany");
    }

    @Test
    void expectations_can_be_a_version_or_absence() throws SQLException {
        String guid = device.createPerson("h", "Noy", "Keomany");
        device.update(guid, "phone_number", "1");

        assertThat(write(
                        expecting(person(guid, 3, "a"), Expected.version(1)),
                        expecting(person("gone", 3, "a"), Expected.version(1)),
                        expecting(person("gone-too", 3, "a"), Expected.row("1"))))
                .containsExactly(
                        new MovedOn(guid, event(guid, 3), xmin(guid)),
                        new MovedOn("gone", event("gone", 3), null),
                        new MovedOn("gone-too", event("gone-too", 3), null));
        assertThat(write(expecting(person(guid, 3, "a"), Expected.absent()))).hasOnlyElementsOfType(MovedOn.class);
        assertThat(write(expecting(person(guid, 3, "a"), Expected.version(2)))).hasOnlyElementsOfType(Written.class);
        assertThat(write(expecting(delete(guid), Expected.version(2)))).hasOnlyElementsOfType(MovedOn.class);
    }

    @Test
    void the_hub_s_triggers_see_the_target_as_origin_and_nobody_else_does() throws SQLException {
        TestDatabase.run(store, """
                CREATE TABLE seen (origin text);
                CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
                  'BEGIN INSERT INTO public.seen VALUES (current_setting(''hub.origin'', true)); RETURN NULL; END';
                CREATE TRIGGER see AFTER INSERT ON public.entities FOR EACH ROW EXECUTE FUNCTION see();""");
        try (Connection connection = open(store)) {
            events.write(connection, TENANT, "openspp", List.of(person("p1", 1, "Noy")));
            connection.commit();

            assertThat(TestDatabase.rows(connection, "SELECT origin FROM seen")).containsExactly("openspp");
            assertThat(TestDatabase.rows(connection, "SELECT coalesce(current_setting('hub.origin', true), '')"))
                    .containsExactly("");
        }
        device.createHousehold("Keomany 1");
        assertThat(TestDatabase.rows(store, "SELECT coalesce(origin, '') FROM seen"))
                .containsExactly("openspp", "");
    }

    @Test
    void a_device_sees_every_pulled_change_once_in_order_and_the_entity_as_the_store_has_it() throws SQLException {
        String known = device.createPerson("h", "Noy", "Keomany");
        DevicePull phone = new DevicePull(store, TENANT, InstantSource.fixed(NOW.plusSeconds(5)));
        phone.pull();
        List<PulledChange> changes = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            changes.add(person("p" + i, 1, "Name " + i));
        }
        changes.add(person(known, 2, "Changed at the target"));

        write(changes.toArray(PulledChange[]::new));
        List<DevicePull.Received> arrived = phone.pull();
        String late = device.createPerson("h", "Late", "Keomany");
        write(person(known, 3, "Changed again"));

        assertThat(arrived)
                .extracting(DevicePull.Received::entityGuid)
                .containsExactlyElementsOf(
                        changes.stream().map(PulledChange::entityGuid).toList());
        assertThat(arrived).extracting(DevicePull.Received::level).containsOnly(2);
        assertThat(Objects.requireNonNull(phone.entity(known)).path("name").asText())
                .isEqualTo("Changed at the target");
        assertThat(phone.pull()).extracting(DevicePull.Received::entityGuid).containsExactly(known);
        assertThat(phone.received()).extracting(DevicePull.Received::guid).doesNotHaveDuplicates();
        assertThat(late).isNotEmpty();
    }

    @Test
    void a_device_s_later_update_of_a_pulled_entity_is_applied_by_the_server() throws SQLException {
        write(person("p1", 4, "Noy"));
        device.settlingConflicts().capturingAt(NOW.minus(Duration.ofDays(9)));

        device.update("p1", "phone_number", "+8562055555555");

        assertThat(TestDatabase.value(store, "SELECT modified->'data'->>'phone_number' FROM public.entities"))
                .isEqualTo("+8562055555555");
    }

    @Test
    void the_merkle_root_can_be_made_to_match_afterwards() throws SQLException {
        device.createHousehold("Keomany 1");
        try (Connection connection = open(store)) {
            events.write(connection, TENANT, "openspp", List.of(person("p1", 1, "Noy")));
            String root = MerkleRoot.refresh(connection, TENANT);
            connection.commit();

            assertThat(TestDatabase.rows(connection, "SELECT tenant_id, root FROM public.merkle_root"))
                    .containsExactly("demo|" + root);
            assertThat(root).hasSize(64);
        }
    }

    @Test
    void duplicates_are_never_announced_so_that_devices_go_on_pulling() throws SQLException {
        write(person("p1", 1, "Noy"), person("p2", 1, "Noy"));

        assertThat(TestDatabase.rows(store, "SELECT 1 FROM public.potential_duplicates"))
                .isEmpty();
    }

    @Test
    void nothing_to_write_takes_no_lock() throws SQLException {
        try (Connection connection = open(store)) {
            assertThat(events.write(connection, TENANT, "openspp", List.of())).isEmpty();
            assertThat(TestDatabase.rows(
                            connection, "SELECT mode FROM pg_locks WHERE relation = 'public.events'::regclass"))
                    .isEmpty();
        }
    }

    @Test
    void five_hundred_changes_take_no_more_statements_than_five() throws SQLException {
        assertThat(statements(500)).isEqualTo(statements(5)).isLessThanOrEqualTo(9);
    }

    @Test
    void it_refuses_to_write_outside_a_transaction_or_at_a_level_that_would_not_see_the_newest_event()
            throws SQLException {
        try (Connection connection = store.getConnection()) {
            assertThatThrownBy(() -> events.write(connection, TENANT, "openspp", List.of(person("p1", 1, "Noy"))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("switch autocommit off");
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            assertThatThrownBy(() -> events.write(connection, TENANT, "openspp", List.of(person("p1", 1, "Noy"))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("READ COMMITTED");
        }
    }

    @Test
    void it_refuses_two_changes_of_one_entity_and_a_lock_timeout_that_means_for_ever() throws SQLException {
        try (Connection connection = open(store)) {
            assertThatThrownBy(() -> events.write(
                            connection, TENANT, "openspp", List.of(person("p1", 1, "Noy"), person("p1", 2, "Dao"))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Entity p1")
                    .hasMessageContaining("is twice in one list");
        }
        assertThatThrownBy(() -> new ExternalEvents(InstantSource.system(), Duration.ofNanos(5)))
                .hasMessage(
                        "The lock timeout PT0.000000005S is below 1 ms, which PostgreSQL takes for no limit at all.");
    }

    private List<WriteResult> write(PulledChange... changes) throws SQLException {
        try (Connection connection = open(store)) {
            List<WriteResult> results = events.write(connection, TENANT, "openspp", List.of(changes));
            connection.commit();
            return results;
        }
    }

    /** The statements for this many changes, half of them of entities that are there. */
    private int statements(int changes) throws SQLException {
        String run = "of" + changes + "-";
        List<PulledChange> first = new ArrayList<>();
        List<PulledChange> second = new ArrayList<>();
        for (int i = 0; i < changes; i++) {
            second.add(person(run + i, 2, "Name " + i));
            if (i % 2 == 0) {
                first.add(person(run + i, 1, "Name " + i));
            }
        }
        write(first.toArray(PulledChange[]::new));
        AtomicInteger statements = new AtomicInteger();
        try (Connection connection = open(store)) {
            Connection counting = (Connection) Proxy.newProxyInstance(
                    Connection.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("prepareStatement")
                                || method.getName().equals("createStatement")) {
                            statements.incrementAndGet();
                        }
                        return method.invoke(connection, arguments);
                    });
            assertThat(events.write(counting, TENANT, "openspp", second)).hasOnlyElementsOfType(Written.class);
            connection.commit();
        }
        return statements.get();
    }

    private static List<String> counts(Connection connection) throws SQLException {
        return TestDatabase.rows(
                connection,
                "SELECT (SELECT count(*) FROM public.events), (SELECT count(*) FROM public.entities),"
                        + " (SELECT count(*) FROM public.audit_log)");
    }

    private String xmin(String guid) {
        try {
            return TestDatabase.value(store, "SELECT xmin FROM public.entities WHERE guid = '" + guid + "'");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    static UUID event(String guid, int version) {
        return UUID.nameUUIDFromBytes((guid + "@" + version).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    static PulledChange person(String guid, int version, String name) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("entityName", "individual").put("name", name).put("externalId", "x-" + guid);
        ObjectNode doc = JsonNodeFactory.instance.objectNode();
        doc.put("id", guid)
                .put("guid", guid)
                .put("type", "individual")
                .put("name", name)
                .put("version", version);
        doc.put("externalId", "x-" + guid).set("data", data);
        String type = version == 1 ? "create-individual" : "update-individual";
        return new PulledChange(guid, type, data, doc, event(guid, version), "external-openspp");
    }

    private static PulledChange delete(String guid) {
        ObjectNode reason = JsonNodeFactory.instance.objectNode().put("reason", "gone at the target");
        return new PulledChange(guid, "delete-entity", reason, null, event(guid, 99), "external-openspp");
    }

    private static PulledChange expecting(PulledChange change, Expected expected) {
        return new PulledChange(
                change.entityGuid(),
                change.type(),
                change.data(),
                change.doc(),
                change.eventGuid(),
                change.userId(),
                expected);
    }

    private static ObjectNode nestedGroup() {
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
        return group;
    }

    static Connection open(DataSource store) throws SQLException {
        Connection connection = store.getConnection();
        connection.setAutoCommit(false);
        return connection;
    }
}
