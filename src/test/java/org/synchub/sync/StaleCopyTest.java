package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.ledger.ConflictQueue;
import org.synchub.ledger.ConflictQueue.Case;
import org.synchub.testing.TestDatabase;

/**
 * DataCollect's server reads an entity, stores the event, and saves the entity without a lock; a device sends the whole
 * form as it saw it. Either can write back what the registry had changed meanwhile. That is no edit.
 */
class StaleCopyTest {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static PullRig rig;

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
    void createPerson() throws Exception {
        String nationalId = Long.toString(300_000_000_000L + NUMBER.incrementAndGet());
        person = rig.createPerson("Bo", "Home", nationalId);
        rig.push();
        rig.pull();
        rig.puller.pull();
    }

    private List<Case> conflicts() {
        return rig.hub.bean(ConflictQueue.class).open("openspp", 100).stream()
                .filter(c -> person.equals(c.what().guid()))
                .toList();
    }

    private void registrar(String field, String value) throws Exception {
        rig.registry().write(rig.externalId(person), Map.of(field, value));
    }

    private void settle() {
        rig.push();
        rig.pull();
        rig.push();
    }

    private void bothSidesHold(String occupation, String email) throws Exception {
        assertThat(rig.data(person).path("profession").asText()).isEqualTo(occupation);
        assertThat(rig.data(person).path("email_address").asText()).isEqualTo(email);
        assertThat(rig.partner(person).text("occupation")).isEqualTo(occupation);
        assertThat(rig.partner(person).text("email")).isEqualTo(email);
        assertThat(rig.value("SELECT state FROM hub.delivery WHERE target = 'openspp' AND guid = '" + person + "'"))
                .isEqualTo("delivered");
    }

    /** The server reads the entity, then the pull writes, then the server saves what it read with the device's change. */
    private void serverSavesOverAPull(String field, String value) throws Exception {
        rig.device.beforeSaving(rig::pull);
        rig.device.update(person, field, value);
    }

    @Test
    void the_server_saving_over_a_pulled_change_does_not_take_it_back_from_the_registry() throws Exception {
        registrar("occupation", "Teacher");
        serverSavesOverAPull("email_address", "new@example.org");
        assertThat(rig.data(person).path("profession").asText())
                .as("the pulled change is lost in the store")
                .isEqualTo("Farmer");
        rig.puller.pull();

        settle();

        bothSidesHold("Teacher", "new@example.org");
        rig.puller.pull();
        assertThat(rig.puller.field(person, "profession").asText()).isEqualTo("Teacher");
    }

    @Test
    void nor_does_it_after_several_pulls_and_pushes() throws Exception {
        registrar("occupation", "Teacher");
        rig.pull();
        rig.device.update(person, "middle_name", "May");
        settle();
        registrar("occupation", "Judge");
        serverSavesOverAPull("email_address", "new@example.org");

        settle();

        bothSidesHold("Judge", "new@example.org");
        assertThat(rig.partner(person).text("addl_name")).isEqualTo("May");
    }

    @Test
    void a_form_from_before_two_pulls_undoes_neither() throws Exception {
        registrar("occupation", "Teacher");
        rig.pull();
        ObjectNode shown = rig.device.form(person);
        registrar("occupation", "Judge");
        rig.pull();
        registrar("given_name", "Anna");
        rig.pull();
        rig.device.submit(person, "update-individual", shown.put("email_address", "new@example.org"));

        settle();

        bothSidesHold("Judge", "new@example.org");
        assertThat(rig.data(person).path("first_name").asText()).isEqualTo("Anna");
    }

    @Test
    void a_copy_in_which_the_same_field_was_changed_is_a_conflict_and_nothing_is_sent() throws Exception {
        registrar("occupation", "Teacher");
        serverSavesOverAPull("profession", "Driver");

        settle();

        var open = conflicts();
        assertThat(open).hasSize(1);
        assertThat(open.get(0).what().paths()).containsExactly("occupation");
        assertThat(open.get(0).what().base().path("occupation").asText()).isEqualTo("Farmer");
        assertThat(open.get(0).what().internal().path("occupation").asText()).isEqualTo("Driver");
        assertThat(open.get(0).what().external().path("occupation").asText()).isEqualTo("Teacher");
        assertThat(rig.partner(person).text("occupation")).isEqualTo("Teacher");
    }

    @Test
    void taking_back_what_one_has_seen_is_an_edit_like_any_other() throws Exception {
        registrar("occupation", "Teacher");
        rig.pull();
        rig.device.update(person, "profession", "Farmer");

        settle();

        bothSidesHold("Farmer", "ann@example.org");
    }

    @Test
    void a_copy_older_than_all_that_is_remembered_undoes_nothing_unasked() throws Exception {
        ObjectNode shown = rig.device.form(person);
        for (int i = 0; i < 12; i++) {
            registrar("occupation", "Job " + (char) ('A' + i));
            rig.pull();
        }
        assertThat(rig.value("SELECT count(*) FROM hub.pulled_state WHERE guid = '" + person + "'"))
                .as("only so many are kept")
                .isEqualTo("10");
        rig.device.submit(person, "update-individual", shown.<ObjectNode>set("syncHub", shown.objectNode()));

        settle();

        assertThat(rig.partner(person).text("occupation")).isEqualTo("Job L");
        var open = conflicts();
        assertThat(open).hasSize(1);
        assertThat(open.get(0).what().paths()).containsExactly("occupation");
    }

    @Test
    void a_form_filled_in_before_the_first_pull_bears_no_stamp_and_undoes_nothing_either() throws Exception {
        ObjectNode shown = rig.device.form(person);
        assertThat(shown.has("syncHub")).isFalse();
        registrar("occupation", "Teacher");
        rig.pull();
        rig.device.submit(person, "update-individual", shown.put("email_address", "new@example.org"));
        assertThat(rig.data(person).path("profession").asText())
                .as("the form carried the old value along")
                .isEqualTo("Farmer");

        settle();

        bothSidesHold("Teacher", "new@example.org");
    }

    @Test
    void what_such_a_form_changed_itself_is_contested() throws Exception {
        ObjectNode shown = rig.device.form(person);
        registrar("occupation", "Teacher");
        registrar("given_name", "Boo");
        rig.pull();
        rig.device.submit(person, "update-individual", shown.put("profession", "Driver"));

        settle();

        assertThat(conflicts()).hasSize(1);
        assertThat(conflicts().get(0).what().paths()).containsExactly("occupation");
        assertThat(rig.partner(person).text("occupation")).isEqualTo("Teacher");
        assertThat(rig.partner(person).text("given_name")).isEqualTo("Boo");
    }

    @Test
    void a_form_without_a_stamp_that_holds_what_was_pulled_is_an_edit_like_any_other() throws Exception {
        registrar("occupation", "Teacher");
        rig.pull();
        ObjectNode form = rig.device.form(person);
        form.remove("syncHub");
        rig.device.submit(person, "update-individual", form.put("email_address", "new@example.org"));

        rig.push();

        bothSidesHold("Teacher", "new@example.org");
    }

    @Test
    void a_pulled_value_that_the_field_has_changed_since_is_not_contested_again() throws Exception {
        registrar("occupation", "Teacher");
        rig.pull();
        rig.device.update(person, "profession", "Driver");
        rig.push();
        ObjectNode form = rig.device.form(person);
        form.remove("syncHub");
        rig.device.submit(person, "update-individual", form.put("profession", "Pilot"));

        rig.push();

        bothSidesHold("Pilot", "ann@example.org");
    }

    @Test
    void a_copy_that_loses_nothing_is_settled_and_stays_so() throws Exception {
        registrar("occupation", "Teacher");
        rig.pull();
        ObjectNode shown = rig.device.form(person);
        registrar("occupation", "Judge");
        rig.pull();
        registrar("occupation", "Teacher");
        rig.pull();
        rig.device.submit(person, "update-individual", shown.put("email_address", "new@example.org"));
        settle();
        bothSidesHold("Teacher", "new@example.org");
        String events = rig.value("SELECT count(*) FROM public.events");

        settle();

        assertThat(TestDatabase.value(rig.store, "SELECT count(*) FROM public.events"))
                .isEqualTo(events);
    }

    @Test
    void an_old_form_that_came_in_just_before_a_push_reads_the_entity_undoes_nothing() throws Exception {
        ObjectNode old = rig.device.form(person);
        registrar("occupation", "Teacher");
        rig.pull();
        rig.device.update(person, "middle_name", "May");
        rig.hub.bean(Captures.class).drain();

        rig.device.submit(person, "update-individual", old.put("email_address", "new@example.org"));
        rig.hub.bean(Pushes.class).push(PushRequest.of("openspp", Cause.COMMAND, "test"));

        assertThat(rig.partner(person).text("occupation")).isEqualTo("Teacher");
        TestDatabase.run(rig.store, "UPDATE hub.clock SET clock_offset = clock_offset + interval '1 second'");
        settle();
        bothSidesHold("Teacher", "new@example.org");
    }

    @Test
    void nor_does_one_that_came_in_just_before_a_pull_reads_it() throws Exception {
        ObjectNode old = rig.device.form(person);
        registrar("occupation", "Teacher");
        rig.pull();
        rig.hub.bean(Captures.class).drain();

        rig.device.submit(person, "update-individual", old.put("email_address", "new@example.org"));
        registrar("addl_name", "May");
        rig.pull();

        settle();
        bothSidesHold("Teacher", "new@example.org");
        assertThat(rig.data(person).path("middle_name").asText()).isEqualTo("May");
    }

    @Test
    void a_form_filled_in_on_a_state_that_an_old_form_was_written_over_undoes_nothing() throws Exception {
        ObjectNode old = rig.device.form(person);
        registrar("occupation", "Teacher");
        rig.pull();
        rig.device.submit(person, "update-individual", old.put("middle_name", "May"));
        ObjectNode mixed = rig.device.form(person);
        assertThat(mixed.path("syncHub").has("openspp"))
                .as("it bears the stamp of the pull whose value it does not hold")
                .isTrue();
        settle();
        bothSidesHold("Teacher", "ann@example.org");

        rig.device.submit(person, "update-individual", mixed.put("email_address", "new@example.org"));

        settle();
        bothSidesHold("Teacher", "new@example.org");
    }
}
