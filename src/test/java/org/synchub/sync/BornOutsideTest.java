package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synchub.conflict.Choice;
import org.synchub.ledger.ConflictQueue;
import org.synchub.ledger.ConflictQueue.Case;

/** Registrants that the field never entered. */
class BornOutsideTest {

    private PullRig rig;

    @AfterEach
    void stop() {
        rig.close();
    }

    private void start(boolean create) throws Exception {
        rig = PullRig.start(text -> create
                ? text.replace(
                        "    match: {data.entityName", "    createFromOutside: true\n    match: {data.entityName")
                : text);
        rig.pull();
    }

    private int person(String given, String nationalId) {
        int id = rig.registry()
                .createPartner(Map.of(
                        "is_registrant",
                        true,
                        "is_group",
                        false,
                        "name",
                        "Roe, " + given,
                        "given_name",
                        given,
                        "family_name",
                        "Roe",
                        "gender",
                        "Female"));
        if (!nationalId.isEmpty()) {
            int type = rig.registry().all("g2p.id.type").stream()
                    .filter(t -> "National ID".equals(t.text("name")))
                    .findFirst()
                    .orElseThrow()
                    .id();
            rig.registry().create("g2p.reg.id", Map.of("partner_id", id, "id_type", type, "value", nationalId));
        }
        return id;
    }

    private int household(String name) {
        int kind = rig.registry().all("g2p.group.kind").stream()
                .filter(k -> "Household".equals(k.text("name")))
                .findFirst()
                .orElseThrow()
                .id();
        return rig.registry()
                .createPartner(Map.of("is_registrant", true, "is_group", true, "name", name, "kind", kind));
    }

    private String guidOf(int partner) throws Exception {
        return rig.value("SELECT guid FROM hub.link WHERE target = 'openspp' AND external_id = '" + partner + "'");
    }

    @Test
    void a_registrant_with_the_national_id_of_an_entity_is_linked_to_it_and_both_sides_are_filled_up()
            throws Exception {
        start(false);
        String bea = rig.createPerson("Bea", "Roe", "200000000001");
        int born = person("Bea", "200000000001");

        rig.pull();

        assertThat(guidOf(born)).isEqualTo(bea);
        rig.push();
        assertThat(rig.registry().partner(born).text("occupation")).isEqualTo("Farmer");
        assertThat(rig.registry().partners()).as("nobody is created twice").hasSize(3);
    }

    @Test
    void a_registrant_whom_a_push_meets_first_loses_nothing_to_it_and_the_rules_decide_what_stands_twice()
            throws Exception {
        start(false);
        String bea = rig.createPerson("Bea", "Roe", "200000000001");
        int born = person("Bea", "200000000001");
        rig.registry().write(born, Map.of("occupation", "Baker"));

        rig.push();
        assertThat(guidOf(born)).isEqualTo(bea);
        assertThat(rig.registry().partner(born).text("occupation")).isEqualTo("Baker");
        assertThat(rig.registry().partner(born).text("email")).isEqualTo("ann@example.org");
        rig.pull();

        Case open = rig.hub.bean(ConflictQueue.class).open("openspp", 10).get(0);
        assertThat(open.what().paths()).containsExactly("occupation");
        assertThat(rig.data(bea).path("profession").asText()).isEqualTo("Farmer");
        rig.hub.bean(Conflicts.class).resolve(open.id(), Choice.external(), null, "mia");
        rig.push();
        rig.pull();
        assertThat(rig.data(bea).path("profession").asText()).isEqualTo("Baker");
        assertThat(rig.registry().partner(born).text("occupation")).isEqualTo("Baker");
        assertThat(rig.rows("SELECT reason_code FROM hub.parked")).isEmpty();
        assertThat(rig.hub.status("openspp").needAttention()).isZero();
    }

    @Test
    void a_registrant_whom_two_entities_fit_waits_in_the_queue_and_is_never_guessed() throws Exception {
        start(true);
        String one = rig.createPerson("Bea", "Roe", "200000000001");
        String two = rig.createPerson("Bea", "Row", "200000000001");
        int born = person("Bea", "200000000001");

        rig.pull();

        assertThat(rig.hub.bean(ConflictQueue.class).open("openspp", 10))
                .singleElement()
                .satisfies(c -> {
                    assertThat(c.what().externalId()).isEqualTo(Integer.toString(born));
                    assertThat(c.what().candidates()).containsExactlyInAnyOrder(one, two);
                });
        assertThat(rig.rows("SELECT 1 FROM hub.link WHERE external_id = '" + born + "'"))
                .isEmpty();
    }

    @Test
    void a_registrant_with_the_key_of_a_linked_entity_waits_in_the_queue() throws Exception {
        start(true);
        person("Copy", PullRig.NATIONAL_ID);

        rig.pull();

        assertThat(rig.hub.bean(ConflictQueue.class).open("openspp", 10))
                .singleElement()
                .satisfies(c -> assertThat(c.what().candidates()).containsExactly(rig.person));
        assertThat(rig.value("SELECT count(*) FROM public.entities")).isEqualTo("2");
    }

    @Test
    void without_a_match_and_without_the_setting_it_is_parked_and_linked_when_a_key_matches_later() throws Exception {
        start(false);
        int born = person("Bea", "200000000001");
        rig.pull();
        assertThat(rig.rows("SELECT external_id, reason_code FROM hub.parked")).containsExactly(born + "|born-outside");

        String bea = rig.createPerson("Bea", "Roe", "200000000001");
        rig.pull();

        assertThat(guidOf(born)).isEqualTo(bea);
        assertThat(rig.rows("SELECT external_id FROM hub.parked")).isEmpty();
    }

    @Test
    void with_the_setting_a_household_and_its_member_become_entities_the_household_first() throws Exception {
        start(true);
        rig.puller.pull();
        int member = person("Bea", "200000000001");
        int home = household("House of Roe");
        rig.registry().addMember(home, member);

        rig.pull();

        String person = guidOf(member);
        String household = guidOf(home);
        assertThat(rig.data(person).path("first_name").asText()).isEqualTo("Bea");
        assertThat(rig.data(person).path("entityName").asText()).isEqualTo("individual");
        assertThat(rig.data(person).path("parentGuid").asText()).isEqualTo(household);
        assertThat(rig.data(person).path("document_ids").path(0).path("id_type").asText())
                .isEqualTo("national_id");
        assertThat(rig.data(household).path("household_name").asText()).isEqualTo("House of Roe");
        assertThat(rig.rows("SELECT entity_guid, type, sync_level FROM public.events WHERE sync_level = 2"
                        + " ORDER BY \"timestamp\""))
                .containsExactly(household + "|create-individual|2", person + "|create-individual|2");
        rig.puller.pull();
        assertThat(rig.puller.field(person, "first_name").asText()).isEqualTo("Bea");

        long writes = rig.writes();
        int events = rig.externalEvents();
        rig.push();
        rig.pull();
        rig.pull();

        assertThat(rig.externalEvents()).as("it is born once").isEqualTo(events);
        assertThat(rig.registry().partners()).hasSize(4);
        assertThat(rig.writes()).isEqualTo(writes);
        assertThat(rig.hub.memory("memory").records()).containsKeys(person, household);
    }
}
