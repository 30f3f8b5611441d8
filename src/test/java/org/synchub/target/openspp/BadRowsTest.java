package org.synchub.target.openspp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.synchub.target.openspp.Forms.household;
import static org.synchub.target.openspp.Forms.person;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.synchub.mapping.Entity;
import org.synchub.simulator.openspp.Fault;
import org.synchub.target.Outcome;
import org.synchub.target.Outcome.Accepted;
import org.synchub.target.Outcome.Rejected;
import org.synchub.target.TargetTrouble;

/** The server takes a batch as a whole or not at all and does not say which row it minds. */
class BadRowsTest {

    private static Entity withPhone(String name, String phone) {
        return person(name, "Home", "{'phone_number':'" + phone + "'}");
    }

    @Test
    void bad_rows_are_rejected_alone_each_in_the_servers_own_words() {
        try (Rig rig = Rig.start()) {
            rig.push(household("Home"));
            List<Entity> people = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                people.add(person("P" + i, "Home"));
            }
            people.set(17, withPhone("Short", "12"));
            people.set(63, person("Odd", "Home", "{'document_ids':[{'id_type':'national_id','id_number':'abc'}]}"));
            int before = rig.http.requests();

            List<Outcome> outcomes = rig.push(people);

            for (int i = 0; i < 100; i++) {
                if (i != 17 && i != 63) {
                    assertThat(outcomes.get(i)).isInstanceOf(Accepted.class);
                }
            }
            assertThat(outcomes.get(17)).isInstanceOfSatisfying(Rejected.class, rejected -> {
                assertThat(rejected.code()).isEqualTo("odoo.exceptions.UserError");
                assertThat(rejected.message()).isEqualTo("Impossible number 12: not enough digits.");
            });
            assertThat(outcomes.get(63)).isInstanceOfSatisfying(Rejected.class, rejected -> {
                assertThat(rejected.code()).isEqualTo("odoo.exceptions.ValidationError");
                assertThat(rejected.message()).isEqualTo("The provided National ID ID 'abc' is invalid.");
            });
            assertThat(rig.http.requests() - before).isLessThan(35);
            assertThat(rig.registry().partners().stream()
                            .filter(partner -> partner.flag("is_registrant") && !partner.flag("is_group")))
                    .hasSize(98);
        }
    }

    @Test
    void a_field_that_the_server_names_is_named() {
        try (Rig rig = Rig.start()) {
            rig.push(household("Home"));
            rig.simulator
                    .faults()
                    .next(
                            1,
                            call -> call.is("res.partner", "create"),
                            Fault.error("builtins.ValueError", "Wrong value for res.partner.gender: 'nope'"));

            assertThat(rig.pushOne(person("Ann", "Home")))
                    .isInstanceOfSatisfying(
                            Rejected.class,
                            rejected -> assertThat(rejected.field()).isEqualTo("gender"));
        }
    }

    @Test
    void a_record_that_is_refused_in_a_shared_write_is_rejected_alone_and_the_rest_goes_on() {
        try (Rig rig = Rig.start()) {
            rig.push(household("Home"));
            rig.push(person("Ann", "Home"), person("Bob", "Home"), person("Cid", "Home"));

            int bob = rig.idOf(person("Bob", "Home"));
            rig.simulator
                    .faults()
                    .always(
                            call -> call.is("res.partner", "write")
                                    && ((List<?>) call.args().get(0)).contains(bob),
                            Fault.error("odoo.exceptions.ValidationError", "Not Bob."));

            List<Outcome> outcomes = rig.push(
                    person("Ann", "Home", "{'profession':'Fisher'}"),
                    person("Bob", "Home", "{'profession':'Fisher'}"),
                    person("Cid", "Home", "{'profession':'Fisher'}"));

            assertThat(outcomes.get(0)).isInstanceOf(Accepted.class);
            assertThat(outcomes.get(1))
                    .isInstanceOfSatisfying(
                            Rejected.class,
                            rejected -> assertThat(rejected.message()).isEqualTo("Not Bob."));
            assertThat(outcomes.get(2)).isInstanceOf(Accepted.class);
        }
    }

    @Test
    void an_error_of_the_servers_own_code_delays_the_record_that_meets_it() {
        try (Rig rig = Rig.start()) {
            rig.simulator
                    .faults()
                    .always(
                            call -> call.is("res.partner", "create")
                                    && call.args().get(0).toString().contains("Cursed"),
                            Fault.error("builtins.KeyError", "'x'\u0000y"));

            List<Outcome> outcomes = rig.push(household("Home"), household("Cursed"), household("Other"));

            assertThat(outcomes.get(0)).isInstanceOf(Accepted.class);
            assertThat(outcomes.get(2)).isInstanceOf(Accepted.class);
            assertThat(outcomes.get(1)).isInstanceOfSatisfying(Outcome.Retry.class, retry -> {
                assertThat(retry.code()).isEqualTo("builtins.KeyError");
                assertThat(retry.message()).isEqualTo("'x'y");
            });
        }
    }

    @Test
    void an_unknown_method_stops_the_target() {
        try (Rig rig = Rig.start()) {
            rig.simulator
                    .faults()
                    .always(
                            call -> call.is("res.partner", "create"),
                            Fault.error(
                                    "builtins.AttributeError",
                                    "The method 'create' does not exist on the model 'res.partner'"));

            assertThat(rig.pushOne(household("Home")))
                    .isInstanceOfSatisfying(
                            Outcome.Unsent.class,
                            unsent -> assertThat(unsent.trouble().kind()).isEqualTo(TargetTrouble.Kind.MISCONFIGURED));
        }
    }

    @Test
    void a_new_head_is_accepted_when_the_old_one_steps_down_in_the_same_batch() {
        try (Rig rig = Rig.start(
                Rig.server().enforceUniqueKinds(true), text -> text.replace("otherwise: omit", "otherwise: null"))) {
            rig.push(household("Home"));
            rig.push(person("Ann", "Home", "{'relationship':'1'}"), person("Bob", "Home"));

            List<Outcome> outcomes = rig.push(
                    person("Bob", "Home", "{'relationship':'1'}"), person("Ann", "Home", "{'relationship':'2'}"));

            assertThat(outcomes).allMatch(Accepted.class::isInstance);
        }
    }
}
