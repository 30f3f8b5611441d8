package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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

    @Test
    void a_phone_that_both_sides_replaced_is_contested_since_the_form_has_room_for_one() throws Exception {
        rig.close();
        rig = PullRig.start(text -> text.replace("kinds:\n", "conflict: external-wins\nkinds:\n"));
        rig.pull();
        rig.device.update(rig.person, "phone_number", "+8562011111111");
        int phone = rig.registry().phones(rig.externalId(rig.person)).get(0).id();
        rig.registry().write("g2p.phone.number", List.of(phone), Map.of("phone_no", "+8562022222222"));

        rig.pull();
        rig.push();
        rig.pull();

        assertThat(rig.data(rig.person).path("phone_number").asText()).isEqualTo("+8562022222222");
        assertThat(rig.registry().phones(rig.externalId(rig.person)))
                .extracting(p -> p.text("phone_no"))
                .containsExactly("+8562022222222");
        assertThat(rig.rows("SELECT path, rule FROM hub.decision WHERE convert_from(substring(internal FROM 2), 'UTF8')"
                        + " LIKE '%+8562011111111%'"))
                .containsExactly("phone_number_ids|external-wins");
    }

    @Test
    void a_person_whom_both_sides_moved_lives_in_one_household_and_the_other_move_is_in_a_row() throws Exception {
        rig.close();
        rig = PullRig.start(text -> text.replace("kinds:\n", "conflict: internal-wins\nkinds:\n"));
        String here = rig.device.createHousehold("House of Bo");
        String there = rig.device.createHousehold("House of Cy");
        rig.push();
        rig.pull();
        int membership =
                rig.registry().memberships(rig.externalId(rig.household)).get(0).id();

        rig.device.moveTo(rig.person, here);
        rig.registry().endMembership(membership);
        rig.registry().addMember(rig.externalId(there), rig.externalId(rig.person));
        rig.pull();
        rig.push();
        rig.pull();

        assertThat(rig.data(rig.person).path("parentGuid").asText()).isEqualTo(here);
        assertThat(rig.registry().all("g2p.group.membership"))
                .filteredOn(m -> m.text("ended_date") == null)
                .extracting(m -> m.reference("group"))
                .containsExactly(rig.externalId(here));
        assertThat(rig.rows("SELECT path, rule FROM hub.decision WHERE convert_from(substring(external FROM 2), 'UTF8')"
                        + " LIKE '%" + there + "%'"))
                .containsExactly("individual_membership_ids|internal-wins");
    }
}
