package org.synchub.target.openspp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.synchub.target.openspp.Forms.household;
import static org.synchub.target.openspp.Forms.person;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.synchub.mapping.Entity;
import org.synchub.simulator.openspp.Fault;
import org.synchub.simulator.openspp.RegistryRecord;
import org.synchub.target.Link;
import org.synchub.target.Outcome;
import org.synchub.target.Outcome.Accepted;
import org.synchub.target.Outcome.Effect;
import org.synchub.target.Write;

class DeleteTest {

    private static final Entity HOME = household("Home");
    private static final Entity ANN = person("Ann", "Home");

    private static Rig rig(String onDelete) {
        Rig rig = Rig.start(Rig.server(), text -> text.replace("onDelete: archive", "onDelete: " + onDelete));
        rig.push(HOME);
        rig.push(ANN);
        return rig;
    }

    private static Effect effect(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Accepted.class);
        return ((Accepted) outcome).effect();
    }

    private static Outcome delete(Rig rig, Entity entity) {
        Write write = rig.delete(entity);
        return rig.adapter.send(List.of(write)).get(0);
    }

    private static RegistryRecord membership(Rig rig) {
        return rig.registry().memberships(rig.idOf(HOME)).get(0);
    }

    @Test
    void archiving_a_person_ends_the_membership_and_unlinks_nothing() {
        try (Rig rig = rig("archive")) {
            assertThat(effect(delete(rig, ANN))).isEqualTo(Effect.DELETED);

            assertThat(rig.partner(ANN).flag("active")).isFalse();
            assertThat(membership(rig).flag("is_ended")).isTrue();
            assertThat(rig.simulator.requests().counts().keySet()).noneMatch(name -> name.contains("unlink"));
        }
    }

    @Test
    void archiving_a_household_ends_the_memberships_of_all_its_members() {
        try (Rig rig = rig("archive")) {
            rig.push(person("Bob", "Home"));

            assertThat(effect(delete(rig, HOME))).isEqualTo(Effect.DELETED);

            assertThat(rig.partner(HOME).flag("active")).isFalse();
            assertThat(rig.partner(ANN).flag("active")).isTrue();
            assertThat(rig.registry().memberships(rig.idOf(HOME))).hasSize(2).allMatch(each -> each.flag("is_ended"));
        }
    }

    @Test
    void deleting_what_is_archived_or_gone_is_accepted() {
        try (Rig rig = rig("archive")) {
            delete(rig, ANN);

            assertThat(effect(delete(rig, ANN))).isEqualTo(Effect.UNCHANGED);

            rig.registry().unlinkPartner(rig.idOf(ANN));
            assertThat(effect(delete(rig, ANN))).isEqualTo(Effect.UNCHANGED);
        }
    }

    @Test
    void disabling_keeps_the_record_in_sight_and_says_why() {
        try (Rig rig = rig("disable")) {
            assertThat(effect(delete(rig, ANN))).isEqualTo(Effect.DELETED);

            assertThat(rig.partner(ANN).flag("active")).isTrue();
            assertThat(rig.partner(ANN).text("disabled")).isNotNull();
            assertThat(rig.partner(ANN).text("disabled_reason")).isEqualTo("Deleted in DataCollect");
            assertThat(membership(rig).flag("is_ended")).isTrue();
        }
    }

    @Test
    void a_record_that_was_disabled_for_a_deletion_is_taken_back_and_one_that_a_registrar_disabled_is_not() {
        try (Rig rig = rig("disable")) {
            delete(rig, ANN);
            rig.links.computeIfPresent(ANN.guid(), (guid, link) -> new Link(link.externalId(), null, null));

            assertThat(effect(rig.pushOne(ANN))).isEqualTo(Effect.UPDATED);

            assertThat(rig.partner(ANN).text("disabled")).isNull();
            assertThat(rig.partner(ANN).text("disabled_reason")).isNull();
            assertThat(membership(rig).flag("is_ended")).isFalse();

            rig.registry().disable(rig.idOf(ANN), "moved abroad");
            rig.links.computeIfPresent(ANN.guid(), (guid, link) -> new Link(link.externalId(), null, null));
            rig.pushOne(ANN);
            assertThat(rig.partner(ANN).text("disabled_reason")).isEqualTo("moved abroad");
        }
    }

    @Test
    void ending_memberships_alone_leaves_the_record_as_it_is() {
        try (Rig rig = rig("end-memberships")) {
            assertThat(effect(delete(rig, ANN))).isEqualTo(Effect.DELETED);

            assertThat(rig.partner(ANN).flag("active")).isTrue();
            assertThat(rig.partner(ANN).text("disabled")).isNull();
            assertThat(membership(rig).flag("is_ended")).isTrue();
            assertThat(effect(delete(rig, ANN))).isEqualTo(Effect.UNCHANGED);
        }
    }

    @Test
    void a_record_that_a_deletion_left_in_place_is_a_member_again_when_its_entity_is_back() {
        try (Rig rig = rig("end-memberships")) {
            delete(rig, ANN);
            rig.links.computeIfPresent(ANN.guid(), (guid, link) -> new Link(link.externalId(), null, null));

            assertThat(effect(rig.pushOne(ANN))).isEqualTo(Effect.UPDATED);

            assertThat(membership(rig).flag("is_ended")).isFalse();
        }
    }

    @Test
    void a_record_that_somebody_brought_back_is_asked_about_before_it_is_written() {
        try (Rig rig = rig("archive")) {
            delete(rig, ANN);
            rig.registry().write(rig.idOf(ANN), Map.of("active", true));
            rig.links.computeIfPresent(ANN.guid(), (guid, link) -> new Link(link.externalId(), null, null));

            assertThat(rig.pushOne(ANN))
                    .isInstanceOfSatisfying(
                            Outcome.Conflict.class,
                            conflict -> assertThat(conflict.kind()).isEqualTo("stale-push"));
        }
    }

    @Test
    void ignoring_makes_no_request() {
        try (Rig rig = rig("ignore")) {
            int before = rig.http.requests();

            assertThat(effect(delete(rig, ANN))).isEqualTo(Effect.UNCHANGED);

            assertThat(rig.http.requests()).isEqualTo(before);
        }
    }

    @Test
    void a_record_that_the_registry_changed_since_is_a_conflict() {
        try (Rig rig = rig("archive")) {
            rig.registry().write(rig.idOf(ANN), Map.of("birthdate", "1991-01-01"));

            assertThat(delete(rig, ANN))
                    .isInstanceOfSatisfying(
                            Outcome.Conflict.class,
                            conflict -> assertThat(conflict.kind()).isEqualTo("delete-update"));

            assertThat(rig.partner(ANN).flag("active")).isTrue();
            assertThat(membership(rig).flag("is_ended")).isFalse();
        }
    }

    @Test
    void a_value_that_the_registry_filled_in_since_is_a_conflict() {
        try (Rig rig = rig("archive")) {
            rig.registry().write(rig.idOf(ANN), Map.of("email", "ann@example.org"));

            assertThat(delete(rig, ANN))
                    .isInstanceOfSatisfying(
                            Outcome.Conflict.class,
                            conflict -> assertThat(conflict.kind()).isEqualTo("delete-update"));

            assertThat(rig.partner(ANN).flag("active")).isTrue();
        }
    }

    @Test
    void a_name_that_the_registry_capitalised_when_it_was_created_is_no_change_of_its_own() {
        try (Rig rig = rig("archive")) {
            Entity mary = person("Mary Ann", "Home", "{'last_name':'McDonald'}");
            rig.push(mary);
            assertThat(rig.partner(mary).text("family_name")).isEqualTo("Mcdonald");

            assertThat(effect(delete(rig, mary))).isEqualTo(Effect.DELETED);

            assertThat(rig.registry().partner(rig.idOf(mary)).flag("active")).isFalse();
        }
    }

    @Test
    void a_create_without_an_answer_that_is_deleted_meanwhile_is_found_by_its_key() {
        try (Rig rig = rig("archive")) {
            int id = rig.idOf(ANN);
            rig.links.remove(ANN.guid());
            rig.uncertain.add(ANN.guid());

            Outcome outcome = delete(rig, ANN);

            assertThat(effect(outcome)).isEqualTo(Effect.DELETED);
            assertThat(rig.registry().partner(id).flag("active")).isFalse();
            Outcome never = delete(rig, person("Nobody", "Home"));
            assertThat(effect(never)).isEqualTo(Effect.UNCHANGED);
        }
    }

    @Test
    void a_hundred_deletions_take_a_handful_of_requests() {
        try (Rig rig = rig("archive")) {
            List<Entity> people = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                people.add(person("P" + i, "Home"));
            }
            rig.push(people);
            int before = rig.http.requests();

            List<Outcome> outcomes =
                    rig.adapter.send(people.stream().map(rig::delete).toList());

            assertThat(outcomes)
                    .allSatisfy(outcome -> assertThat(effect(outcome)).isEqualTo(Effect.DELETED));
            assertThat(rig.http.requests() - before).isLessThanOrEqualTo(8);
        }
    }

    @Test
    void a_record_that_the_server_will_not_put_away_is_rejected_alone() {
        try (Rig rig = rig("archive")) {
            Entity bob = person("Bob", "Home");
            rig.push(bob);
            int stuck = rig.idOf(bob);
            rig.simulator
                    .faults()
                    .always(
                            call -> call.is("res.partner", "write")
                                    && ((List<?>) call.args().get(0)).contains(stuck),
                            Fault.error("odoo.exceptions.ValidationError", "You cannot archive a payee."));

            List<Outcome> outcomes = rig.adapter.send(List.of(rig.delete(ANN), rig.delete(bob)));

            assertThat(effect(outcomes.get(0))).isEqualTo(Effect.DELETED);
            assertThat(outcomes.get(1))
                    .isInstanceOfSatisfying(
                            Outcome.Rejected.class,
                            rejected -> assertThat(rejected.message()).isEqualTo("You cannot archive a payee."));
        }
    }

    @Test
    void a_deletion_without_an_answer_is_unknown() {
        try (Rig rig = rig("archive")) {
            rig.simulator.faults().next(1, call -> call.is("res.partner", "write"), Fault.cut(Fault.Cut.BEFORE_ANSWER));

            assertThat(delete(rig, ANN)).isInstanceOf(Outcome.Unknown.class);
            assertThat(effect(delete(rig, ANN))).isEqualTo(Effect.UNCHANGED);
        }
    }
}
