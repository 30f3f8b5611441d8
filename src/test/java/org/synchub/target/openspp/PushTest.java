package org.synchub.target.openspp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.synchub.target.openspp.Forms.household;
import static org.synchub.target.openspp.Forms.person;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.synchub.mapping.Entity;
import org.synchub.simulator.openspp.RegistryRecord;
import org.synchub.target.Outcome;
import org.synchub.target.Outcome.Accepted;
import org.synchub.target.Outcome.Effect;

class PushTest {

    @Test
    void a_household_and_its_member_arrive_with_documents_phone_area_and_membership() {
        try (Rig rig = Rig.start()) {
            Entity home = household(
                    "Home", "{'area_code':'TL01','document_ids':[{'id_type':'family_book','id_number':'FB-1'}]}");
            Entity ann = person(
                    "Ann",
                    "Home",
                    "{'middle_name':'Maria','profession':'Farmer','phone_number':'+639171234567','relationship':'1',"
                            + "'document_ids':[{'id_type':'national_id','id_number':'1234567890','id_expiry_date':'2030-01-01'}]}");

            assertThat(rig.pushOne(home)).isInstanceOf(Accepted.class);
            Outcome outcome = rig.pushOne(ann);

            assertThat(outcome).isInstanceOfSatisfying(Accepted.class, accepted -> {
                assertThat(accepted.effect()).isEqualTo(Effect.CREATED);
                assertThat(accepted.fields()).contains("given_name", "individual_membership_ids");
            });
            RegistryRecord group = rig.partner(home);
            assertThat(group.flag("is_group")).isTrue();
            assertThat(group.flag("is_registrant")).isTrue();
            assertThat(group.text("name")).isEqualTo("Home");
            assertThat(group.text("spp_id")).matches("GRP_[2-9A-HJ-NP-Z]{8}");
            assertThat(group.reference("area_id")).isPositive();
            RegistryRecord individual = rig.partner(ann);
            assertThat(individual.text("name")).isEqualTo("Doe, Ann, Maria");
            assertThat(individual.text("gender")).isEqualTo("Female");
            assertThat(individual.text("birthdate")).isEqualTo("1990-02-03");
            assertThat(individual.text("spp_id")).matches("IND_[2-9A-HJ-NP-Z]{8}");
            assertThat(rig.simulator.registry().phones(individual.id()))
                    .extracting(phone -> phone.text("phone_no"))
                    .containsExactly("+639171234567");
            assertThat(rig.simulator.registry().regIds(individual.id()))
                    .extracting(id -> id.text("value"))
                    .containsExactlyInAnyOrder("1234567890", ann.guid());
            assertThat(rig.simulator.registry().memberships(group.id()))
                    .singleElement()
                    .satisfies(membership -> {
                        assertThat(membership.reference("individual")).isEqualTo(individual.id());
                        assertThat(membership.ids("kind")).hasSize(1);
                    });
        }
    }

    @Test
    void what_did_not_change_makes_no_write() {
        try (Rig rig = Rig.start()) {
            Entity home = household("Home");
            rig.push(home);
            rig.simulator.requests().clear();

            Outcome outcome = rig.pushOne(home);

            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            Accepted.class,
                            accepted -> assertThat(accepted.effect()).isEqualTo(Effect.UNCHANGED));
            assertThat(rig.simulator.requests().count("res.partner", "write")).isZero();
        }
    }

    @Test
    void only_the_changed_field_goes_out() {
        try (Rig rig = Rig.start()) {
            Entity home = household("Home");
            rig.push(home);
            rig.push(person("Ann", "Home", "{'profession':'Farmer'}"));
            rig.simulator.requests().clear();

            Outcome outcome = rig.pushOne(person("Ann", "Home", "{'profession':'Teacher'}"));

            assertThat(outcome).isInstanceOfSatisfying(Accepted.class, accepted -> {
                assertThat(accepted.effect()).isEqualTo(Effect.UPDATED);
                assertThat(accepted.fields()).containsExactly("occupation");
            });
            assertThat(rig.simulator.requests().entries())
                    .filteredOn(entry -> entry.model().equals("res.partner")
                            && entry.method().equals("write"))
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.records()).isEqualTo(1));
        }
    }

    @Test
    void a_hundred_new_records_take_two_requests() {
        try (Rig rig = Rig.start()) {
            rig.push(household("Home"));
            List<Entity> people = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                people.add(person(
                        "P" + i,
                        "Home",
                        "{'document_ids':[{'id_type':'national_id','id_number':'" + (1000000000L + i) + "'}]}"));
            }
            int before = rig.http.requests();

            List<Outcome> outcomes = rig.push(people);

            assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Accepted.class));
            assertThat(rig.http.requests() - before).isEqualTo(2);
        }
    }
}
