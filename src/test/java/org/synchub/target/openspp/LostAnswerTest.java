package org.synchub.target.openspp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.synchub.target.openspp.Forms.household;
import static org.synchub.target.openspp.Forms.person;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.mapping.Entity;
import org.synchub.simulator.openspp.RegistryRecord;
import org.synchub.target.Outcome;
import org.synchub.target.Outcome.Accepted;
import org.synchub.target.Outcome.Conflict;
import org.synchub.target.Outcome.Effect;

/**
 * A write whose answer got lost, read back: what of it arrived is told apart from what did not, and from what a registrar
 * changed meanwhile.
 */
class LostAnswerTest {

    private static final Entity HOME = household("Home");
    private static final Entity OTHER = household("Other");
    private static final Entity FARMER = ann("'profession':'Farmer'");
    private static final Entity TEACHER = ann("'profession':'Teacher'");
    private static final Entity NURSE = ann("'profession':'Nurse'");

    private Rig rig;

    @BeforeEach
    void start() {
        rig = Rig.start();
        rig.push(HOME, OTHER);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private static Entity ann(String more) {
        return person("Ann", "Home", "{" + more + "}");
    }

    private void agreeOn(Entity entity) {
        assertThat(rig.pushOne(entity)).isInstanceOf(Accepted.class);
    }

    private void sendUnseen(Entity entity) {
        rig.arriveUnseen(rig.upsert(entity));
    }

    private void loseOnTheWay(Entity entity) {
        rig.lost(rig.upsert(entity));
    }

    private void registrarWrites(String field, Object value) {
        rig.registry().write(rig.idOf(FARMER), Map.of(field, value));
    }

    private String at(String field) {
        return rig.partner(FARMER).text(field);
    }

    private static void assertWrote(Outcome outcome, String... fields) {
        assertThat(outcome).isInstanceOfSatisfying(Accepted.class, accepted -> {
            assertThat(accepted.effect()).isEqualTo(fields.length == 0 ? Effect.UNCHANGED : Effect.UPDATED);
            assertThat(accepted.fields()).containsExactlyInAnyOrder(fields);
        });
    }

    @Test
    void a_value_that_arrived_unseen_and_was_changed_back_in_the_store_goes_back() {
        agreeOn(FARMER);
        sendUnseen(TEACHER);
        assertThat(at("occupation")).isEqualTo("Teacher");

        assertWrote(rig.pushOne(FARMER), "occupation");

        assertThat(at("occupation")).isEqualTo("Farmer");
    }

    @Test
    void a_value_that_did_not_arrive_and_was_changed_back_needs_no_write() {
        agreeOn(FARMER);
        loseOnTheWay(TEACHER);

        assertWrote(rig.pushOne(FARMER));

        assertThat(at("occupation")).isEqualTo("Farmer");
    }

    @Test
    void a_value_that_arrived_unseen_is_not_written_again() {
        agreeOn(FARMER);
        sendUnseen(TEACHER);

        assertWrote(rig.pushOne(TEACHER));
    }

    @Test
    void whether_it_arrived_or_not_the_newest_value_is_written() {
        agreeOn(FARMER);
        sendUnseen(TEACHER);
        loseOnTheWay(NURSE);

        assertWrote(rig.pushOne(ann("'profession':'Midwife'")), "occupation");

        assertThat(at("occupation")).isEqualTo("Midwife");
    }

    @Test
    void a_registrars_edit_of_another_field_stays() {
        agreeOn(ann("'profession':'Farmer','email_address':'a@x.org'"));
        sendUnseen(ann("'profession':'Teacher','email_address':'a@x.org'"));
        registrarWrites("email", "registrar@x.org");

        assertWrote(rig.pushOne(ann("'profession':'Farmer','email_address':'a@x.org'")), "occupation");

        assertThat(at("occupation")).isEqualTo("Farmer");
        assertThat(at("email")).isEqualTo("registrar@x.org");
    }

    @Test
    void a_registrars_edit_of_a_field_that_the_store_changed_back_stays() {
        agreeOn(FARMER);
        sendUnseen(TEACHER);
        registrarWrites("occupation", "Mayor");

        assertWrote(rig.pushOne(FARMER));

        assertThat(at("occupation")).isEqualTo("Mayor");
    }

    @Test
    void a_registrars_edit_of_a_field_that_the_store_changed_too_is_a_conflict() {
        agreeOn(FARMER);
        sendUnseen(TEACHER);
        registrarWrites("occupation", "Mayor");

        assertThat(rig.pushOne(TEACHER))
                .isInstanceOfSatisfying(
                        Conflict.class, conflict -> assertThat(conflict.kind()).isEqualTo("stale-push"));

        assertThat(at("occupation")).isEqualTo("Mayor");
    }

    @Test
    void a_create_that_arrived_unseen_keeps_what_a_registrar_changed_since() {
        Entity ann = ann("'profession':'Farmer','email_address':'a@x.org'");
        sendUnseen(ann);
        RegistryRecord made = rig.registry().partnersByRegId(ann.guid()).get(0);
        rig.registry().write(made.id(), Map.of("email", "registrar@x.org"));

        Outcome outcome = rig.pushOne(ann("'profession':'Teacher','email_address':'a@x.org'"));

        assertThat(outcome).isInstanceOfSatisfying(Accepted.class, accepted -> {
            assertThat(accepted.externalId()).isEqualTo(made.id() + "");
            assertThat(accepted.fields()).containsExactly("occupation");
        });
        assertThat(at("occupation")).isEqualTo("Teacher");
        assertThat(at("email")).isEqualTo("registrar@x.org");
    }

    @Test
    void a_create_that_did_not_arrive_is_made() {
        loseOnTheWay(FARMER);

        assertThat(rig.pushOne(TEACHER))
                .isInstanceOfSatisfying(
                        Accepted.class,
                        accepted -> assertThat(accepted.effect()).isEqualTo(Effect.CREATED));

        assertThat(at("occupation")).isEqualTo("Teacher");
    }

    @Test
    void an_adoption_that_did_not_arrive_clears_nothing_of_the_record_found() {
        int found = rig.registry()
                .createPartner(Map.of(
                        "is_group",
                        false,
                        "name",
                        "Doe, Ann",
                        "given_name",
                        "Ann",
                        "family_name",
                        "Doe",
                        "email",
                        "own@x.org"));
        Entity ann = ann("'email_address':''");
        rig.claims.put(ann.guid(), String.valueOf(found));
        loseOnTheWay(ann);

        assertThat(rig.pushOne(ann)).isInstanceOf(Accepted.class);

        assertThat(at("email")).isEqualTo("own@x.org");
        assertThat(rig.idOf(ann)).isEqualTo(found);
    }

    @Test
    void a_value_that_the_form_says_nothing_about_any_more_is_remembered_as_it_arrived() {
        agreeOn(person("Ann", "Home"));
        sendUnseen(TEACHER);
        agreeOn(person("Ann", "Home"));

        assertWrote(rig.pushOne(NURSE), "occupation");
    }

    // Lists

    private static String numbers(String... numbers) {
        return "'phone_number':['" + String.join("','", numbers) + "']";
    }

    private List<String> phones() {
        return rig.registry().phones(rig.idOf(FARMER)).stream()
                .filter(phone -> phone.text("disabled") == null)
                .map(phone -> phone.text("phone_no"))
                .sorted()
                .toList();
    }

    @Test
    void an_item_that_arrived_unseen_and_is_not_wanted_any_more_is_retired() {
        agreeOn(ann(numbers("+639170000001")));
        sendUnseen(ann(numbers("+639170000001", "+639170000002")));
        assertThat(phones()).hasSize(2);

        assertWrote(rig.pushOne(ann(numbers("+639170000001"))), "phone_number_ids");

        assertThat(phones()).containsExactly("+639170000001");
    }

    @Test
    void an_item_whose_end_arrived_unseen_is_taken_up_again() {
        agreeOn(ann(numbers("+639170000001", "+639170000002")));
        sendUnseen(ann(numbers("+639170000001")));
        assertThat(phones()).hasSize(1);

        assertWrote(rig.pushOne(ann(numbers("+639170000001", "+639170000002"))), "phone_number_ids");

        assertThat(phones()).containsExactly("+639170000001", "+639170000002");
    }

    @Test
    void an_item_that_did_not_arrive_is_added_once() {
        agreeOn(ann(numbers("+639170000001")));
        loseOnTheWay(ann(numbers("+639170000001", "+639170000002")));

        assertWrote(rig.pushOne(ann(numbers("+639170000001", "+639170000002"))), "phone_number_ids");

        assertThat(rig.registry().phones(rig.idOf(FARMER))).hasSize(2);
    }

    @Test
    void an_item_that_a_registrar_made_where_the_hubs_own_did_not_arrive_is_contested() {
        String card = "'document_ids':[{'id_type':'national_id','id_number':'1234567891'}]";
        agreeOn(FARMER);
        loseOnTheWay(ann(card));
        int type = rig.registry().all("g2p.id.type").stream()
                .filter(t -> "National ID".equals(t.text("name")))
                .findFirst()
                .orElseThrow()
                .id();
        rig.registry()
                .create("g2p.reg.id", Map.of("partner_id", rig.idOf(FARMER), "id_type", type, "value", "1234567892"));

        assertThat(rig.pushOne(ann(card)))
                .isInstanceOfSatisfying(
                        Conflict.class,
                        conflict -> assertThat(conflict.message()).contains("reg_ids"));
    }

    @Test
    void what_a_registrar_added_to_a_list_and_took_from_it_stays_so() {
        agreeOn(ann(numbers("+639170000001", "+639170000002")));
        sendUnseen(ann(numbers("+639170000001", "+639170000002", "+639170000003")));
        int id = rig.idOf(FARMER);
        rig.registry().create("g2p.phone.number", Map.of("partner_id", id, "phone_no", "+639170000009"));
        RegistryRecord second = rig.registry().phones(id).stream()
                .filter(phone -> "+639170000002".equals(phone.text("phone_no")))
                .findFirst()
                .orElseThrow();
        rig.registry().write("g2p.phone.number", List.of(second.id()), Map.of("disabled", "2026-01-01 00:00:00"));

        assertWrote(rig.pushOne(ann(numbers("+639170000001", "+639170000002"))), "phone_number_ids");

        assertThat(phones()).containsExactly("+639170000001", "+639170000009");
    }

    @Test
    void a_move_that_arrived_unseen_and_was_taken_back_ends_where_it_began() {
        agreeOn(FARMER);
        sendUnseen(person("Ann", "Other", "{'profession':'Farmer'}"));
        assertThat(rig.registry().memberships(rig.idOf(HOME)).get(0).flag("is_ended"))
                .isTrue();

        assertWrote(rig.pushOne(FARMER), "individual_membership_ids");

        assertThat(rig.registry().memberships(rig.idOf(HOME)))
                .singleElement()
                .satisfies(home -> assertThat(home.flag("is_ended")).isFalse());
        assertThat(rig.registry().memberships(rig.idOf(OTHER)))
                .singleElement()
                .satisfies(other -> assertThat(other.flag("is_ended")).isTrue());
    }

    // Deletions

    @Test
    void a_deletion_that_arrived_unseen_is_undone_when_the_record_is_wanted_again() {
        agreeOn(FARMER);
        rig.arriveUnseen(rig.delete(FARMER));
        assertThat(rig.partner(FARMER).flag("active")).isFalse();

        assertThat(rig.pushOne(FARMER)).isInstanceOf(Accepted.class);

        assertThat(rig.partner(FARMER).flag("active")).isTrue();
        assertThat(rig.registry().memberships(rig.idOf(HOME)).get(0).flag("is_ended"))
                .isFalse();
    }

    @Test
    void a_record_whose_last_change_arrived_unseen_may_be_deleted() {
        agreeOn(FARMER);
        sendUnseen(TEACHER);

        assertThat(rig.send(List.of(rig.delete(TEACHER))).get(0)).isInstanceOf(Accepted.class);

        assertThat(rig.partner(FARMER).flag("active")).isFalse();
    }

    @Test
    void a_record_that_a_registrar_changed_is_not_deleted_because_another_change_may_have_arrived() {
        agreeOn(FARMER);
        sendUnseen(TEACHER);
        registrarWrites("occupation", "Mayor");

        assertThat(rig.send(List.of(rig.delete(TEACHER))).get(0))
                .isInstanceOfSatisfying(
                        Conflict.class, conflict -> assertThat(conflict.kind()).isEqualTo("delete-update"));
    }
}
