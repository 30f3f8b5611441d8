package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.simulator.openspp.Fault;
import org.synchub.simulator.openspp.RpcCall;
import org.synchub.testing.TestHub;

/** The hub's own write, whose answer got lost, is met by a pull before it is read back: it is no change of the target's. */
class PullAfterLostAnswerTest {

    private static PullRig rig;
    private static int number;
    private String person;

    @BeforeAll
    static void start() throws Exception {
        rig = PullRig.start();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @BeforeEach
    void aPersonThatIsKnownOnBothSides() throws Exception {
        number++;
        TestHub.clock(rig.store, number + " h");
        person = rig.createPerson("Ann", "Home", "12345678900" + number);
        rig.push();
        rig.pull();
    }

    private static boolean isWrite(RpcCall call) {
        return call.is("res.partner", "write");
    }

    /** Pushes what the store has; it arrives, and the hub does not hear of it. */
    private void pushWithoutAnswer() throws Exception {
        rig.server.faults().next(1, PullAfterLostAnswerTest::isWrite, Fault.cut(Fault.Cut.BEFORE_ANSWER));
        rig.hub.push("openspp");
        assertThat(state()).isEqualTo("unknown");
    }

    private String state() throws Exception {
        return rig.value("SELECT state FROM hub.delivery WHERE target = 'openspp' AND guid = '" + person + "'");
    }

    private void readBack() throws Exception {
        TestHub.clock(rig.store, number + " h 10 min");
        rig.hub.push("openspp");
        assertThat(state()).isEqualTo("delivered");
    }

    private String profession() throws Exception {
        return rig.data(person).path("profession").asText();
    }

    @Test
    void a_value_that_the_store_changed_back_is_not_taken_for_the_registrys() throws Exception {
        rig.device.update(person, "profession", "Teacher");
        pushWithoutAnswer();
        assertThat(rig.partner(person).text("occupation")).isEqualTo("Teacher");
        rig.device.update(person, "profession", "Farmer");
        int events = rig.externalEvents();

        rig.pull();
        assertThat(profession()).isEqualTo("Farmer");
        assertThat(rig.externalEvents()).isEqualTo(events);
        readBack();

        assertThat(rig.partner(person).text("occupation")).isEqualTo("Farmer");
        rig.pull();
        assertThat(profession()).isEqualTo("Farmer");
        assertThat(rig.externalEvents()).isEqualTo(events);
    }

    @Test
    void what_a_registrar_changed_beside_it_comes_back_alone() throws Exception {
        rig.device.update(person, "profession", "Teacher");
        pushWithoutAnswer();
        rig.device.update(person, "profession", "Farmer");
        rig.registry().write(rig.externalId(person), Map.of("email", "registrar@example.org"));

        rig.pull();

        assertThat(profession()).isEqualTo("Farmer");
        assertThat(rig.data(person).path("email_address").asText()).isEqualTo("registrar@example.org");
        readBack();
        assertThat(rig.partner(person).text("occupation")).isEqualTo("Farmer");
        assertThat(rig.partner(person).text("email")).isEqualTo("registrar@example.org");
    }

    @Test
    void a_registrars_edit_survives_the_read_back_and_comes_with_the_next_pull() throws Exception {
        rig.device.update(person, "profession", "Teacher");
        pushWithoutAnswer();
        rig.registry().write(rig.externalId(person), Map.of("email", "registrar@example.org"));

        readBack();
        assertThat(rig.partner(person).text("email")).isEqualTo("registrar@example.org");
        rig.pull();

        assertThat(rig.data(person).path("email_address").asText()).isEqualTo("registrar@example.org");
        assertThat(profession()).isEqualTo("Teacher");
    }

    @Test
    void a_resync_leaves_an_edit_that_has_not_come_back_yet() throws Exception {
        rig.registry().write(rig.externalId(person), Map.of("email", "registrar@example.org"));
        rig.hub.bean(Resync.class).start("openspp", new Resync.Scope(List.of(), List.of(person), false), "test");
        long writes = rig.writes();

        rig.hub.push("openspp");

        assertThat(rig.writes()).isEqualTo(writes);
        assertThat(rig.hub.lastRun("openspp").unchanged()).isEqualTo(1);
        assertThat(rig.partner(person).text("email")).isEqualTo("registrar@example.org");
        rig.pull();
        assertThat(rig.data(person).path("email_address").asText()).isEqualTo("registrar@example.org");
    }

    @Test
    void an_edit_that_the_feed_does_not_tell_is_found_by_a_resync_and_merged_by_the_next_pull() throws Exception {
        rig.registry().write(rig.externalId(person), Map.of("email", "registrar@example.org"));
        rig.hub.push("openspp");
        assertThat(parked()).isEmpty();
        rig.hub.bean(Resync.class).start("openspp", new Resync.Scope(List.of(), List.of(person), false), "test");
        rig.hub.push("openspp");
        assertThat(parked()).containsExactly("differs|" + person);

        // A pull whose feed tells nothing.
        PullRun run = rig.hub.bean(Pulls.class).begin(PullRequest.of("openspp", Cause.COMMAND, "test"));
        assertThat(run).isNotNull();
        rig.hub.bean(Pull.class).retryParked(run);
        rig.hub.bean(Pulls.class).end(run);

        assertThat(rig.data(person).path("email_address").asText()).isEqualTo("registrar@example.org");
        assertThat(parked()).isEmpty();
        rig.hub.bean(Resync.class).start("openspp", new Resync.Scope(List.of(), List.of(person), false), "test");
        rig.hub.push("openspp");
        assertThat(parked()).as("both sides agree").isEmpty();
    }

    private List<String> parked() throws Exception {
        return rig.rows("SELECT reason_code, guid FROM hub.parked WHERE target = 'openspp'");
    }

    @Test
    void a_deletion_that_came_half_through_is_taken_back_whole() throws Exception {
        com.fasterxml.jackson.databind.node.ObjectNode form = rig.device.form(person);
        int id = rig.externalId(person);
        rig.device.delete(person);
        rig.server.faults().next(1, PullAfterLostAnswerTest::isWrite, Fault.serializationFailure());
        rig.hub.push("openspp");
        assertThat(state()).isEqualTo("retry");
        assertThat(rig.partner(person).flag("active")).isTrue();
        assertThat(isMember(id)).as("the first half").isFalse();
        rig.device.submit(person, "create-individual", form);

        readBack();

        assertThat(rig.partner(person).flag("active")).isTrue();
        assertThat(isMember(id)).isTrue();
    }

    private static boolean isMember(int id) throws Exception {
        return rig.registry().memberships(rig.externalId(rig.household)).stream()
                .anyMatch(membership -> membership.reference("individual") == id && !membership.flag("is_ended"));
    }

    @Test
    void a_record_that_the_hub_may_have_taken_away_is_not_deleted_in_the_store_for_it() throws Exception {
        com.fasterxml.jackson.databind.node.ObjectNode form = rig.device.form(person);
        rig.device.delete(person);
        pushWithoutAnswer();
        assertThat(rig.partner(person).flag("active")).isFalse();
        rig.device.submit(person, "create-individual", form);

        rig.pull();
        assertThat(profession()).isEqualTo("Farmer");
        readBack();

        assertThat(rig.partner(person).flag("active")).isTrue();
        int id = rig.externalId(person);
        assertThat(isMember(id)).isTrue();
    }

    @Test
    void a_record_that_the_hub_took_away_unseen_is_made_again_whatever_older_form_it_comes_back_with()
            throws Exception {
        com.fasterxml.jackson.databind.node.ObjectNode before = rig.device.form(person);
        rig.registry().write(rig.externalId(person), Map.of("addl_name", "Marie"));
        rig.pull();
        rig.device.delete(person);
        pushWithoutAnswer();
        rig.device.submit(person, "create-individual", before);
        TestHub.clock(rig.store, number + " h 10 min");
        rig.hub.push("openspp");
        assertThat(rig.partner(person).flag("active")).isFalse();

        rig.pull();
        rig.push();

        assertThat(state()).isEqualTo("delivered");
        assertThat(rig.partner(person).flag("active")).isTrue();
        assertThat(rig.rows("SELECT conflict_kind FROM hub.conflict WHERE state = 'open'"))
                .isEmpty();
    }
}
