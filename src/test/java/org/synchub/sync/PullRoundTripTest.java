package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.simulator.openspp.Registry;

/** A change of each mapped field at the registry becomes an EXTERNAL event and reaches everybody else once. */
class PullRoundTripTest {

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

    @FunctionalInterface
    private interface Change {
        void at(Registry registry) throws Exception;
    }

    private void comesBack(
            String what,
            String guid,
            Change change,
            Function<com.fasterxml.jackson.databind.JsonNode, Object> read,
            Object expected)
            throws Exception {
        int events = rig.externalEvents();
        long version = rig.doc(guid).path("version").asLong();
        long writes = rig.writes();
        change.at(rig.registry());

        rig.pull();

        assertThat(read.apply(rig.data(guid))).as(what).isEqualTo(expected);
        assertThat(rig.externalEvents()).as("events after " + what).isEqualTo(events + 1);
        assertThat(rig.doc(guid).path("version").asLong())
                .as("version after " + what)
                .isEqualTo(version + 1);
        assertThat(rig.rows("SELECT sync_level, type FROM public.events WHERE entity_guid = '" + guid
                        + "' ORDER BY \"timestamp\" DESC LIMIT 1"))
                .as(what)
                .containsExactly("2|update-individual");

        rig.pull();
        rig.push();
        rig.pull();

        assertThat(rig.externalEvents()).as("events later, after " + what).isEqualTo(events + 1);
        assertThat(rig.writes()).as("nothing is pushed back after " + what).isEqualTo(writes);
    }

    private int regId() throws Exception {
        return rig.registry().regIds(rig.externalId(rig.person)).stream()
                .filter(id -> PullRig.NATIONAL_ID.equals(id.text("value")))
                .findFirst()
                .orElseThrow()
                .id();
    }

    @Test
    void every_mapped_field_of_a_person_comes_back_and_nothing_is_pushed_back() throws Exception {
        String person = rig.person;
        int id = rig.externalId(person);
        comesBack(
                "given name",
                person,
                r -> r.write(id, Map.of("given_name", "Anna")),
                d -> d.path("first_name").asText(),
                "Anna");
        comesBack(
                "family name",
                person,
                r -> r.write(id, Map.of("family_name", "House")),
                d -> d.path("last_name").asText(),
                "House");
        comesBack(
                "middle name",
                person,
                r -> r.write(id, Map.of("addl_name", "May")),
                d -> d.path("middle_name").asText(),
                "May");
        comesBack(
                "a date keeps the form's time and offset",
                person,
                r -> r.write(id, Map.of("birthdate", "1985-04-04")),
                d -> d.path("date_of_birth").asText(),
                "1985-04-04T00:00:00+07:00");
        comesBack(
                "a word of the value table",
                person,
                r -> r.write(id, Map.of("gender", "Male")),
                d -> d.path("gender").asText(),
                "male");
        comesBack(
                "occupation",
                person,
                r -> r.write(id, Map.of("occupation", "Teacher")),
                d -> d.path("profession").asText(),
                "Teacher");
        comesBack(
                "an emptied field",
                person,
                r -> r.write(id, Map.of("occupation", false)),
                d -> d.path("profession").asText("").equals("")
                        || d.path("profession").isNull(),
                true);
        comesBack(
                "email",
                person,
                r -> r.write(id, Map.of("email", "anna@example.org")),
                d -> d.path("email_address").asText(),
                "anna@example.org");
        comesBack(
                "phone, which does not touch the person",
                person,
                r -> r.write(
                        "g2p.phone.number", List.of(r.phones(id).get(0).id()), Map.of("phone_no", "+8562066666666")),
                d -> d.path("phone_number").asText(),
                "+8562066666666");
        int regId = regId();
        comesBack(
                "registered id, which does not touch the person",
                person,
                r -> r.editRegId(regId, "999999999999"),
                d -> d.path("document_ids").path(0).path("id_number").asText(),
                "999999999999");
        comesBack(
                "an id's expiry date",
                person,
                r -> r.write("g2p.reg.id", List.of(regId), Map.of("expiry_date", "2030-01-31")),
                d -> d.path("document_ids").path(0).path("id_expiry_date").asText(),
                "2030-01-31");
        comesBack(
                "an id's emptied expiry date",
                person,
                r -> r.write("g2p.reg.id", List.of(regId), Map.of("expiry_date", false)),
                d -> d.path("document_ids").path(0).path("id_expiry_date").asText(""),
                "");
    }

    @Test
    void every_mapped_field_of_a_household_comes_back() throws Exception {
        String household = rig.household;
        int id = rig.externalId(household);
        String area = org.synchub.demo.FieldData.AREA_CODES.get(1);
        int areaId = rig.registry().all("spp.area").stream()
                .filter(a -> area.equals(a.text("code")))
                .findFirst()
                .orElseThrow()
                .id();
        comesBack(
                "name",
                household,
                r -> r.write(id, Map.of("name", "House of Anna")),
                d -> d.path("household_name").asText(),
                "House of Anna");
        comesBack(
                "area, a reference by code",
                household,
                r -> r.write(id, Map.of("area_id", areaId)),
                d -> d.path("area_code").asText(),
                area);
    }

    @Test
    void a_member_who_moves_at_the_registry_moves_in_the_store() throws Exception {
        String other = rig.device.createHousehold("House of Bo");
        rig.push();
        rig.pull();
        int membership =
                rig.registry().memberships(rig.externalId(rig.household)).get(0).id();

        rig.registry().endMembership(membership);
        rig.registry().addMember(rig.externalId(other), rig.externalId(rig.person));
        rig.pull();

        assertThat(rig.data(rig.person).path("parentGuid").asText()).isEqualTo(other);
        long writes = rig.writes();
        rig.push();
        assertThat(rig.writes()).isEqualTo(writes);
    }

    @Test
    void what_a_pull_changed_reaches_the_tenants_other_target() throws Exception {
        rig.registry().write(rig.externalId(rig.person), Map.of("given_name", "Anna"));

        rig.pull();
        rig.push();

        assertThat(rig.hub
                        .memory("memory")
                        .records()
                        .get(rig.person)
                        .path("given_name")
                        .asText())
                .isEqualTo("Anna");
    }

    @Test
    void our_own_writes_are_dropped_when_they_come_back() throws Exception {
        rig.device.update(rig.person, "profession", "Driver");
        rig.push();
        int events = rig.externalEvents();

        org.synchub.ledger.Runs.Run run = rig.pull();

        assertThat(run.pulled()).isZero();
        assertThat(run.echoes()).isPositive();
        assertThat(rig.externalEvents()).isEqualTo(events);
        assertThat(rig.data(rig.person).has("syncHub")).isFalse();
    }

    @Test
    void what_the_registry_makes_of_a_new_name_does_not_come_back_but_a_correction_does() throws Exception {
        String mary = rig.createPerson("Mary Ann", "McDonald", "123456789099");
        rig.push();
        assertThat(rig.partner(mary).text("family_name")).isEqualTo("Mcdonald");
        assertThat(rig.partner(mary).text("given_name")).isEqualTo("Mary ann");
        int events = rig.externalEvents();

        rig.pull();

        assertThat(rig.externalEvents()).isEqualTo(events);
        assertThat(rig.data(mary).path("last_name").asText()).isEqualTo("McDonald");
        assertThat(rig.data(mary).path("first_name").asText()).isEqualTo("Mary Ann");

        rig.registry().write(rig.externalId(mary), Map.of("family_name", "Macdonald"));
        rig.pull();

        assertThat(rig.data(mary).path("last_name").asText()).isEqualTo("Macdonald");
        assertThat(rig.data(mary).path("first_name").asText()).isEqualTo("Mary Ann");
    }
}
