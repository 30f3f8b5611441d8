package org.synchub.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.synchub.demo.ExpectedRejection.Fate;
import org.synchub.store.MerkleRoot;
import org.synchub.testing.TestDatabase;

class FieldDataTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-20T12:00:00.123Z"), ZoneOffset.UTC);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static DataSource store;
    private static final FieldData data = new FieldData(CLOCK);

    @BeforeAll
    static void seed() throws SQLException {
        store = TestDatabase.dataCollect();
        assertThat(data.seed(store)).isTrue();
    }

    @Test
    void there_are_at_least_250_households_and_1000_people_and_the_counts_say_how_many() throws SQLException {
        FieldData.Counts counts = data.counts();

        assertThat(counts.households()).isGreaterThanOrEqualTo(250);
        assertThat(counts.people()).isGreaterThanOrEqualTo(1_000);
        assertThat(count("modified->'data'->>'entityName' = 'household' AND modified->>'type' = 'individual'"))
                .isEqualTo(counts.households());
        assertThat(count("modified->'data'->>'entityName' = 'individual' AND modified->'data' ? 'parentGuid'"))
                .isEqualTo(counts.people());
        assertThat(count("modified->>'type' = 'group'")).isEqualTo(counts.libraryGroups());
        assertThat(count("modified->'data'->>'entityName' = 'individual' AND NOT modified->'data' ? 'parentGuid'"))
                .isEqualTo(counts.libraryMembers());
        assertThat(count("modified->'data'->>'entityName' NOT IN ('household', 'individual')"))
                .isEqualTo(counts.others());
        assertThat(count("(modified->>'version')::int > 1")).isEqualTo(counts.updated());
        assertThat(counts.updated()).isGreaterThan(40);
        assertThat(count("true")).isEqualTo(counts.entities());
    }

    @Test
    void seeding_twice_writes_once() throws SQLException {
        long before = count("true");

        assertThat(new FieldData(CLOCK).seed(store)).isFalse();

        assertThat(count("true")).isEqualTo(before);
    }

    @Test
    void seeding_keeps_its_thread_busy_for_less_than_a_second() throws SQLException {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        DataSource other = TestDatabase.dataCollect();
        // Not the time on the wall, which other tests share.
        long start = threads.getCurrentThreadCpuTime();

        new FieldData(CLOCK).seed(other);

        assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - start)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void the_same_seed_gives_the_same_rows_at_any_time() throws SQLException {
        DataSource other = TestDatabase.dataCollect();
        new FieldData(Clock.offset(CLOCK, Duration.ofDays(9))).seed(other);
        String digest =
                "SELECT md5(string_agg(guid || (modified->'data')::text || (modified->>'version'), ',' ORDER BY guid))"
                        + " FROM public.entities";

        assertThat(TestDatabase.value(other, digest)).isEqualTo(TestDatabase.value(store, digest));

        DataSource third = TestDatabase.dataCollect();
        new FieldData(CLOCK, 7).seed(third);
        assertThat(TestDatabase.value(third, digest)).isNotEqualTo(TestDatabase.value(store, digest));
    }

    @Test
    void entities_look_like_the_ones_that_a_real_server_wrote() throws SQLException {
        DataSource real = TestDatabase.empty();
        TestDatabase.runScript(real, "/datacollect/schema.sql");
        TestDatabase.runScript(real, "/datacollect/sample-data.sql");
        String shape = """
                SELECT DISTINCT modified->>'type', k, jsonb_typeof(modified->k), sync_level, id = guid,
                       guid = modified->>'guid', guid = modified->>'id', initial->>'guid' = guid,
                       last_updated = (modified->>'lastUpdated')::timestamp,
                       modified->>'lastUpdated' ~ '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$',
                       modified->>'name' = modified->'data'->>'name'
                  FROM public.entities, jsonb_object_keys(modified) AS k
                 WHERE tenant_id = 'demo' ORDER BY 1, 2""";

        assertThat(TestDatabase.rows(store, shape)).isEqualTo(TestDatabase.rows(real, shape));
    }

    @Test
    void events_and_audit_rows_look_like_the_ones_that_a_real_server_wrote() throws SQLException {
        DataSource real = TestDatabase.empty();
        TestDatabase.runScript(real, "/datacollect/schema.sql");
        TestDatabase.runScript(real, "/datacollect/sample-data.sql");
        String applied = """
                SELECT DISTINCT e.type, a.action, a.entity_guid = e.entity_guid,
                       a.changes - 'members' = e.data - 'members', a.changes ? 'members', a.signature, a.user_id = e.user_id,
                       a.changes->'members'->0 ? 'guid', jsonb_typeof(a.changes)
                  FROM public.events e JOIN public.audit_log a ON a.event_guid = e.guid
                 WHERE e.tenant_id = 'demo' AND e.type IN ('create-individual', 'update-individual', 'add-member')
                   AND a.action NOT LIKE 'flag%' AND e.sync_level = 1 ORDER BY 1, 2, 3""";

        assertThat(TestDatabase.rows(store, applied)).isEqualTo(TestDatabase.rows(real, applied));
        assertThat(TestDatabase.value(
                        store, "SELECT count(*) FROM public.events WHERE date_trunc('ms', timestamp) <> timestamp"))
                .isEqualTo("0");
    }

    @Test
    void an_update_keeps_the_state_before_it_as_initial() throws SQLException {
        assertThat(TestDatabase.rows(
                        store,
                        "SELECT DISTINCT initial->>'version', modified->>'version',"
                                + " initial->'data' <> modified->'data', initial->>'lastUpdated' < modified->>'lastUpdated'"
                                + " FROM public.entities WHERE modified->>'type' = 'individual'"
                                + " AND (modified->>'version')::int > 1"))
                .containsExactly("1|2|t|t");
    }

    @Test
    void devices_captured_everything_weeks_ago_and_the_server_got_it_later() throws SQLException {
        assertThat(TestDatabase.value(
                        store,
                        "SELECT bool_and(a.timestamp > e.timestamp AND a.timestamp < '2026-11-20T12:00:00Z'"
                                + " AND e.timestamp > '2026-10-01')"
                                + " FROM public.events e JOIN public.audit_log a ON a.event_guid = e.guid"))
                .isEqualTo("t");
        assertThat(TestDatabase.value(
                        store,
                        "SELECT count(*) > 0 FROM public.events a, public.events b"
                                + " WHERE a.ctid < b.ctid AND a.timestamp > b.timestamp"))
                .isEqualTo("t");
    }

    @Test
    void every_expected_rejection_is_there_and_really_has_what_it_says() throws SQLException {
        Map<String, JsonNode> people = entities();
        for (ExpectedRejection expected : data.expectedRejections()) {
            JsonNode form = Objects.requireNonNull(people.get(expected.entityGuid()), expected.why());
            if (expected.fate() == Fate.REFUSED) {
                assertThat(faults(form)).as(expected.why()).containsExactly(expected.why());
            } else if (expected.fate() == Fate.WAITS_FOR_HOUSEHOLD) {
                assertThat(people).doesNotContainKey(form.path("parentGuid").asText());
                assertThat(data.lateHouseholds())
                        .doesNotContain(form.path("parentGuid").asText());
            } else if (expected.fate() == Fate.NOT_MAPPED) {
                assertThat(form.path("entityName").asText()).isNotIn("household", "individual");
            } else {
                assertThat(TestDatabase.rows(
                                store,
                                "SELECT sync_level FROM public.events WHERE entity_guid = '" + expected.entityGuid()
                                        + "'"))
                        .containsExactly("0");
            }
        }
        assertThat(data.expectedRejections().stream()
                        .collect(Collectors.groupingBy(ExpectedRejection::fate, Collectors.counting())))
                .isEqualTo(Map.of(
                        Fate.REFUSED, 10L, Fate.WAITS_FOR_HOUSEHOLD, 2L, Fate.NOT_MAPPED, 2L, Fate.NOT_SYNCED, 2L));
    }

    @Test
    void all_other_records_are_good() throws SQLException {
        Map<String, JsonNode> all = entities();
        List<String> bad = data.expectedRejections().stream()
                .map(ExpectedRejection::entityGuid)
                .toList();
        Map<String, String> wrong = new HashMap<>();
        all.forEach((guid, form) -> {
            List<String> faults = new ArrayList<>(faults(form));
            String parent = form.path("parentGuid").asText();
            if (!parent.isEmpty()
                    && !all.containsKey(parent)
                    && !data.lateHouseholds().contains(parent)) {
                faults.add("no parent");
            }
            if (!bad.contains(guid) && !faults.isEmpty()) {
                wrong.put(guid, faults.toString());
            }
        });

        assertThat(wrong).isEmpty();
    }

    @Test
    void names_come_in_many_scripts() throws SQLException {
        String names = String.join(
                " ",
                TestDatabase.rows(store, "SELECT modified->>'name' FROM public.entities WHERE tenant_id = 'demo'"));

        assertThat(names).contains("'", "’", "\"", "\\", "é", "e\u0301", "ñ", "ễ");
        for (Character.UnicodeScript script : List.of(
                Character.UnicodeScript.LAO,
                Character.UnicodeScript.ARABIC,
                Character.UnicodeScript.HAN,
                Character.UnicodeScript.HIRAGANA,
                Character.UnicodeScript.HANGUL)) {
            assertThat(names.codePoints()
                            .filter(c -> Character.UnicodeScript.of(c) == script)
                            .count())
                    .as(script.name())
                    .isPositive();
        }
    }

    @Test
    void some_optional_values_are_missing_empty_or_null() throws SQLException {
        assertThat(count("NOT modified->'data' ? 'phone_number'")).isGreaterThan(20);
        assertThat(count("modified->'data'->>'phone_number' = ''")).isGreaterThan(20);
        assertThat(count("modified->'data'->'date_of_birth' = 'null'")).isPositive();
        assertThat(count("modified->'data'->'document_ids' = '[]'")).isGreaterThan(20);
    }

    @Test
    void the_library_s_members_have_no_events_of_their_own_and_one_of_them_is_a_group() throws SQLException {
        assertThat(TestDatabase.rows(store, """
                        SELECT m.modified->>'type', count(*), count(e.guid)
                          FROM public.entities g
                          CROSS JOIN jsonb_array_elements_text(g.modified->'memberIds') AS member
                          JOIN public.entities m ON m.guid = member
                          LEFT JOIN public.events e ON e.entity_guid = member
                         GROUP BY 1 ORDER BY 1""")).containsExactly("group|1|0", "individual|5|0");
    }

    @Test
    void the_merkle_root_matches() throws SQLException {
        assertThat(TestDatabase.value(store, "SELECT root FROM public.merkle_root WHERE tenant_id = 'demo'"))
                .isEqualTo(root(store));
    }

    @Test
    void there_is_a_configuration_without_external_sync() throws SQLException {
        assertThat(TestDatabase.rows(
                        store,
                        "SELECT id, name, external_sync, auth_configs, entity_data->0->'data'->0->>'id',"
                                + " (SELECT string_agg(f->>'name', ',') FROM jsonb_array_elements(entity_forms) f)"
                                + " FROM public.app_configs"))
                .containsExactly("demo|Demo|null|null|100|apg,household,individual,village_survey");
    }

    @Test
    void the_late_households_arrive_once_with_old_timestamps_and_complete_their_people() throws SQLException {
        DataSource other = TestDatabase.dataCollect();
        new FieldData(CLOCK).seed(other);
        String orphans = "SELECT count(*) FROM public.entities p WHERE p.modified->'data'->>'entityName' = 'individual'"
                + " AND p.modified->'data' ? 'parentGuid' AND NOT EXISTS (SELECT 1 FROM public.entities h"
                + " WHERE h.guid = p.modified->'data'->>'parentGuid')";
        int waiting = data.peopleOfLateHouseholds().size();
        assertThat(TestDatabase.value(other, orphans)).isEqualTo(String.valueOf(waiting + 2));

        FieldData afterRestart = new FieldData(Clock.offset(CLOCK, Duration.ofMinutes(5)));
        assertThat(afterRestart.lateArrivals(other)).isTrue();
        assertThat(afterRestart.lateArrivals(other)).isFalse();

        assertThat(TestDatabase.value(other, orphans)).isEqualTo("2");
        assertThat(TestDatabase.rows(
                        other,
                        "SELECT e.timestamp < '2026-10-21', a.timestamp >= '2026-11-20T12:05:00Z'"
                                + " FROM public.entities h JOIN public.events e ON e.entity_guid = h.guid"
                                + " JOIN public.audit_log a ON a.event_guid = e.guid WHERE h.guid IN ('"
                                + String.join("','", data.lateHouseholds()) + "')"))
                .hasSize(data.counts().lateHouseholds())
                .containsOnly("t|t");
        assertThat(TestDatabase.value(other, "SELECT count(*) - count(DISTINCT guid) FROM public.audit_log"))
                .isEqualTo("0");
        assertThat(TestDatabase.value(other, "SELECT root FROM public.merkle_root"))
                .isEqualTo(root(other));
    }

    @Test
    void bulk_fills_a_tenant_with_good_records() throws SQLException {
        DataSource other = TestDatabase.dataCollect();

        assertThat(FieldData.bulk(other, "bulk", 400, 4, 1)).isEqualTo(2_000);

        assertThat(TestDatabase.rows(other, """
                        SELECT e.modified->'data'->>'entityName', count(*), count(v.guid), bool_and(e.modified->'data' = v.data),
                               bool_and(e.last_updated = (e.modified->>'lastUpdated')::timestamp), min(v.sync_level),
                               count(DISTINCT v.timestamp), bool_and(e.initial = e.modified AND e.id = e.guid)
                          FROM public.entities e LEFT JOIN public.events v ON v.entity_guid = e.guid
                         WHERE e.tenant_id = 'bulk' GROUP BY 1 ORDER BY 1"""))
                .containsExactly("household|400|400|t|t|1|400|t", "individual|1600|1600|t|t|1|1600|t");
        for (String form : TestDatabase.rows(other, "SELECT modified->'data' FROM public.entities")) {
            assertThat(faults(read(form))).isEmpty();
        }
        assertThat(
                        TestDatabase.value(
                                other,
                                "SELECT count(*) FROM public.entities p WHERE modified->'data'->>'entityName' = 'individual'"
                                        + " AND NOT EXISTS (SELECT 1 FROM public.entities h WHERE h.guid = p.modified->'data'->>'parentGuid')"))
                .isEqualTo("0");
        JsonNode gps = read(read(TestDatabase.rows(
                                other,
                                "SELECT modified->'data' FROM public.entities"
                                        + " WHERE modified->'data'->>'entityName' = 'household' LIMIT 1")
                        .get(0))
                .path("location_gps")
                .asText());
        assertThat(gps.path("coords").path("latitude").isNumber()).isTrue();
    }

    /** The same judgements as the data set's own documentation makes, in the same words. */
    private static List<String> faults(JsonNode form) {
        List<String> faults = new ArrayList<>();
        if (!form.path("entityName").asText().equals("individual")) {
            return faults;
        }
        String phone = form.path("phone_number").asText();
        if (!phone.isEmpty() && !phone.matches("\\+85620[2579]\\d{7}")) {
            faults.add("the phone number has too few digits");
        }
        String born = form.path("date_of_birth").isNull()
                ? ""
                : form.path("date_of_birth").asText();
        if (!born.isEmpty() && !isDate(born)) {
            faults.add("the date of birth does not exist");
        }
        if (!List.of("", "male", "female").contains(form.path("gender").asText())) {
            faults.add("the gender is not one of the known values");
        }
        if (form.path("first_name").asText().isBlank()) {
            faults.add("the first name is empty");
        }
        for (JsonNode document : form.path("document_ids")) {
            if (document.path("id_type").asText().equals("national_id")
                    && !Pattern.matches(
                            FieldData.NATIONAL_ID_PATTERN,
                            document.path("id_number").asText())) {
                faults.add("the national id does not have the form that its type asks for");
            }
        }
        return faults;
    }

    private static boolean isDate(String isoWithOffset) {
        try {
            LocalDate.parse(isoWithOffset.substring(0, 10));
            return isoWithOffset.endsWith("T00:00:00+07:00");
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static Map<String, JsonNode> entities() throws SQLException {
        Map<String, JsonNode> all = new HashMap<>();
        for (String row : TestDatabase.rows(store, "SELECT guid, modified->'data' FROM public.entities")) {
            int bar = row.indexOf('|');
            all.put(row.substring(0, bar), read(row.substring(bar + 1)));
        }
        return all;
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static long count(String condition) throws SQLException {
        return Long.parseLong(TestDatabase.value(
                store, "SELECT count(*) FROM public.entities WHERE tenant_id = 'demo' AND " + condition));
    }

    private static String root(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            return MerkleRoot.compute(connection, FieldData.TENANT);
        }
    }
}
