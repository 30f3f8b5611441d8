package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.ledger.ConflictQueue;

/** What DataCollect's own external sync does to pulls, echoes and conflicts must not happen here. */
class BaselinePullTest {

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

    private void agreesOn(String occupation, String phone) throws Exception {
        rig.push();
        rig.pull();
        rig.push();
        assertThat(rig.data(rig.person).path("profession").asText()).isEqualTo(occupation);
        assertThat(rig.data(rig.person).path("phone_number").asText()).isEqualTo(phone);
        assertThat(rig.partner(rig.person).text("occupation")).isEqualTo(occupation);
        assertThat(rig.registry().phones(rig.externalId(rig.person)))
                .extracting(p -> p.text("phone_no"))
                .contains(phone);
        assertThat(rig.hub.bean(ConflictQueue.class).open("openspp", 10)).isEmpty();
    }

    @Test
    void push_then_pull_again_and_again_makes_no_entity_no_partner_and_no_event() throws Exception {
        for (int i = 0; i < 20; i++) {
            rig.createPerson("Member" + (char) ('a' + i), "Home", Long.toString(200_000_000_000L + i));
        }
        for (int round = 0; round < 4; round++) {
            rig.push();
            rig.pull();
        }

        assertThat(rig.value("SELECT count(*) FROM public.entities")).isEqualTo("22");
        assertThat(rig.registry().partners()).hasSize(22);
        assertThat(rig.externalEvents()).isZero();
    }

    @Test
    void conflict_a_different_fields_the_external_edit_newer_keeps_both() throws Exception {
        rig.device.update(rig.person, "profession", "Driver");
        rig.registry()
                .write(
                        "g2p.phone.number",
                        java.util.List.of(rig.registry()
                                .phones(rig.externalId(rig.person))
                                .get(0)
                                .id()),
                        Map.of("phone_no", "+8562077777777"));
        rig.pull();

        agreesOn("Driver", "+8562077777777");
    }

    @Test
    void conflict_b_the_same_field_never_stays_different_without_a_word() throws Exception {
        rig.registry().write(rig.externalId(rig.person), Map.of("occupation", "Teacher"));
        rig.device.update(rig.person, "profession", "Driver");
        rig.pull();
        rig.push();

        assertThat(rig.hub.bean(ConflictQueue.class).open("openspp", 10)).hasSize(1);
        rig.hub
                .bean(Conflicts.class)
                .resolve(
                        rig.hub
                                .bean(ConflictQueue.class)
                                .open("openspp", 1)
                                .get(0)
                                .id(),
                        org.synchub.conflict.Choice.internal(),
                        null,
                        "mia");

        agreesOn("Driver", "+8562055555555");
    }

    @Test
    void conflict_c2_a_whole_form_from_the_field_does_not_take_back_what_the_registry_changed() throws Exception {
        ObjectNode shown = rig.device.form(rig.person);
        rig.registry().write(rig.externalId(rig.person), Map.of("occupation", "Teacher"));
        rig.device.submit(rig.person, "update-individual", shown.put("phone_number", "+8562088888888"));

        rig.push();
        rig.pull();

        agreesOn("Teacher", "+8562088888888");
    }

    @Test
    void an_external_edit_alone_is_applied_once_although_the_cursor_stays_within_one_day() throws Exception {
        rig.registry().write(rig.externalId(rig.person), Map.of("occupation", "Teacher"));
        for (int i = 0; i < 4; i++) {
            rig.pull();
        }

        assertThat(rig.externalEvents()).isEqualTo(1);
        assertThat(rig.data(rig.person).path("profession").asText()).isEqualTo("Teacher");
    }
}
