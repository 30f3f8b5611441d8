package org.synchub.target.openspp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.synchub.target.openspp.Forms.household;
import static org.synchub.target.openspp.Forms.person;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.synchub.mapping.Entity;
import org.synchub.simulator.openspp.Fault;
import org.synchub.simulator.openspp.FaultPlan;
import org.synchub.simulator.openspp.RegistryRecord;
import org.synchub.simulator.openspp.RpcCall;
import org.synchub.target.Link;
import org.synchub.target.Outcome;
import org.synchub.target.Outcome.Accepted;
import org.synchub.target.Outcome.Conflict;
import org.synchub.target.Outcome.Effect;
import org.synchub.target.RemoteChange;
import org.synchub.target.TargetTrouble;

class UpdateTest {

    private static final Entity HOME = household("Home");

    private static void assertAccepted(Outcome outcome, Effect effect, String... fields) {
        assertThat(outcome).isInstanceOfSatisfying(Accepted.class, accepted -> {
            assertThat(accepted.effect()).isEqualTo(effect);
            assertThat(accepted.fields()).containsExactlyInAnyOrder(fields);
        });
    }

    private static void assertConflict(Outcome outcome, String kind, String field) {
        assertThat(outcome).isInstanceOfSatisfying(Conflict.class, conflict -> {
            assertThat(conflict.kind()).isEqualTo(kind);
            assertThat(conflict.message()).contains(field);
            assertThat(conflict.external()).isNotNull();
        });
    }

    private static String with(String profession, String email) {
        return "{'profession':'" + profession + "','email_address':'" + email + "'}";
    }

    private static long writes(Rig rig) {
        return rig.simulator.requests().count("res.partner", "write");
    }

    // Three ways

    @Test
    void a_field_that_only_the_server_changed_is_left_alone() {
        try (Rig rig = Rig.start()) {
            rig.push(HOME);
            rig.push(person("Ann", "Home", with("Farmer", "a@x.org")));
            int id = rig.idOf(person("Ann", "Home"));
            rig.registry().write(id, Map.of("occupation", "Mayor"));

            Outcome outcome = rig.pushOne(person("Ann", "Home", with("Farmer", "b@x.org")));

            assertAccepted(outcome, Effect.UPDATED, "email");
            RegistryRecord partner = rig.registry().partner(id);
            assertThat(partner.text("occupation")).isEqualTo("Mayor");
            assertThat(partner.text("email")).isEqualTo("b@x.org");
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            Accepted.class,
                            accepted -> assertThat(
                                            accepted.agreed().path("occupation").asText())
                                    .isEqualTo("Farmer"));
        }
    }

    @Test
    void a_field_that_both_sides_changed_differently_is_a_conflict_and_nothing_is_written() {
        try (Rig rig = Rig.start()) {
            rig.push(HOME);
            rig.push(person("Ann", "Home", with("Farmer", "a@x.org")));
            int id = rig.idOf(person("Ann", "Home"));
            rig.registry().write(id, Map.of("occupation", "Mayor"));

            Outcome outcome = rig.pushOne(person("Ann", "Home", with("Teacher", "b@x.org")));

            assertConflict(outcome, "stale-push", "occupation");
            assertThat(rig.registry().partner(id).text("occupation")).isEqualTo("Mayor");
            assertThat(rig.registry().partner(id).text("email")).isEqualTo("a@x.org");
        }
    }

    @Test
    void a_name_that_the_server_capitalised_when_it_was_created_can_be_changed() {
        try (Rig rig = Rig.start()) {
            rig.push(HOME);
            rig.push(person("Ann", "Home", "{'last_name':'McDonald'}"));
            int id = rig.idOf(person("Ann", "Home"));
            assertThat(rig.registry().partner(id).text("family_name")).isEqualTo("Mcdonald");

            assertAccepted(
                    rig.pushOne(person("Ann", "Home", "{'last_name':'MacDonald'}")), Effect.UPDATED, "family_name");

            assertThat(rig.registry().partner(id).text("family_name")).isEqualTo("MacDonald");
        }
    }

    @Test
    void a_name_that_somebody_at_the_server_corrected_is_not_overwritten() {
        try (Rig rig = Rig.start()) {
            rig.push(HOME);
            rig.push(person("Ann", "Home", "{'last_name':'McDonald'}"));
            int id = rig.idOf(person("Ann", "Home"));
            rig.registry().write(id, Map.of("family_name", "Macdonald"));

            assertConflict(
                    rig.pushOne(person("Ann", "Home", "{'last_name':'McDonnell'}")), "stale-push", "family_name");
        }
    }

    @Test
    void a_field_that_both_sides_changed_to_the_same_is_agreed_on() {
        try (Rig rig = Rig.start()) {
            rig.push(HOME);
            rig.push(person("Ann", "Home", with("Farmer", "a@x.org")));
            rig.registry().write(rig.idOf(person("Ann", "Home")), Map.of("occupation", "Teacher"));

            assertAccepted(rig.pushOne(person("Ann", "Home", with("Teacher", "a@x.org"))), Effect.UNCHANGED);
        }
    }

    @Test
    void a_field_that_the_server_filled_in_is_not_overwritten_by_a_first_value() {
        try (Rig rig = Rig.start()) {
            rig.push(HOME);
            rig.push(person("Ann", "Home"));
            rig.registry().write(rig.idOf(person("Ann", "Home")), Map.of("occupation", "Mayor"));

            assertConflict(rig.pushOne(person("Ann", "Home", "{'profession':'Farmer'}")), "stale-push", "occupation");
        }
    }

    // Clearing

    @Test
    void an_absent_field_is_left_alone_and_an_emptied_one_is_cleared() {
        try (Rig rig = Rig.start()) {
            rig.push(HOME);
            rig.push(person("Ann", "Home", with("Farmer", "a@x.org")));
            Entity absent = person("Ann", "Home");

            assertAccepted(rig.pushOne(absent), Effect.UNCHANGED);
            assertThat(rig.partner(absent).text("occupation")).isEqualTo("Farmer");

            assertAccepted(rig.pushOne(person("Ann", "Home", with("", "a@x.org"))), Effect.UPDATED, "occupation");
            assertThat(rig.partner(absent).text("occupation")).isNull();
            assertThat(rig.partner(absent).text("email")).isEqualTo("a@x.org");
        }
    }

    @Test
    void an_empty_field_of_the_store_clears_nothing_of_a_record_that_was_found() {
        try (Rig rig = Rig.start()) {
            rig.push(HOME);
            rig.push(person("Ann", "Home", with("Farmer", "a@x.org")));
            rig.forget();
            rig.push(HOME);

            assertAccepted(rig.pushOne(person("Ann", "Home", with("", "a@x.org"))), Effect.ADOPTED);

            assertThat(rig.partner(person("Ann", "Home")).text("occupation")).isEqualTo("Farmer");
        }
    }

    // Names

    @Test
    void the_servers_own_spelling_of_a_persons_name_is_no_difference() {
        try (Rig rig = Rig.start()) {
            rig.push(HOME);
            rig.push(person("Ann", "Home"));
            Entity married = person("Ann", "Home", "{'last_name':'Roe'}");

            assertAccepted(rig.pushOne(married), Effect.UPDATED, "family_name");
            assertThat(rig.partner(married).text("name")).isEqualTo("ROE, ANN");
            assertAccepted(rig.pushOne(married), Effect.UNCHANGED);
        }
    }

    @Test
    void a_groups_name_is_compared_like_any_field() {
        try (Rig rig = Rig.start()) {
            rig.push(HOME);

            assertAccepted(rig.pushOne(household("Home", "{'household_name':'Casa'}")), Effect.UPDATED, "name");

            assertThat(rig.partner(HOME).text("name")).isEqualTo("Casa");
        }
    }

    @Test
    void one_value_for_many_records_is_one_write_but_parts_of_names_are_written_one_by_one() {
        try (Rig rig = Rig.start()) {
            rig.push(HOME);
            List<Entity> before = new ArrayList<>();
            List<Entity> moved = new ArrayList<>();
            List<Entity> named = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                before.add(person("P" + i, "Home"));
                moved.add(person("P" + i, "Home", "{'profession':'Fisher'}"));
                named.add(person("P" + i, "Home", "{'profession':'Fisher','middle_name':'Second'}"));
            }
            rig.push(before);

            rig.push(moved).forEach(outcome -> assertAccepted(outcome, Effect.UPDATED, "occupation"));
            assertThat(writes(rig)).isEqualTo(1);
            rig.push(named).forEach(outcome -> assertAccepted(outcome, Effect.UPDATED, "addl_name"));
            assertThat(writes(rig)).isEqualTo(21);
            assertThat(rig.partner(named.get(7)).text("name")).isEqualTo("DOE, P7, SECOND");
        }
    }

    // Lists

    private static String document(String number) {
        return "{'document_ids':[{'id_type':'national_id','id_number':'" + number + "'}]}";
    }

    private static List<RegistryRecord> documents(Rig rig, Entity entity) {
        return rig.registry().regIds(rig.idOf(entity)).stream()
                .filter(id -> !entity.guid().equals(id.text("value")))
                .toList();
    }

    @Test
    void a_document_is_added_changed_retired_and_taken_up_again_but_never_deleted() {
        try (Rig rig = Rig.start()) {
            Entity ann = person("Ann", "Home");
            rig.push(HOME);
            rig.push(ann);

            assertAccepted(rig.pushOne(person("Ann", "Home", document("1234567890"))), Effect.UPDATED, "reg_ids");
            assertAccepted(rig.pushOne(person("Ann", "Home", document("1234567891"))), Effect.UPDATED, "reg_ids");
            assertThat(documents(rig, ann)).singleElement().satisfies(id -> {
                assertThat(id.text("value")).isEqualTo("1234567891");
            });
            assertAccepted(rig.pushOne(person("Ann", "Home", "{'document_ids':[]}")), Effect.UPDATED, "reg_ids");
            assertThat(documents(rig, ann)).singleElement().satisfies(id -> {
                assertThat(id.text("value")).isEqualTo("1234567891");
                assertThat(id.text("status")).isEqualTo("invalid");
            });
            assertAccepted(rig.pushOne(person("Ann", "Home", document("1234567892"))), Effect.UPDATED, "reg_ids");
            assertThat(documents(rig, ann)).singleElement().satisfies(id -> {
                assertThat(id.text("value")).isEqualTo("1234567892");
                assertThat(id.text("status")).isEqualTo("valid");
            });
            assertThat(rig.simulator.requests().count("g2p.reg.id", "unlink")).isZero();
        }
    }

    @Test
    void what_the_server_added_to_a_list_stays() {
        try (Rig rig = Rig.start()) {
            Entity ann = person("Ann", "Home", "{'phone_number':'+639171234567'}");
            rig.push(HOME);
            rig.push(ann);
            int id = rig.idOf(ann);
            rig.registry().create("g2p.phone.number", Map.of("partner_id", id, "phone_no", "+639170000001"));

            assertAccepted(
                    rig.pushOne(person("Ann", "Home", "{'phone_number':'+639179999999'}")),
                    Effect.UPDATED,
                    "phone_number_ids");

            assertThat(rig.registry().phones(id))
                    .filteredOn(phone -> phone.text("disabled") == null)
                    .extracting(phone -> phone.text("phone_no"))
                    .containsExactlyInAnyOrder("+639170000001", "+639179999999");
            assertThat(rig.registry().phones(id))
                    .filteredOn(phone -> phone.text("disabled") != null)
                    .extracting(phone -> phone.text("phone_no"))
                    .containsExactly("+639171234567");
        }
    }

    @Test
    void another_number_that_both_sides_put_where_the_form_has_one_place_is_a_conflict() {
        try (Rig rig = Rig.start()) {
            Entity ann = person("Ann", "Home", "{'phone_number':'+639171234567'}");
            rig.push(HOME);
            rig.push(ann);
            int id = rig.idOf(ann);
            rig.registry()
                    .write(
                            "g2p.phone.number",
                            List.of(rig.registry().phones(id).get(0).id()),
                            Map.of("phone_no", "+639170000001"));

            assertConflict(
                    rig.pushOne(person("Ann", "Home", "{'phone_number':'+639179999999'}")),
                    "stale-push",
                    "phone_number_ids");
            assertAccepted(rig.pushOne(person("Ann", "Home", "{'phone_number':'+639170000001'}")), Effect.UNCHANGED);
            assertThat(rig.registry().phones(id))
                    .extracting(phone -> phone.text("phone_no"))
                    .containsExactly("+639170000001");
        }
    }

    @Test
    void two_moves_to_different_households_are_a_conflict() {
        try (Rig rig = Rig.start()) {
            Entity ann = person("Ann", "Home");
            Entity third = household("Third");
            Entity other = household("Other");
            rig.push(HOME, third, other);
            rig.push(ann);
            rig.registry()
                    .endMembership(
                            rig.registry().memberships(rig.idOf(HOME)).get(0).id());
            rig.registry().addMember(rig.idOf(third), rig.idOf(ann));

            assertConflict(rig.pushOne(person("Ann", "Other")), "stale-push", "individual_membership_ids");

            assertThat(rig.registry().memberships(rig.idOf(other))).isEmpty();
        }
    }

    @Test
    void an_item_that_both_sides_changed_differently_is_a_conflict() {
        try (Rig rig = Rig.start()) {
            Entity ann = person("Ann", "Home", document("1234567890"));
            rig.push(HOME);
            rig.push(ann);
            RegistryRecord document = documents(rig, ann).get(0);
            rig.registry().editRegId(document.id(), "5555555555");

            assertConflict(rig.pushOne(person("Ann", "Home", document("1234567891"))), "stale-push", "reg_ids");
            assertConflict(rig.pushOne(person("Ann", "Home", "{'document_ids':[]}")), "stale-push", "reg_ids");
            assertAccepted(rig.pushOne(person("Ann", "Home", document("1234567890"))), Effect.UNCHANGED);
            assertThat(documents(rig, ann).get(0).text("value")).isEqualTo("5555555555");
        }
    }

    /** History 41582: the number would have gone into an id that is out of force, and the next pull taken it away here too. */
    @Test
    void a_document_that_is_retired_between_the_hubs_reading_and_its_write_is_in_force_with_what_the_hub_writes() {
        try (Rig rig = Rig.start()) {
            Entity ann = person("Ann", "Home", document("1234567890"));
            rig.push(HOME);
            rig.push(ann);
            RegistryRecord document = documents(rig, ann).get(0);
            rig.simulator.faults().add(new FaultPlan() {
                @Override
                public List<Fault> faults(RpcCall call) {
                    if (call.is("res.partner", "write")) {
                        rig.registry().write("g2p.reg.id", List.of(document.id()), Map.of("status", "invalid"));
                    }
                    return List.of();
                }
            });

            assertAccepted(rig.pushOne(person("Ann", "Home", document("1234567891"))), Effect.UPDATED, "reg_ids");

            assertThat(documents(rig, ann)).singleElement().satisfies(id -> {
                assertThat(id.text("value")).isEqualTo("1234567891");
                assertThat(id.text("status")).isNotEqualTo("invalid");
            });
        }
    }

    @Test
    void a_person_who_moves_ends_the_old_membership_and_starts_the_new_one_and_may_come_back() {
        try (Rig rig = Rig.start()) {
            Entity other = household("Other");
            Entity ann = person("Ann", "Home", "{'relationship':'1'}");
            rig.push(HOME, other);
            rig.push(ann);
            int home = rig.idOf(HOME);

            assertAccepted(
                    rig.pushOne(person("Ann", "Other", "{'relationship':'1'}")),
                    Effect.UPDATED,
                    "individual_membership_ids");
            assertThat(rig.registry().memberships(home)).singleElement().satisfies(membership -> {
                assertThat(membership.text("ended_date")).isNotNull();
                assertThat(membership.flag("is_ended")).isTrue();
            });
            assertThat(rig.registry().memberships(rig.idOf(other)))
                    .singleElement()
                    .satisfies(membership -> {
                        assertThat(membership.text("ended_date")).isNull();
                        assertThat(membership.ids("kind")).hasSize(1);
                    });

            assertAccepted(rig.pushOne(ann), Effect.UPDATED, "individual_membership_ids");
            assertThat(rig.registry().memberships(home)).singleElement().satisfies(membership -> {
                assertThat(membership.text("ended_date")).isNull();
                assertThat(membership.flag("is_ended")).isFalse();
            });
            assertThat(rig.registry().memberships(rig.idOf(other)).get(0).flag("is_ended"))
                    .isTrue();
            assertThat(rig.simulator.requests().count("g2p.group.membership", "unlink"))
                    .isZero();
        }
    }

    @Test
    void a_members_role_changes_by_command() {
        try (Rig rig = Rig.start()) {
            rig.push(HOME);
            rig.push(person("Ann", "Home"));

            assertAccepted(
                    rig.pushOne(person("Ann", "Home", "{'relationship':'1'}")),
                    Effect.UPDATED,
                    "individual_membership_ids");

            assertThat(rig.registry().memberships(rig.idOf(HOME)).get(0).ids("kind"))
                    .hasSize(1);
        }
    }

    @Test
    void a_head_who_is_one_no_longer_loses_the_role() {
        try (Rig rig = Rig.start()) {
            rig.push(HOME);
            for (String no : List.of("{'relationship':'2'}", "{'relationship':''}", "{'relationship':null}")) {
                rig.pushOne(person("Ann", "Home", "{'relationship':'1'}"));
                RegistryRecord membership =
                        rig.registry().memberships(rig.idOf(HOME)).get(0);
                assertThat(membership.ids("kind")).hasSize(1);

                assertAccepted(rig.pushOne(person("Ann", "Home", no)), Effect.UPDATED, "individual_membership_ids");

                assertThat(rig.registry().memberships(rig.idOf(HOME)))
                        .singleElement()
                        .satisfies(now -> assertThat(now.ids("kind")).as(no).isEmpty());
            }
        }
    }

    // What sits at the id

    @Test
    void another_key_at_the_linked_id_stops_the_target_before_anything_is_written() {
        try (Rig rig = Rig.start()) {
            Entity ann = person("Ann", "Home");
            rig.push(HOME);
            rig.push(ann, person("Bob", "Home"));
            String bob = Integer.toString(rig.idOf(person("Bob", "Home")));
            rig.links.put(ann.guid(), new Link(bob, null, rig.upsert(ann).record()));

            List<Outcome> outcomes = rig.push(
                    person("Ann", "Home", "{'profession':'Fisher'}"), household("Home", "{'household_name':'X'}"));

            assertThat(outcomes)
                    .allSatisfy(outcome -> assertThat(outcome).isInstanceOfSatisfying(Outcome.Unsent.class, unsent -> {
                        assertThat(unsent.trouble().kind()).isEqualTo(TargetTrouble.Kind.SWAPPED);
                        assertThat(unsent.trouble()).hasMessageContaining("res.partner " + bob);
                    }));
            assertThat(writes(rig)).isZero();
        }
    }

    @Test
    void a_group_where_a_person_was_linked_stops_the_target() {
        try (Rig rig = Rig.start()) {
            Entity ann = person("Ann", "Home");
            rig.push(HOME);
            rig.push(ann);
            int group = rig.registry().createPartner(Map.of("is_group", true, "name", "Not the hub's"));
            rig.links.put(ann.guid(), new Link(Integer.toString(group), null, null));
            rig.registry()
                    .unlinkPartner(
                            rig.registry().partnersByRegId(ann.guid()).get(0).id());

            assertThat(rig.pushOne(ann))
                    .isInstanceOfSatisfying(
                            Outcome.Unsent.class,
                            unsent -> assertThat(unsent.trouble().kind()).isEqualTo(TargetTrouble.Kind.SWAPPED));
        }
    }

    @Test
    void a_younger_record_at_a_pulled_records_id_stops_the_target() {
        try (Rig rig = Rig.start()) {
            Entity ann = person("Ann", "Home");
            rig.push(HOME);
            int other = rig.registry()
                    .createPartner(
                            Map.of("is_group", false, "name", "Roe, Eve", "given_name", "Eve", "family_name", "Roe"));
            rig.links.put(
                    ann.guid(),
                    new Link(
                            Integer.toString(other),
                            "2020-01-01 00:00:00#0",
                            rig.upsert(ann).record()));

            assertThat(rig.pushOne(ann))
                    .isInstanceOfSatisfying(
                            Outcome.Unsent.class,
                            unsent -> assertThat(unsent.trouble().kind()).isEqualTo(TargetTrouble.Kind.SWAPPED));
        }
    }

    @Test
    void a_pulled_record_gets_the_hubs_key_with_its_first_push() {
        try (Rig rig = Rig.start()) {
            Entity ann = person("Ann", "Home");
            rig.push(HOME);
            int born = rig.registry()
                    .createPartner(
                            Map.of("is_group", false, "name", "Doe, Ann", "given_name", "Ann", "family_name", "Doe"));
            RemoteChange pulled =
                    rig.adapter.read(List.of(Integer.toString(born))).get(0);
            rig.links.put(ann.guid(), new Link(pulled.externalId(), pulled.version(), pulled.record()));

            assertThat(rig.pushOne(ann)).isInstanceOf(Accepted.class);

            assertThat(rig.registry().partnersByRegId(ann.guid()))
                    .singleElement()
                    .satisfies(partner -> assertThat(partner.id()).isEqualTo(born));
        }
    }

    @Test
    void a_record_that_is_not_there_any_more_is_gone_and_the_rest_goes_on() {
        try (Rig rig = Rig.start()) {
            rig.push(HOME);
            rig.push(person("Ann", "Home"), person("Bob", "Home"));
            int id = rig.idOf(person("Ann", "Home"));
            rig.registry().unlinkPartner(id);

            List<Outcome> outcomes = rig.push(
                    person("Ann", "Home", "{'profession':'Fisher'}"), person("Bob", "Home", "{'profession':'Fisher'}"));

            assertThat(outcomes.get(0))
                    .isInstanceOfSatisfying(
                            Outcome.Gone.class,
                            gone -> assertThat(gone.externalId()).isEqualTo(Integer.toString(id)));
            assertAccepted(outcomes.get(1), Effect.UPDATED, "occupation");
        }
    }

    @Test
    void a_key_that_the_registry_moved_when_it_merged_duplicates_is_followed() {
        try (Rig rig = Rig.start()) {
            Entity ann = person("Ann", "Home");
            rig.push(HOME);
            rig.push(ann);
            int old = rig.idOf(ann);
            int survivor = rig.registry()
                    .createPartner(
                            Map.of("is_group", false, "name", "Doe, Ann", "given_name", "Ann", "family_name", "Doe"));
            RegistryRecord key = rig.registry().regIds(old).get(0);
            rig.registry().write("g2p.reg.id", List.of(key.id()), Map.of("partner_id", survivor));
            rig.registry().archive(old);

            Outcome outcome = rig.pushOne(person("Ann", "Home", "{'profession':'Fisher'}"));

            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            Accepted.class,
                            accepted -> assertThat(accepted.externalId()).isEqualTo(Integer.toString(survivor)));
            assertThat(rig.registry().partner(survivor).text("occupation")).isEqualTo("Fisher");
        }
    }

    @Test
    void a_record_that_the_registry_archived_is_a_conflict() {
        try (Rig rig = Rig.start()) {
            Entity ann = person("Ann", "Home");
            rig.push(HOME);
            rig.push(ann);
            rig.registry().archive(rig.idOf(ann));

            assertConflict(
                    rig.pushOne(person("Ann", "Home", "{'profession':'Fisher'}")), "update-delete", "is archived");
        }
    }

    @Test
    void a_record_that_the_hub_itself_put_away_comes_back() {
        try (Rig rig = Rig.start()) {
            Entity ann = person("Ann", "Home");
            rig.push(HOME);
            rig.push(ann);
            rig.send(List.of(rig.delete(ann)));
            assertThat(rig.partner(ann).flag("active")).isFalse();
            rig.links.computeIfPresent(ann.guid(), (guid, link) -> new Link(link.externalId(), null, null));

            assertAccepted(rig.pushOne(ann), Effect.UPDATED, "individual_membership_ids");

            assertThat(rig.partner(ann).flag("active")).isTrue();
            assertThat(rig.registry().memberships(rig.idOf(HOME)).get(0).flag("is_ended"))
                    .isFalse();
        }
    }

    // Unknown outcomes

    @Test
    void a_value_that_was_sent_without_an_answer_and_then_changed_back_is_put_right() {
        try (Rig rig = Rig.start()) {
            Entity farmer = person("Ann", "Home", with("Farmer", "a@x.org"));
            rig.push(HOME);
            rig.push(farmer);
            // The hub sent "Teacher", crashed before it read the answer, and the store went back to "Farmer".
            rig.registry().write(rig.idOf(farmer), Map.of("occupation", "Teacher"));
            rig.uncertain.add(farmer.guid());

            assertAccepted(rig.pushOne(farmer), Effect.UPDATED, "occupation");

            assertThat(rig.partner(farmer).text("occupation")).isEqualTo("Farmer");
        }
    }

    @Test
    void an_uncertain_create_is_looked_up_and_brought_to_the_newest_state() {
        try (Rig rig = Rig.start()) {
            Entity other = household("Other");
            Entity ann = person("Ann", "Home", "{'phone_number':'+639171234567','profession':'Farmer'}");
            rig.push(HOME, other);
            rig.push(ann);
            int id = rig.idOf(ann);
            rig.links.remove(ann.guid());
            rig.uncertain.add(ann.guid());

            Outcome outcome = rig.pushOne(person("Ann", "Other", "{'phone_number':'+639179999999','profession':''}"));

            assertThat(outcome).isInstanceOf(Accepted.class);
            assertThat(rig.idOf(ann)).isEqualTo(id);
            assertThat(rig.partner(ann).text("occupation")).isNull();
            assertThat(rig.registry().phones(id))
                    .filteredOn(phone -> phone.text("disabled") == null)
                    .extracting(phone -> phone.text("phone_no"))
                    .containsExactly("+639179999999");
            assertThat(rig.registry().memberships(rig.idOf(HOME)).get(0).flag("is_ended"))
                    .isTrue();
            assertThat(rig.registry().memberships(rig.idOf(other)).get(0).flag("is_ended"))
                    .isFalse();
        }
    }

    // Words of the registry

    @Test
    void an_area_that_was_added_after_the_start_is_found() {
        try (Rig rig = Rig.start()) {
            rig.registry().create("spp.area", Map.of("code", "TL09", "name", "New", "draft_name", "New"));
            rig.clock.pass(Duration.ofMinutes(2));

            assertAccepted(
                    rig.pushOne(household("Home", "{'area_code':'TL09'}")),
                    Effect.CREATED,
                    "is_group",
                    "kind",
                    "name",
                    "area_id");
        }
    }

    @Test
    void an_area_that_the_server_lacks_rejects_the_record_without_quoting_it() {
        try (Rig rig = Rig.start()) {
            List<Outcome> outcomes = rig.push(household("Home", "{'area_code':'NOWHERE'}"), household("Other"));

            assertThat(outcomes.get(0)).isInstanceOfSatisfying(Outcome.Rejected.class, rejected -> {
                assertThat(rejected.field()).isEqualTo("area_id");
                assertThat(rejected.message())
                        .contains("no spp.area with this code")
                        .doesNotContain("NOWHERE");
            });
            assertThat(outcomes.get(1)).isInstanceOf(Accepted.class);
        }
    }
}
