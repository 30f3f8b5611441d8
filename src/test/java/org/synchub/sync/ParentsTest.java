package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.target.Outcome;
import org.synchub.testing.TestStore;

/** A record that refers to another waits for it, no longer and no shorter, and says so truly when it cannot come. */
class ParentsTest {

    private static HikariDataSource store;
    private Scene scene;
    private TestStore field;

    @BeforeAll
    static void createDatabase() throws SQLException {
        store = TestStore.withHub();
    }

    @AfterAll
    static void closeDatabase() {
        store.close();
    }

    @BeforeEach
    void start() {
        scene = Scene.on(store);
        field = scene.field;
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    private void rejectAtTarget(String guid) {
        scene.memory.answer(w -> w.guid().equals(guid) ? new Outcome.Rejected("bad", "no such area", null) : null);
    }

    /** Lets people be of any household, each in a lane of its own, so that parent and child are claimed apart. */
    private static String peopleInLanesOfTheirOwn(String yaml) {
        return yaml.replace("    lane: data.parentGuid\n", "");
    }

    /** People that refer to people. */
    private static String peopleOfPeople(String yaml) {
        return peopleInLanesOfTheirOwn(yaml).replace("reference: household", "reference: individual");
    }

    private Scene restart(java.util.function.UnaryOperator<String> mapping) {
        scene.close();
        scene = Scene.on(store, mapping);
        field = scene.field;
        return scene;
    }

    @Test
    void a_household_goes_before_its_people_whatever_came_first() {
        field.person("a-person", "z-household").household("z-household");

        scene.push();

        assertThat(scene.sent()).containsExactly("z-household", "a-person");
        assertThat(scene.memory.received().get(1).references()).containsEntry("z-household", "memory-z-household");
    }

    @Test
    void a_person_whose_household_is_not_there_needs_attention_and_goes_by_itself_when_it_comes() {
        field.person("p", "h");
        scene.push();
        assertThat(scene.stands("p")).isEqualTo("rejected parent-absent");
        assertThat(scene.of("p", "reason"))
                .isEqualTo(
                        "Refers to household h, which is not in the store; it goes out by itself when that record arrives");

        field.household("h");
        scene.push();

        assertThat(scene.sent()).containsExactly("h", "p");
        assertThat(scene.stands("p")).isEqualTo("delivered");
        assertThat(scene.of("p", "blocked_on")).isEqualTo("null");
    }

    @Test
    void a_person_whose_household_is_on_its_way_is_blocked_and_then_freed() {
        restart(ParentsTest::peopleInLanesOfTheirOwn);
        scene.memory.answer(w -> w.guid().equals("h") ? new Outcome.Retry("busy", "locked", null) : null);
        field.household("h").person("p", "h");
        scene.push();
        assertThat(scene.stands("h")).isEqualTo("retry busy");
        assertThat(scene.stands("p")).isEqualTo("blocked blocked");

        scene.memory.answer(w -> null);
        scene.later(java.time.Duration.ofMinutes(10));
        scene.push();

        assertThat(scene.stands("h")).isEqualTo("delivered");
        assertThat(scene.stands("p")).isEqualTo("delivered");
    }

    @Test
    void people_of_a_rejected_household_fail_with_it_and_go_once_it_is_mended() {
        rejectAtTarget("h");
        field.household("h").person("p", "h").person("q", "h");
        scene.push();
        assertThat(scene.stands("h")).isEqualTo("rejected bad");
        assertThat(scene.stands("p")).isEqualTo("rejected parent-rejected");
        assertThat(scene.of("q", "reason"))
                .isEqualTo("Waits for household h, which needs attention itself: mend that one first");
        assertThat(scene.sent()).containsExactly("h");

        scene.memory.answer(w -> null);
        field.set("h", "household_name", "mended");
        scene.push();

        assertThat(List.of(scene.stands("h"), scene.stands("p"), scene.stands("q")))
                .containsOnly("delivered");
    }

    @Test
    void what_waits_for_what_waits_fails_too_and_is_freed_too() {
        restart(ParentsTest::peopleOfPeople);
        field.person("c", "b").person("b", "a");
        scene.push();
        assertThat(scene.stands("b")).isEqualTo("rejected parent-absent");
        assertThat(scene.stands("c")).isEqualTo("rejected parent-rejected");

        field.person("a", null);
        scene.push();

        assertThat(scene.sent()).containsExactly("a", "b", "c");
    }

    @Test
    void a_chain_blocked_across_claims_fails_to_its_end() {
        restart(ParentsTest::peopleOfPeople);
        scene.memory.answer(w -> new Outcome.Retry("busy", "locked", null));
        field.person("a", null).person("b", "a").person("c", "b");
        scene.push();
        assertThat(scene.stands("b")).isEqualTo("blocked blocked");
        assertThat(scene.stands("c")).isEqualTo("blocked blocked");

        rejectAtTarget("a");
        scene.later(java.time.Duration.ofMinutes(10));
        scene.push();

        assertThat(scene.stands("a")).isEqualTo("rejected bad");
        assertThat(scene.stands("b")).isEqualTo("rejected parent-rejected");
        assertThat(scene.stands("c")).isEqualTo("rejected parent-rejected");
    }

    @Test
    void a_household_that_the_mapping_refuses_fails_its_people_in_the_same_claim() {
        field.event("h", 1).household("h", (String) null).person("p", "h");

        scene.push();

        assertThat(scene.stands("h")).isEqualTo("rejected mapping");
        assertThat(scene.stands("p")).isEqualTo("rejected parent-rejected");
        field.set("h", "household_name", "mended");
        scene.push();
        assertThat(scene.stands("p")).isEqualTo("delivered");
    }

    @Test
    void a_household_that_is_linked_already_keeps_no_person_waiting_whatever_becomes_of_its_update() {
        field.household("h").person("p", "h");
        scene.push();

        rejectAtTarget("h");
        field.set("h", "household_name", "refused")
                .set("p", "phone_number", "1")
                .person("new", "h");
        scene.push();

        assertThat(scene.stands("h")).isEqualTo("rejected bad");
        assertThat(scene.stands("p")).isEqualTo("delivered");
        assertThat(scene.stands("new")).isEqualTo("delivered");
    }

    @Test
    void a_person_of_a_local_household_waits_for_it_to_be_synced() {
        field.event("h", 0).household("h", "held back").person("p", "h");
        scene.push();
        assertThat(scene.stands("p")).isEqualTo("rejected parent-excluded");

        field.event("h", 1);
        scene.push();

        assertThat(scene.stands("h")).isEqualTo("delivered");
        assertThat(scene.stands("p")).isEqualTo("delivered");
    }

    @Test
    void a_person_of_a_deleted_household_needs_attention() {
        field.household("h").person("p", "h");
        scene.push();
        field.delete("h");
        scene.push();

        field.person("late", "h");
        scene.push();

        assertThat(scene.stands("late")).isEqualTo("rejected parent-absent");
        field.household("h");
        scene.push();
        assertThat(scene.stands("late")).isEqualTo("delivered");
    }

    @Test
    void one_that_refers_to_itself_needs_attention() {
        restart(ParentsTest::peopleOfPeople);
        field.person("a", "a");

        scene.push();

        assertThat(scene.stands("a")).isEqualTo("rejected parent-cyclic");
        field.person("a", null);
        scene.push();
        assertThat(scene.stands("a")).isEqualTo("delivered");
    }

    @Test
    void a_circle_in_one_claim_needs_attention_and_what_waits_for_it_says_so() {
        restart(ParentsTest::peopleOfPeople);
        field.person("a", "b").person("b", "c").person("c", "a").person("outside", "a");

        scene.push();

        assertThat(List.of(scene.stands("a"), scene.stands("b"), scene.stands("c")))
                .containsOnly("rejected parent-cyclic");
        assertThat(scene.stands("outside")).isEqualTo("rejected parent-rejected");

        field.person("a", null);
        scene.push();
        assertThat(List.of(scene.stands("a"), scene.stands("b"), scene.stands("c"), scene.stands("outside")))
                .containsOnly("delivered");
    }

    @Test
    void a_circle_closed_by_records_that_are_linked_is_none() {
        restart(ParentsTest::peopleOfPeople);
        field.person("a", null).person("b", "a");
        scene.push();

        field.person("a", "b").set("b", "phone_number", "1");
        scene.push();

        assertThat(scene.stands("a")).isEqualTo("delivered");
        assertThat(scene.memory
                        .records()
                        .get("a")
                        .path("household")
                        .path("$ref")
                        .asText())
                .isEqualTo("b");
    }

    @Test
    void a_circle_that_forms_across_claims_is_seen() {
        restart(ParentsTest::peopleOfPeople);
        field.person("a", "b");
        PushWriter first = claimNew();
        field.person("b", "a");
        PushWriter second = claimNew();

        // Each is mapped while the other is in flight: neither sees that it waits for itself.
        scene.hub.push.map(first);
        scene.hub.push.map(second);
        scene.hub.sendAndSettle(first);
        scene.hub.sendAndSettle(second);

        assertThat(List.of(scene.stands("a"), scene.stands("b")))
                .containsExactlyInAnyOrder("rejected parent-rejected", "rejected parent-cyclic");
    }

    @Test
    void a_circle_of_four_that_two_pairs_close_at_once_is_seen_by_the_housekeeping() {
        restart(ParentsTest::peopleOfPeople);
        field.person("a", "b").person("b", "c").person("c", "d").person("d", "a");
        scene.hub.captures.drain();
        field.run("UPDATE hub.delivery SET state = 'blocked', due_at = NULL, blocked_on ="
                + " translate(guid, 'abcd', 'bcda') WHERE target = '" + scene.target + "'");
        field.person("waits", "a");
        scene.push();
        assertThat(scene.stands("waits")).isEqualTo("blocked blocked");

        scene.hub.captures.housekeeping();

        assertThat(List.of("a", "b", "c", "d").stream().map(scene::stands)).containsOnly("rejected parent-cyclic");
        assertThat(scene.stands("waits")).isEqualTo("rejected parent-rejected");
    }

    @Test
    void a_household_delivered_between_mapping_and_settling_of_its_person_frees_it() {
        restart(ParentsTest::peopleInLanesOfTheirOwn);
        field.household("h");
        PushWriter household = claimNew();
        field.person("p", "h");
        PushWriter person = claimNew();
        scene.hub.push.map(household);
        scene.hub.push.map(person);
        assertThat(person.ready()).hasSize(1);

        scene.hub.sendAndSettle(household);
        scene.hub.sendAndSettle(person);

        assertThat(scene.stands("p")).isEqualTo("pending");
        scene.hub.push.claim(person);
        scene.hub.push.map(person);
        scene.hub.sendAndSettle(person);
        assertThat(scene.stands("p")).isEqualTo("delivered");
    }

    @Test
    void a_household_rejected_between_mapping_and_settling_of_its_person_fails_it() {
        restart(ParentsTest::peopleInLanesOfTheirOwn);
        rejectAtTarget("h");
        field.household("h");
        PushWriter household = claimNew();
        field.person("p", "h");
        PushWriter person = claimNew();
        scene.hub.push.map(household);
        scene.hub.push.map(person);

        scene.hub.sendAndSettle(household);
        scene.hub.sendAndSettle(person);

        assertThat(scene.stands("p")).isEqualTo("rejected parent-rejected");
    }

    @Test
    void a_household_that_a_backfill_owes_becomes_as_urgent_as_the_person_that_waits_for_it() {
        restart(ParentsTest::peopleInLanesOfTheirOwn);
        field.household("h");
        scene.hub.captures.drain();
        field.run("UPDATE hub.delivery SET priority = 200, due_at = due_at + interval '1 hour' WHERE guid = 'h'");
        field.person("p", "h");
        PushWriter person = claimNew();
        scene.hub.push.map(person);

        scene.hub.sendAndSettle(person);

        assertThat(scene.stands("p")).isEqualTo("blocked blocked");
        assertThat(scene.of("h", "priority")).isEqualTo("100");
    }

    @Test
    void a_household_that_arrives_between_mapping_and_settling_of_its_person_frees_it() {
        field.person("p", "h");
        PushWriter person = claimNew();
        scene.hub.push.map(person);
        assertThat(person.ready()).extracting(s -> s.reasonCode()).containsExactly("parent-absent");

        // A hub that has the household in another lane, as after a move, delivers it at this very moment.
        field.household("h");
        scene.hub.captures.drain();
        field.run("INSERT INTO hub.lane VALUES ('" + scene.target + "', 'elsewhere') ON CONFLICT DO NOTHING");
        field.run("UPDATE hub.delivery SET lane = 'elsewhere' WHERE guid = 'h' AND target = '" + scene.target + "'");
        field.run("INSERT INTO hub.link (target, guid, kind, external_id, mapping_hash, lane)" + " VALUES ('"
                + scene.target + "', 'h', 'household', 'memory-h', '', 'elsewhere')");
        scene.hub.sendAndSettle(person);
        assertThat(scene.stands("p")).isEqualTo("pending");
        scene.hub.push.claim(person);
        scene.hub.push.map(person);
        scene.hub.sendAndSettle(person);

        assertThat(scene.stands("p")).isEqualTo("delivered");
    }

    @Test
    void what_slipped_through_is_freed_by_the_housekeeping() {
        field.household("h");
        scene.push();
        field.person("p", "h");
        scene.push();
        field.run("UPDATE hub.delivery SET state = 'blocked', due_at = NULL, blocked_on = 'h' WHERE target = '"
                + scene.target + "' AND guid = 'p'");

        scene.hub.captures.housekeeping();

        assertThat(scene.stands("p")).isEqualTo("pending");
    }

    /** A writer with a claim on what has changed just now, beside others of the same run. */
    private PushWriter claimNew() {
        scene.hub.captures.drain();
        PushRun run =
                scene.hub.pushes.running(scene.target).orElseGet(() -> scene.hub.begin(scene.target, Cause.COMMAND));
        PushWriter writer = new PushWriter(java.util.Objects.requireNonNull(run));
        scene.hub.push.claim(writer);
        return writer;
    }
}
