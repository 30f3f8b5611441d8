package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.demo.SampleDevice;
import org.synchub.ledger.State;
import org.synchub.simulator.http.Json;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestStore;

/** All six shipped mapping files at once on one tenant, through the hub's own routes. */
class SixTargetsTest {

    private static final long SEED = 20261121;
    private static final int HOUSEHOLDS = 200;
    private static final int PEOPLE = 800;
    private static final int EDITS = 120;
    private static final int DELETIONS = 8;
    private static final int ROUNDS = 5;
    private static final String FIELD = "field";

    private final Random random = new Random(SEED);
    private final List<String> people = new ArrayList<>();
    private DataSource store;
    private int edits;
    private SixTargets targets;
    private SampleDevice device;

    @BeforeEach
    void start() throws SQLException {
        store = TestDatabase.dataCollect();
        targets = new SixTargets(store);
        device = new SampleDevice(store, "t", Clock.systemUTC(), 1);
        try (HikariDataSource pool = TestStore.pool(store)) {
            TestStore field = new TestStore(pool, "t");
            for (int i = 0; i < HOUSEHOLDS; i++) {
                field.household("house-" + i, "House " + i + " of Ann & Bo").event("house-" + i, 1);
            }
            for (int i = 0; i < PEOPLE; i++) {
                String guid = "person-" + i;
                ObjectNode form = JsonNodeFactory.instance.objectNode().put("entityName", "individual");
                form.put("first_name", "Ann " + i).put("last_name", "Home & co").put("gender", "female");
                form.put("parentGuid", "house-" + i % HOUSEHOLDS).put("phone_number", phone(i));
                field.put(guid, form.put("date_of_birth", "1985-04-03T00:00:00+07:00"))
                        .event(guid, 1);
                people.add(guid);
            }
        }
    }

    @AfterEach
    void stop() {
        targets.close();
    }

    private static String phone(int number) {
        return "+85620" + (55_000_000 + number);
    }

    /** A number as a name that no server spells otherwise. */
    private static String letters(int number) {
        return "n" + (char) ('a' + number / 26) + (char) ('a' + number % 26);
    }

    /** Edits in the field and at every target that tells what was edited, of whoever chance picks; each says something new. */
    private void editEverywhere() throws SQLException {
        List<String> sides = new ArrayList<>(SixTargets.NAMES);
        sides.remove(SixTargets.OPENFN);
        sides.add(FIELD);
        List<String> fields = List.of(SixTargets.FIRST_NAME, SixTargets.LAST_NAME, SixTargets.PHONE);
        for (int i = 0; i < EDITS; i++, edits++) {
            // Few enough people that some are edited on several sides, and in the same field.
            String guid = people.get(DELETIONS + random.nextInt(100));
            String side = sides.get(i % sides.size());
            List<String> editable = side.equals(FIELD) ? fields : SixTargets.editable(side);
            String field = editable.get(random.nextInt(editable.size()));
            String value = field.equals(SixTargets.PHONE) ? phone(10_000 + edits) : "Edited & " + letters(edits);
            if (side.equals(FIELD)) {
                device.update(guid, field, value);
            } else {
                targets.edit(side, guid, field, value);
            }
        }
    }

    private long unfinished() throws SQLException {
        return Long.parseLong(String.valueOf(TestDatabase.value(
                store, "SELECT count(*) FROM hub.delivery WHERE state NOT IN ('delivered', 'excluded')")));
    }

    private String pulledEvents() throws SQLException {
        return String.valueOf(TestDatabase.value(store, "SELECT count(*) FROM public.events WHERE sync_level = 2"));
    }

    /** The people of the store, in its own words. */
    private Map<String, Map<String, String>> inStore() throws SQLException, IOException {
        Map<String, Map<String, String>> all = new TreeMap<>();
        for (String row : TestDatabase.rows(
                store, "SELECT modified FROM public.entities WHERE modified->'data'->>'entityName' = 'individual'")) {
            JsonNode doc = Json.MAPPER.readTree(row);
            Map<String, String> person = new TreeMap<>();
            for (String field : List.of(SixTargets.FIRST_NAME, SixTargets.LAST_NAME, SixTargets.PHONE)) {
                person.put(field, doc.path("data").path(field).asText());
            }
            person.put("name", person.get(SixTargets.FIRST_NAME) + " " + person.get(SixTargets.LAST_NAME));
            all.put(doc.path("guid").asText(), person);
        }
        return all;
    }

    private void assertAgreement() throws SQLException, IOException {
        Map<String, Map<String, String>> expected = inStore();
        for (String target : SixTargets.NAMES) {
            Map<String, Map<String, String>> there = targets.people(target);
            assertThat(there.keySet()).as(target).isEqualTo(expected.keySet());
            there.forEach(
                    (guid, person) -> assertThat(expected.get(guid)).as(target).containsAllEntriesOf(person));
        }
    }

    @Test
    void a_thousand_records_random_edits_on_every_side_and_agreement_at_the_end_without_an_echo_or_a_repeat()
            throws Exception {
        targets.push();
        for (String target : SixTargets.NAMES) {
            assertThat(targets.hub.status(target).in(State.REJECTED)).as(target).isZero();
        }
        assertThat(unfinished()).isZero();
        assertAgreement();

        targets.pull();
        assertThat(pulledEvents())
                .as("what the hub wrote comes back as no change")
                .isEqualTo("0");

        editEverywhere();
        for (int i = 0; i < DELETIONS; i++) {
            device.delete(people.get(i));
        }
        targets.pull();
        targets.push();
        editEverywhere();
        int round = 0;
        do {
            targets.push();
            targets.pull();
        } while (++round < 2 || (unfinished() > 0 && round < ROUNDS));

        assertThat(
                        TestDatabase.rows(
                                store,
                                "SELECT target, guid, state, reason FROM hub.delivery WHERE state NOT IN ('delivered', 'excluded')"))
                .isEmpty();
        assertThat(TestDatabase.rows(store, "SELECT target, kind, reason_code, reason FROM hub.parked"))
                .isEmpty();
        assertThat(inStore()).hasSize(PEOPLE - DELETIONS);
        assertAgreement();

        String events = pulledEvents();
        Map<String, Long> writes = targets.writes();
        targets.pull();
        targets.push();
        assertThat(pulledEvents()).as("nothing goes round").isEqualTo(events);
        assertThat(targets.writes()).as("nothing goes round").isEqualTo(writes);

        assertThat(targets.repeats()).isEmpty();
        Set<String> submitted = new HashSet<>();
        targets.openFn
                .submissions()
                .forEach(form ->
                        submitted.add(form.path("entityGuid") + " " + form.path("type") + " " + form.path("data")));
        assertThat(targets.openFn.submissions())
                .as("no form is submitted twice")
                .hasSize(submitted.size());
        assertThat(targets.synchronization.registrar().everMade("Individual")).isEqualTo(PEOPLE);
        assertThat(targets.openSpp.registry().partners())
                .filteredOn(partner -> partner.flag("is_registrant"))
                .hasSize(PEOPLE + HOUSEHOLDS);
    }
}
