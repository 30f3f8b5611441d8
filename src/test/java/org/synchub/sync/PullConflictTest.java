package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.conflict.Choice;
import org.synchub.ledger.ConflictQueue;
import org.synchub.ledger.ConflictQueue.Case;
import org.synchub.ledger.Runs;

/** Both sides changed: what meets is merged, what clashes waits for somebody, and nothing is lost meanwhile. */
class PullConflictTest {

    private PullRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = PullRig.start();
        rig.pull();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private Case onlyConflict() {
        var open = rig.hub.bean(ConflictQueue.class).open("openspp", 10);
        assertThat(open).hasSize(1);
        return open.get(0);
    }

    @Test
    void changes_of_different_fields_are_merged_both_ways() throws Exception {
        rig.device.update(rig.person, "profession", "Driver");
        rig.registry().write(rig.externalId(rig.person), Map.of("given_name", "Anna"));

        rig.pull();
        rig.push();

        assertThat(rig.data(rig.person).path("profession").asText()).isEqualTo("Driver");
        assertThat(rig.data(rig.person).path("first_name").asText()).isEqualTo("Anna");
        assertThat(rig.partner(rig.person).text("occupation")).isEqualTo("Driver");
        assertThat(rig.partner(rig.person).text("given_name")).isEqualTo("Anna");
        int events = rig.externalEvents();
        rig.pull();
        assertThat(rig.externalEvents()).as("it is settled").isEqualTo(events);
    }

    @Test
    void what_a_pull_owes_its_target_stands_where_its_kind_does_among_the_changes_of_today() throws Exception {
        rig.close();
        rig = PullRig.start(text -> text.replace("  individual:\n", "  individual:\n    priority: 8\n"));
        rig.device.update(rig.person, "profession", "Driver");
        rig.registry().write(rig.externalId(rig.person), Map.of("given_name", "Anna"));

        rig.pull();

        assertThat(rig.value("SELECT state || ' ' || priority FROM hub.delivery WHERE target = 'openspp' AND guid = '"
                        + rig.person + "'"))
                .isEqualTo("pending 130");
    }

    @Test
    void a_field_that_both_changed_waits_in_the_queue_and_neither_side_is_overwritten() throws Exception {
        rig.device.update(rig.person, "profession", "Driver");
        rig.registry().write(rig.externalId(rig.person), Map.of("occupation", "Teacher"));

        Runs.Run run = rig.pull();
        rig.push();

        assertThat(run.conflicts()).isEqualTo(1);
        Case conflict = onlyConflict();
        assertThat(conflict.what().guid()).isEqualTo(rig.person);
        assertThat(conflict.what().conflictKind()).isEqualTo("update-update");
        assertThat(conflict.what().paths()).containsExactly("occupation");
        assertThat(conflict.what().base().path("occupation").asText()).isEqualTo("Farmer");
        assertThat(conflict.what().internal().path("occupation").asText()).isEqualTo("Driver");
        assertThat(conflict.what().external().path("occupation").asText()).isEqualTo("Teacher");
        assertThat(rig.data(rig.person).path("profession").asText()).isEqualTo("Driver");
        assertThat(rig.partner(rig.person).text("occupation")).isEqualTo("Teacher");
        assertThat(rig.value("SELECT count(*) FROM hub.decision WHERE path = 'occupation' AND standing = 'open'"))
                .isEqualTo("1");
    }

    @Test
    void a_decision_row_says_which_versions_met_when_and_by_what_it_was_seen() throws Exception {
        rig.registry().write(rig.externalId(rig.person), Map.of("given_name", "Anna"));
        rig.pull();
        rig.device.update(rig.person, "profession", "Driver");
        rig.registry().write(rig.externalId(rig.person), Map.of("occupation", "Teacher"));
        rig.pull();

        String internal = rig.doc(rig.person).path("version").asText();
        assertThat(rig.rows("SELECT internal_version, seen_by, decided_by FROM hub.decision WHERE path = 'occupation'"))
                .containsExactly(internal + "|version, content|hub");
        assertThat(rig.value(
                        "SELECT external_version LIKE to_char(external_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
                                + " || '%' AND internal_at > external_at - interval '1 day'"
                                + " FROM hub.decision WHERE path = 'occupation'"))
                .isEqualTo("t");
    }

    @Test
    void a_conflict_that_is_seen_again_stays_one_and_ends_when_the_sides_agree() throws Exception {
        rig.device.update(rig.person, "profession", "Driver");
        rig.registry().write(rig.externalId(rig.person), Map.of("occupation", "Teacher"));
        rig.pull();
        rig.pull();
        onlyConflict();

        rig.registry().write(rig.externalId(rig.person), Map.of("occupation", "Driver"));
        rig.pull();

        assertThat(rig.hub.bean(ConflictQueue.class).open("openspp", 10)).isEmpty();
        rig.push();
        assertThat(rig.hub.status("openspp").needAttention()).isZero();
    }

    @Test
    void a_setting_lets_the_registry_win_and_leaves_a_row_with_the_value_that_lost() throws Exception {
        rig.close();
        rig = PullRig.start(text -> text.replace("kinds:\n", "conflict: external-wins\nkinds:\n"));
        rig.pull();
        rig.device.update(rig.person, "profession", "Driver");
        rig.registry().write(rig.externalId(rig.person), Map.of("occupation", "Teacher"));

        rig.pull();
        rig.push();

        assertThat(rig.data(rig.person).path("profession").asText()).isEqualTo("Teacher");
        assertThat(rig.partner(rig.person).text("occupation")).isEqualTo("Teacher");
        assertThat(rig.rows("SELECT path, rule, convert_from(substring(internal FROM 2), 'UTF8') FROM hub.decision"
                        + " WHERE path = 'occupation'"))
                .containsExactly("occupation|external-wins|{\"value\":\"Driver\"}");
    }

    @Test
    void a_setting_lets_the_field_win_and_the_registry_is_told() throws Exception {
        rig.close();
        rig = PullRig.start(text -> text.replace("kinds:\n", "conflict: CLIENT_WINS\nkinds:\n"));
        rig.pull();
        rig.device.update(rig.person, "profession", "Driver");
        rig.registry().write(rig.externalId(rig.person), Map.of("occupation", "Teacher", "given_name", "Anna"));

        rig.pull();
        rig.push();

        assertThat(rig.partner(rig.person).text("occupation")).isEqualTo("Driver");
        assertThat(rig.data(rig.person).path("profession").asText()).isEqualTo("Driver");
        assertThat(rig.data(rig.person).path("first_name").asText()).isEqualTo("Anna");
    }

    private void registrarReplacesTheNumber(String number) throws Exception {
        int id = rig.externalId(rig.person);
        rig.registry()
                .write(
                        "g2p.phone.number",
                        List.of(rig.registry().phones(id).get(0).id()),
                        Map.of("phone_no", number));
    }

    private List<String> numbersInUse() throws Exception {
        return rig.registry().phones(rig.externalId(rig.person)).stream()
                .filter(phone -> phone.text("disabled") == null)
                .map(phone -> phone.text("phone_no"))
                .toList();
    }

    @Test
    void two_numbers_for_the_one_place_of_the_form_are_a_question_also_when_the_push_comes_first() throws Exception {
        rig.device.update(rig.person, "phone_number", "+8562000000001");
        registrarReplacesTheNumber("+8562000000002");

        rig.push();
        assertThat(numbersInUse()).containsExactly("+8562000000002");
        rig.pull();

        Case conflict = onlyConflict();
        assertThat(conflict.what().paths()).containsExactly("phone_number_ids");
        rig.hub.bean(Conflicts.class).resolve(conflict.id(), Choice.internal(), null, "mia");
        rig.push();
        assertThat(numbersInUse()).containsExactly("+8562000000001");
        int events = rig.externalEvents();
        rig.pull();
        assertThat(rig.externalEvents()).isEqualTo(events);
        assertThat(rig.hub.status("openspp").needAttention()).isZero();
    }

    @Test
    void a_number_that_the_target_holds_beside_the_forms_stays_there_and_contests_nothing() throws Exception {
        rig.registry()
                .create(
                        "g2p.phone.number",
                        Map.of("partner_id", rig.externalId(rig.person), "phone_no", "+8562000000003"));
        rig.pull();
        rig.device.update(rig.person, "phone_number", "+8562000000001");

        rig.pull();
        rig.push();
        rig.pull();

        assertThat(numbersInUse()).containsExactlyInAnyOrder("+8562000000001", "+8562000000003");
        assertThat(rig.data(rig.person).path("phone_number").asText()).isEqualTo("+8562000000001");
        assertThat(rig.hub.bean(ConflictQueue.class).open("openspp", 10)).isEmpty();
        assertThat(rig.hub.status("openspp").needAttention()).isZero();
    }
}
