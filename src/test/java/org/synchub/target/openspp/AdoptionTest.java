package org.synchub.target.openspp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.synchub.target.openspp.Forms.household;
import static org.synchub.target.openspp.Forms.person;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.synchub.mapping.Entity;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.openspp.RegistryRecord;
import org.synchub.simulator.openspp.SppId;
import org.synchub.target.Outcome;
import org.synchub.target.Outcome.Accepted;
import org.synchub.target.Outcome.Conflict;
import org.synchub.target.Outcome.Effect;

/** Before a first create: the claimed id, the hub's own key, the natural key. */
class AdoptionTest {

    private static final Entity HOME = household("Home");
    private static final String WITH_ID = "{'document_ids':[{'id_type':'national_id','id_number':'1234567890'}]}";

    private static int idType(Rig rig, String name) {
        return rig.registry().all("g2p.id.type").stream()
                .filter(type -> name.equals(type.text("name")))
                .findFirst()
                .orElseThrow()
                .id();
    }

    /** A person that the registry's staff entered. */
    private static int officersPerson(Rig rig, Map<String, Object> more) {
        Map<String, Object> values =
                new HashMap<>(Map.of("is_group", false, "name", "Doe, Ann", "given_name", "Ann", "family_name", "Doe"));
        values.putAll(more);
        return rig.registry().createPartner(values);
    }

    private static Map<String, Object> regId(int type, String value) {
        return Map.of("reg_ids", List.of(List.of(0, 0, Map.of("id_type", type, "value", value))));
    }

    private static List<String> keysOf(Rig rig, int partner) {
        int type = idType(rig, "Data Collect GUID");
        return rig.registry().regIds(partner).stream()
                .filter(id -> id.reference("id_type") == type)
                .map(id -> String.valueOf(id.text("value")))
                .toList();
    }

    private static long people(Rig rig) {
        return rig.registry().partners().stream()
                .filter(partner -> partner.flag("is_registrant") && !partner.flag("is_group"))
                .count();
    }

    @Test
    void a_claimed_record_is_linked_completed_and_marked_with_the_hubs_key() {
        try (Rig rig = Rig.start()) {
            int there = officersPerson(rig, Map.of("occupation", "Baker"));
            rig.push(HOME);
            Entity ann = person("Ann", "Home");
            rig.claims.put(ann.guid(), Integer.toString(there));

            Outcome outcome = rig.pushOne(ann);

            assertThat(outcome).isInstanceOfSatisfying(Accepted.class, accepted -> {
                assertThat(accepted.effect()).isEqualTo(Effect.ADOPTED);
                assertThat(accepted.externalId()).isEqualTo(Integer.toString(there));
                assertThat(accepted.fields()).contains("birthdate", "gender", "individual_membership_ids");
            });
            RegistryRecord partner = rig.registry().partner(there);
            assertThat(partner.text("birthdate")).isEqualTo("1990-02-03");
            assertThat(partner.text("occupation")).isEqualTo("Baker");
            assertThat(keysOf(rig, there)).containsExactly(ann.guid());
            assertThat(people(rig)).isEqualTo(1);
        }
    }

    @Test
    void a_claim_is_not_believed_when_the_record_is_missing_of_another_kind_or_carries_another_key() {
        try (Rig rig = Rig.start()) {
            rig.push(HOME);
            rig.push(person("Bob", "Home"));
            Entity ann = person("Ann", "Home");
            for (String claim : List.of(
                    "999999",
                    "not a number",
                    Integer.toString(rig.idOf(HOME)),
                    Integer.toString(rig.idOf(person("Bob", "Home"))))) {
                Entity each = person("Ann " + claim, "Home");
                rig.claims.put(each.guid(), claim);

                assertThat(rig.pushOne(each)).isInstanceOfSatisfying(Accepted.class, accepted -> {
                    assertThat(accepted.effect()).isEqualTo(Effect.CREATED);
                    assertThat(accepted.externalId()).isNotEqualTo(claim);
                });
            }
            assertThat(rig.pushOne(ann)).isInstanceOf(Accepted.class);
        }
    }

    @Test
    void a_hub_that_lost_its_ledger_finds_all_its_records_again() {
        try (Rig rig = Rig.start()) {
            Entity ann = person("Ann", "Home");
            rig.push(HOME);
            rig.push(ann);
            int home = rig.idOf(HOME);
            int id = rig.idOf(ann);
            rig.forget();

            rig.push(HOME);
            Outcome outcome = rig.pushOne(ann);

            assertThat(outcome).isInstanceOfSatisfying(Accepted.class, accepted -> {
                assertThat(accepted.effect()).isEqualTo(Effect.ADOPTED);
                assertThat(accepted.fields()).isEmpty();
            });
            assertThat(rig.idOf(HOME)).isEqualTo(home);
            assertThat(rig.idOf(ann)).isEqualTo(id);
            assertThat(people(rig)).isEqualTo(1);
        }
    }

    @Test
    void one_record_with_the_natural_key_is_linked() {
        try (Rig rig = Rig.start()) {
            int there = officersPerson(rig, regId(idType(rig, "National ID"), "1234567890"));
            rig.push(HOME);
            Entity ann = person("Ann", "Home", WITH_ID);

            assertThat(rig.pushOne(ann)).isInstanceOfSatisfying(Accepted.class, accepted -> {
                assertThat(accepted.effect()).isEqualTo(Effect.ADOPTED);
                assertThat(accepted.externalId()).isEqualTo(Integer.toString(there));
            });
            assertThat(keysOf(rig, there)).containsExactly(ann.guid());
            assertThat(people(rig)).isEqualTo(1);
        }
    }

    @Test
    void what_a_record_that_was_found_holds_otherwise_is_left_to_the_rules_and_not_agreed_on() {
        try (Rig rig = Rig.start()) {
            Map<String, Object> entered = new HashMap<>(regId(idType(rig, "National ID"), "1234567890"));
            entered.put("occupation", "Baker");
            entered.put("phone_number_ids", List.of(List.of(0, 0, Map.of("phone_no", "+639170000001"))));
            int there = officersPerson(rig, entered);
            rig.push(HOME);
            Entity ann = person(
                    "Ann",
                    "Home",
                    "{'profession':'Farmer','phone_number':'+639179999999','document_ids':[{'id_type':'national_id',"
                            + "'id_number':'1234567890'}]}");

            assertThat(rig.pushOne(ann)).isInstanceOfSatisfying(Accepted.class, accepted -> {
                assertThat(accepted.effect()).isEqualTo(Effect.ADOPTED);
                assertThat(accepted.differs())
                        .as("the feed tells of it: it has got the hub's key")
                        .isFalse();
                assertThat(accepted.fields()).contains("birthdate").doesNotContain("occupation", "phone_number_ids");
                assertThat(accepted.agreed().has("occupation")).isFalse();
                assertThat(accepted.agreed().has("phone_number_ids")).isFalse();
                assertThat(accepted.agreed().path("birthdate").asText()).isEqualTo("1990-02-03");
            });
            assertThat(rig.registry().partner(there).text("occupation")).isEqualTo("Baker");
            assertThat(rig.registry().partner(there).text("birthdate")).isEqualTo("1990-02-03");
            assertThat(rig.registry().phones(there))
                    .extracting(phone -> phone.text("phone_no"))
                    .containsExactly("+639170000001");
        }
    }

    @Test
    void several_records_with_the_natural_key_are_a_conflict_and_nothing_is_written() {
        try (Rig rig = Rig.start()) {
            int first = officersPerson(rig, regId(idType(rig, "National ID"), "1234567890"));
            int second = officersPerson(rig, regId(idType(rig, "National ID"), "1234567890"));
            rig.push(HOME);

            Outcome outcome = rig.pushOne(person("Ann", "Home", WITH_ID));

            assertThat(outcome).isInstanceOfSatisfying(Conflict.class, conflict -> {
                assertThat(conflict.kind()).isEqualTo("create-create");
                assertThat(conflict.message()).contains(first + ", " + second);
                assertThat(conflict.external()).isNotNull();
            });
            assertThat(people(rig)).isEqualTo(2);
        }
    }

    @Test
    void a_natural_key_of_single_fields_links_too() {
        try (Rig rig = Rig.start(
                Rig.server(),
                text -> text.replace(
                        "      - [reg_ids.National ID]", "      - [family_name, given_name, birthdate]"))) {
            int there = officersPerson(rig, Map.of("birthdate", "1990-02-03"));
            officersPerson(rig, Map.of("birthdate", "1991-02-03"));
            rig.push(HOME);

            Outcome outcome = rig.pushOne(person("Ann", "Home"));

            assertThat(outcome).isInstanceOfSatisfying(Accepted.class, accepted -> {
                assertThat(accepted.effect()).isEqualTo(Effect.ADOPTED);
                assertThat(accepted.externalId()).isEqualTo(Integer.toString(there));
            });
        }
    }

    @Test
    void a_natural_key_that_another_record_of_the_store_holds_is_a_conflict() {
        try (Rig rig = Rig.start()) {
            rig.push(HOME);
            Entity ann = person("Ann", "Home", WITH_ID);
            rig.push(ann);

            Outcome later = rig.pushOne(person("Twin", "Home", WITH_ID));
            List<Outcome> together = rig.push(
                    person("A", "Home", WITH_ID.replace('0', '5')), person("B", "Home", WITH_ID.replace('0', '5')));

            assertThat(later).isInstanceOfSatisfying(Conflict.class, conflict -> {
                assertThat(conflict.kind()).isEqualTo("constraint");
                assertThat(conflict.externalId()).isEqualTo(Integer.toString(rig.idOf(ann)));
            });
            assertThat(together.get(0)).isInstanceOf(Accepted.class);
            assertThat(together.get(1)).isInstanceOf(Conflict.class);
            assertThat(people(rig)).isEqualTo(2);
        }
    }

    @Test
    void two_records_of_one_batch_do_not_adopt_the_same_partner() {
        try (Rig rig = Rig.start()) {
            int there = officersPerson(rig, Map.of());
            rig.push(HOME);
            Entity ann = person("Ann", "Home");
            Entity eve = person("Eve", "Home");
            rig.claims.put(ann.guid(), Integer.toString(there));
            rig.claims.put(eve.guid(), Integer.toString(there));

            List<Outcome> outcomes = rig.push(ann, eve);

            assertThat(outcomes.get(0)).isInstanceOf(Accepted.class);
            assertThat(outcomes.get(1))
                    .isInstanceOfSatisfying(
                            Conflict.class,
                            conflict -> assertThat(conflict.kind()).isEqualTo("constraint"));
            assertThat(keysOf(rig, there)).containsExactly(ann.guid());
        }
    }

    @Test
    void an_archived_record_is_not_taken_up_silently() {
        try (Rig rig = Rig.start()) {
            int there = officersPerson(rig, regId(idType(rig, "National ID"), "1234567890"));
            rig.registry().archive(there);
            rig.push(HOME);

            Outcome outcome = rig.pushOne(person("Ann", "Home", WITH_ID));

            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            Conflict.class,
                            conflict -> assertThat(conflict.kind()).isEqualTo("update-delete"));
            assertThat(rig.registry().partner(there).flag("active")).isFalse();
        }
    }

    @Test
    void an_invalid_document_is_no_natural_key() {
        try (Rig rig = Rig.start()) {
            officersPerson(
                    rig,
                    Map.of(
                            "reg_ids",
                            List.of(List.of(
                                    0,
                                    0,
                                    Map.of(
                                            "id_type",
                                            idType(rig, "National ID"),
                                            "value",
                                            "1234567890",
                                            "status",
                                            "invalid")))));
            rig.push(HOME);

            assertThat(rig.pushOne(person("Ann", "Home", WITH_ID)))
                    .isInstanceOfSatisfying(
                            Accepted.class,
                            accepted -> assertThat(accepted.effect()).isEqualTo(Effect.CREATED));
        }
    }

    @Test
    void an_id_that_a_record_of_another_key_holds_gives_way_to_the_next() {
        try (Rig rig = Rig.start()) {
            rig.push(HOME);
            Entity ann = person("Ann", "Home");
            HubKey key = new HubKey(Forms.TENANT, ann.guid());
            Map<String, Object> values = new HashMap<>(regId(idType(rig, "Data Collect GUID"), "someone-else"));
            values.put("spp_id", key.sppId(false, 0));
            officersPerson(rig, values);

            List<Outcome> outcomes = rig.push(ann, person("Bob", "Home"));

            assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Accepted.class));
            assertThat(rig.partner(ann).text("spp_id")).isEqualTo(key.sppId(false, 1));
            rig.forget();
            rig.push(HOME);
            assertThat(rig.pushOne(ann))
                    .isInstanceOfSatisfying(
                            Accepted.class,
                            accepted -> assertThat(accepted.effect()).isEqualTo(Effect.ADOPTED));
        }
    }

    @Test
    void an_id_that_a_record_without_any_key_holds_is_for_people_to_decide() {
        try (Rig rig = Rig.start()) {
            rig.push(HOME);
            Entity ann = person("Ann", "Home");
            officersPerson(rig, Map.of("spp_id", new HubKey(Forms.TENANT, ann.guid()).sppId(false, 0)));

            assertThat(rig.pushOne(ann))
                    .isInstanceOfSatisfying(
                            Conflict.class,
                            conflict -> assertThat(conflict.kind()).isEqualTo("create-create"));
        }
    }

    @Test
    void where_spp_id_is_the_servers_the_registered_id_alone_finds_records_again() {
        for (SppId kind : List.of(SppId.READ_ONLY, SppId.ABSENT)) {
            OpenSppSimulator.Builder server = Rig.server().sppId(kind);
            try (Rig rig = Rig.start(server)) {
                Entity ann = person("Ann", "Home");
                rig.push(HOME);
                rig.push(ann);
                rig.forget();
                rig.push(HOME);

                assertThat(rig.pushOne(ann))
                        .isInstanceOfSatisfying(
                                Accepted.class,
                                accepted -> assertThat(accepted.effect()).isEqualTo(Effect.ADOPTED));
                assertThat(people(rig)).isEqualTo(1);
            }
        }
    }

    @Test
    void several_records_with_the_hubs_key_are_a_conflict() {
        try (Rig rig = Rig.start()) {
            rig.push(HOME);
            Entity ann = person("Ann", "Home");
            officersPerson(rig, regId(idType(rig, "Data Collect GUID"), ann.guid()));
            officersPerson(rig, regId(idType(rig, "Data Collect GUID"), ann.guid()));

            assertThat(rig.pushOne(ann)).isInstanceOfSatisfying(Conflict.class, conflict -> {
                assertThat(conflict.kind()).isEqualTo("create-create");
                assertThat(conflict.message()).contains("carry the hub's key");
            });
        }
    }

    @Test
    void a_guid_that_is_no_uuid_is_kept_with_its_tenant() {
        try (Rig rig = Rig.start()) {
            Entity home = Forms.entity("100", Forms.json("{'entityName':'household','household_name':'Home'}"));

            rig.push(home);

            assertThat(keysOf(rig, rig.idOf(home))).containsExactly("demo:100");
        }
    }
}
