package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synchub.conflict.Choice;
import org.synchub.ledger.ConflictQueue;
import org.synchub.ledger.Runs;
import org.synchub.simulator.openspp.RegistryRecord;

/** Records that the registry archived, disabled or deleted. */
class ExternalDeleteTest {

    private PullRig rig;

    @AfterEach
    void stop() {
        rig.close();
    }

    private void start(String onExternalDelete) throws Exception {
        rig = PullRig.start(text -> onExternalDelete.isEmpty()
                ? text
                : text.replace("kinds:\n", "onExternalDelete: " + onExternalDelete + "\nkinds:\n"));
        rig.pull();
    }

    private Runs.Run sweep(boolean confirmed) {
        return rig.hub
                .bean(Pulls.class)
                .sweep(new SweepRequest("openspp", Cause.COMMAND, "test", confirmed))
                .orElseThrow();
    }

    private List<ConflictQueue.Case> open() {
        return rig.hub.bean(ConflictQueue.class).open("openspp", 100);
    }

    private boolean inStore(String guid) throws Exception {
        return rig.value("SELECT count(*) FROM public.entities WHERE guid = '" + guid + "'")
                .equals("1");
    }

    @Test
    void without_a_setting_somebody_is_asked_and_both_sides_stay() throws Exception {
        start("");
        rig.registry().archive(rig.externalId(rig.person));

        rig.pull();
        rig.push();

        assertThat(open()).singleElement().satisfies(c -> {
            assertThat(c.what().guid()).isEqualTo(rig.person);
            assertThat(c.what().departure()).isEqualTo("archived");
            assertThat(c.what().conflictKind()).isEqualTo("deletion");
        });
        assertThat(inStore(rig.person)).isTrue();

        rig.registry().unarchive(rig.externalId(rig.person));
        rig.pull();

        assertThat(open()).as("it is back").isEmpty();
    }

    @Test
    void archived_disabled_and_vanished_are_told_apart() throws Exception {
        start("{archived: ignore, disabled: delete-entity, vanished: ask}");
        String archived = rig.person;
        String disabled = rig.createPerson("Bea", "Home", "200000000001");
        String vanished = rig.createPerson("Cai", "Home", "200000000002");
        rig.push();
        rig.registry().archive(rig.externalId(archived));
        rig.registry().disable(rig.externalId(disabled), "moved away");
        rig.registry().unlinkPartner(rig.externalId(vanished));

        rig.pull();
        sweep(false);
        rig.push();
        rig.pull();

        assertThat(inStore(archived)).isTrue();
        assertThat(inStore(disabled)).isFalse();
        assertThat(inStore(vanished)).isTrue();
        assertThat(open()).extracting(c -> c.what().guid()).containsExactly(vanished);
        assertThat(open().get(0).what().departure()).isEqualTo("gone");
    }

    @Test
    void delete_entity_is_an_event_that_devices_follow_and_nobody_is_told_twice() throws Exception {
        start("delete-entity");
        rig.puller.pull();
        rig.registry().disable(rig.externalId(rig.person), "moved away");

        rig.pull();

        assertThat(inStore(rig.person)).isFalse();
        assertThat(rig.rows("SELECT type, sync_level FROM public.events WHERE entity_guid = '" + rig.person
                        + "' ORDER BY \"timestamp\" DESC LIMIT 1"))
                .containsExactly("delete-entity|2");
        assertThat(rig.rows("SELECT action FROM public.audit_log WHERE entity_guid = '" + rig.person
                        + "' ORDER BY id DESC LIMIT 1"))
                .containsExactly("cascade-delete-entity");
        rig.puller.pull();
        assertThat(rig.puller.entity(rig.person)).isNull();
        long writes = rig.writes();
        int events = rig.externalEvents();
        rig.push();
        rig.pull();
        assertThat(rig.writes())
                .as("the registry is not told what it said itself")
                .isEqualTo(writes);
        assertThat(rig.externalEvents()).isEqualTo(events);
        assertThat(rig.hub.memory("memory").records()).as("the other target is").doesNotContainKey(rig.person);
    }

    @Test
    void a_record_that_vanished_without_a_trace_is_noticed() throws Exception {
        start("delete-entity");
        rig.registry().unlinkPartner(rig.externalId(rig.person));
        rig.pull();
        assertThat(inStore(rig.person)).as("nothing tells of it").isTrue();

        sweep(false);

        assertThat(inStore(rig.person)).isFalse();
    }

    @Test
    void a_target_that_lost_half_of_its_records_deletes_nobody_until_a_person_confirms() throws Exception {
        start("delete-entity");
        for (int i = 1; i < 10; i++) {
            rig.createPerson("Member" + (char) ('a' + i), "Home", Long.toString(200_000_000_000L + i));
        }
        rig.push();
        rig.pull();
        for (RegistryRecord partner : rig.registry().partners()) {
            if (!partner.flag("is_group") && partner.id() % 2 == 0) {
                rig.registry().unlinkPartner(partner.id());
            }
        }

        Runs.Run run = sweep(false);

        assertThat(run.status()).isEqualTo("partial");
        assertThat(rig.value("SELECT count(*) FROM public.entities")).isEqualTo("11");
        assertThat(rig.rows("SELECT reason_code, reason FROM hub.parked"))
                .singleElement()
                .asString()
                .startsWith("too-many-vanished|5 of 11 linked records are missing at the target at once");

        sweep(true);

        assertThat(rig.value("SELECT count(*) FROM public.entities")).isEqualTo("6");
        assertThat(rig.rows("SELECT reason_code FROM hub.parked")).isEmpty();
    }

    @Test
    void more_deletions_in_the_feed_than_the_share_allows_wait_for_a_person() throws Exception {
        start("delete-entity");
        List<String> people = new java.util.ArrayList<>();
        for (int i = 0; i < 38; i++) {
            people.add(rig.createPerson("Member" + (char) ('a' + i % 26), "Home", "%012d".formatted(i + 1)));
        }
        rig.push();
        rig.pull();
        for (String guid : people.subList(0, 5)) {
            rig.registry().archive(rig.externalId(guid));
        }

        rig.pull();

        // 40 records are linked, a share of 0.05 is two of them.
        assertThat(rig.value("SELECT count(*) FROM public.entities")).isEqualTo("38");
        assertThat(rig.rows("SELECT count(*), reason_code FROM hub.parked GROUP BY reason_code"))
                .containsExactly("3|too-many-deletes");

        rig.hub.bean(Conflicts.class).retry("openspp", List.of(), "test");

        assertThat(rig.value("SELECT count(*) FROM public.entities")).isEqualTo("35");
        assertThat(rig.rows("SELECT reason_code FROM hub.parked")).isEmpty();
    }

    @Test
    void a_target_that_answers_with_nothing_deletes_nobody() throws Exception {
        start("delete-entity");
        rig.registry().unlinkPartner(rig.externalId(rig.person));
        rig.registry().unlinkPartner(rig.externalId(rig.household));

        sweep(false);

        assertThat(rig.value("SELECT count(*) FROM public.entities")).isEqualTo("2");
        assertThat(rig.externalEvents()).isZero();
    }

    @Test
    void a_deletion_against_a_change_waits_for_somebody_and_nothing_is_lost() throws Exception {
        start("delete-entity");
        rig.device.update(rig.person, "profession", "Driver");
        rig.registry().archive(rig.externalId(rig.person));

        rig.pull();
        rig.push();

        assertThat(open())
                .singleElement()
                .satisfies(c -> assertThat(c.what().conflictKind()).isEqualTo("update-delete"));
        assertThat(rig.data(rig.person).path("profession").asText()).isEqualTo("Driver");
    }

    @Test
    void a_change_of_what_the_field_deleted_waits_for_somebody_and_the_target_keeps_it() throws Exception {
        start("");
        rig.device.delete(rig.person);
        rig.registry().write(rig.externalId(rig.person), Map.of("occupation", "Teacher"));
        rig.hub.bean(Captures.class).drain();

        rig.pull();
        rig.push();

        assertThat(open())
                .singleElement()
                .satisfies(c -> assertThat(c.what().conflictKind()).isEqualTo("delete-update"));
        assertThat(rig.partner(rig.person).flag("active")).isTrue();
    }

    /** The field deletes a person whom a registrar has edited; the deletion waits for an answer. */
    private ConflictQueue.Case aDeletionThatWaits() throws Exception {
        start("");
        rig.device.delete(rig.person);
        rig.registry().write(rig.externalId(rig.person), Map.of("occupation", "Teacher"));
        rig.hub.bean(Captures.class).drain();
        rig.pull();
        rig.push();
        assertThat(delivery()).isEqualTo("held|delete-update");
        return open().get(0);
    }

    private String delivery() throws Exception {
        return rig.rows("SELECT state, reason_code FROM hub.delivery WHERE target = 'openspp' AND guid = '" + rig.person
                        + "'")
                .get(0);
    }

    @Test
    void a_deletion_that_waits_for_an_answer_is_done_with_when_the_target_lets_the_record_go_too() throws Exception {
        aDeletionThatWaits();
        rig.registry().archive(rig.externalId(rig.person));

        rig.pull();
        rig.push();

        assertThat(open()).isEmpty();
        assertThat(delivery()).isEqualTo("delivered|null");
    }

    @Test
    void a_deletion_that_waits_for_an_answer_goes_on_when_the_registrar_takes_the_edit_back() throws Exception {
        aDeletionThatWaits();
        rig.registry().write(rig.externalId(rig.person), Map.of("occupation", "Farmer"));

        rig.pull();
        rig.push();

        assertThat(open()).isEmpty();
        assertThat(delivery()).isEqualTo("delivered|null");
        assertThat(rig.partner(rig.person).flag("active")).isFalse();
    }

    @Test
    void an_answer_after_the_target_let_the_record_go_is_told_that_there_is_nothing_to_settle() throws Exception {
        ConflictQueue.Case waiting = aDeletionThatWaits();
        rig.registry().archive(rig.externalId(rig.person));

        Conflicts.Answered answered =
                rig.hub.bean(Conflicts.class).resolve(waiting.id(), Choice.external(), null, "mia");
        rig.push();

        assertThat(answered.effect()).isEqualTo(Conflicts.Effect.MOVED_ON);
        assertThat(answered.now()).isNull();
        assertThat(open()).isEmpty();
        assertThat(delivery()).isEqualTo("delivered|null");
    }

    @Test
    void a_deletion_that_is_to_be_ignored_is_not_owed_and_the_target_keeps_the_record() throws Exception {
        ConflictQueue.Case waiting = aDeletionThatWaits();

        rig.hub.bean(Conflicts.class).resolve(waiting.id(), Choice.ignore(), null, "mia");
        rig.push();
        rig.pull();

        assertThat(delivery()).isEqualTo("discarded|left");
        assertThat(open()).isEmpty();
        assertThat(rig.partner(rig.person).flag("active")).isTrue();
    }

    private void deletedHereAndBroughtBackThere(String deleteConflict) throws Exception {
        rig = PullRig.start(text -> text.replace(
                "    onDelete: archive",
                "    conflict: {deleteConflict: " + deleteConflict + "}\n    onDelete: archive"));
        rig.pull();
        int partner = rig.externalId(rig.person);
        rig.device.delete(rig.person);
        rig.push();
        rig.pull();
        assertThat(rig.registry().partner(partner).flag("active")).isFalse();
        rig.registry().unarchive(partner);
        rig.registry().write(partner, Map.of("occupation", "Teacher"));
        rig.pull();
        assertThat(rig.rows("SELECT reason_code FROM hub.parked"))
                .as("looked at once more before it is believed")
                .containsExactly("restored");
        rig.pull();
        rig.push();
        rig.pull();
    }

    @Test
    void a_record_that_was_deleted_here_and_brought_back_there_is_a_question() throws Exception {
        deletedHereAndBroughtBackThere("manual");

        assertThat(open()).singleElement().satisfies(c -> {
            assertThat(c.what().guid()).isEqualTo(rig.person);
            assertThat(c.what().conflictKind()).isEqualTo("delete-update");
        });
        assertThat(inStore(rig.person)).isFalse();
        assertThat(rig.rows("SELECT * FROM hub.parked")).isEmpty();
    }

    @Test
    void a_question_about_a_record_that_was_brought_back_there_goes_with_it() throws Exception {
        deletedHereAndBroughtBackThere("manual");
        rig.registry().archive(rig.externalId(rig.person));

        rig.pull();
        rig.push();

        assertThat(open()).isEmpty();
        assertThat(delivery()).isEqualTo("delivered|null");
    }

    @Test
    void where_the_target_wins_it_comes_back_here_too_with_what_the_target_made_of_it() throws Exception {
        deletedHereAndBroughtBackThere("external-wins");

        assertThat(rig.data(rig.person).path("profession").asText()).isEqualTo("Teacher");
        assertThat(rig.partner(rig.person).flag("active")).isTrue();
        assertThat(rig.hub.memory("memory").records()).containsKey(rig.person);
        assertThat(rig.hub.status("openspp").needAttention()).isZero();
    }

    @Test
    void where_the_store_wins_it_goes_there_again() throws Exception {
        deletedHereAndBroughtBackThere("internal-wins");

        assertThat(inStore(rig.person)).isFalse();
        assertThat(rig.partner(rig.person).flag("active")).isFalse();
        assertThat(open()).isEmpty();
    }
}
