package org.synchub.simulator.openspp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegistrantRulesTest {

    private static final String PARTNER = "res.partner";
    private static final String MEMBERSHIP = "g2p.group.membership";

    private OpenSppSimulator simulator;
    private OdooClient client;

    @BeforeEach
    void start() {
        simulator = OpenSppSimulator.builder()
                .clock(new TestClock("2026-11-20T10:00:00Z"))
                .user(new RegistryUser(8, "root", "Registry Admin", "root", List.of(), Role.REGISTRY_ADMIN))
                .membershipKind("Spouse", false)
                .start();
        client = new OdooClient(simulator);
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void a_written_name_is_split_and_its_parts_are_capitalised() {
        int id = client.create(
                PARTNER,
                Map.of("is_registrant", true, "name", "DELA Cruz, maria CLARA, O'Brien", "family_name", "DELA Cruz"));

        JsonNode read = client.read(PARTNER, id, "name", "family_name", "given_name", "addl_name");
        assertThat(read.path("name").asText()).isEqualTo("DELA Cruz, maria CLARA, O'Brien");
        assertThat(read.path("family_name").asText()).isEqualTo("Dela cruz");
        assertThat(read.path("given_name").asText()).isEqualTo("Maria clara");
        assertThat(read.path("addl_name").asText()).isEqualTo("O'brien");
    }

    @Test
    void a_written_part_stays_as_it_is_and_the_name_becomes_capitals() {
        int id = client.create(PARTNER, Map.of("is_registrant", true, "name", "Dela cruz, Ann"));
        client.write(PARTNER, id, Map.of("family_name", "dela Cruz", "addl_name", "B."));

        JsonNode read = client.read(PARTNER, id, "name", "family_name");
        assertThat(read.path("name").asText()).isEqualTo("DELA CRUZ, ANN, B.");
        assertThat(read.path("family_name").asText()).isEqualTo("dela Cruz");
    }

    @Test
    void names_of_groups_and_plain_contacts_are_left_alone() {
        int group = client.create(PARTNER, Map.of("is_registrant", true, "is_group", true, "name", "HH, one"));
        int contact = client.create(PARTNER, Map.of("name", "Some, Body"));

        assertThat(client.read(PARTNER, group, "family_name")
                        .path("family_name")
                        .isBoolean())
                .isTrue();
        JsonNode read = client.read(PARTNER, contact, "family_name", "spp_id");
        assertThat(read.path("family_name").booleanValue()).isFalse();
        assertThat(read.path("spp_id").isBoolean()).isTrue();
        assertThat(client.read(PARTNER, group, "spp_id").path("spp_id").asText())
                .matches("GRP_[2-9A-HJ-NP-Z]{8}");
    }

    @Test
    void one_write_of_a_name_to_several_people_is_refused() {
        int one = client.create(PARTNER, Map.of("is_registrant", true, "name", "A, B"));
        int two = client.create(PARTNER, Map.of("is_registrant", true, "name", "C, D"));

        assertThat(client.error(PARTNER, "write", List.of(one, two), Map.of("name", "E, F")))
                .isEqualTo("builtins.ValueError: Expected singleton: res.partner(" + one + ", " + two + ")");
        assertThat(client.result(PARTNER, "write", Map.of(), List.of(one, two), Map.of("birth_place", "X"))
                        .booleanValue())
                .isTrue();
    }

    @Test
    void of_concurrent_creates_with_one_spp_id_exactly_one_wins() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(6);
        try {
            Callable<Boolean> create = () -> client.call(
                            PARTNER,
                            "create",
                            Map.of(),
                            Map.of("is_registrant", true, "name", "Key, A", "spp_id", "IND_XL7QJN69"))
                    .has("result");
            int winners = 0;
            for (Future<Boolean> won : clients.invokeAll(Collections.nCopies(6, create))) {
                winners += won.get() ? 1 : 0;
            }
            assertThat(winners).isEqualTo(1);
            assertThat(simulator.registry().count(PARTNER)).isEqualTo(1);
        } finally {
            clients.shutdownNow();
        }
    }

    @Test
    void the_same_person_is_not_taken_twice_into_one_group_even_after_leaving() {
        int person = client.create(PARTNER, Map.of("is_registrant", true, "name", "A, B"));
        int group = client.create(
                PARTNER,
                Map.of(
                        "is_registrant",
                        true,
                        "is_group",
                        true,
                        "name",
                        "HH",
                        "group_membership_ids",
                        List.of(List.of(0, 0, Map.of("individual", person)))));
        int membership = simulator.registry().memberships(group).get(0).id();
        client.write(MEMBERSHIP, membership, Map.of("ended_date", "2026-11-20 10:00:00"));

        assertThat(simulator.registry().memberships(group).get(0).text("status"))
                .isEqualTo("inactive");
        assertThat(client.error(MEMBERSHIP, "create", Map.of("group", group, "individual", person)))
                .isEqualTo("odoo.exceptions.ValidationError: Duplication of Member is not allowed ");
        assertThat(client.error(MEMBERSHIP, "write", List.of(membership), Map.of("ended_date", "2020-01-01 00:00:00")))
                .contains("End Date cannot be earlier than Start Date");
    }

    @Test
    void two_heads_are_accepted_unless_the_option_refuses_them() {
        int first = client.create(PARTNER, Map.of("is_registrant", true, "name", "A, B"));
        int second = client.create(PARTNER, Map.of("is_registrant", true, "name", "C, D"));
        int group = client.create(PARTNER, Map.of("is_registrant", true, "is_group", true, "name", "HH"));
        simulator.registry().addMember(group, first, 1);
        simulator.registry().addMember(group, second, 1);
        assertThat(simulator.registry().memberships(group)).hasSize(2);

        try (OpenSppSimulator strict =
                OpenSppSimulator.builder().enforceUniqueKinds(true).start()) {
            Registry registry = strict.registry();
            int household = registry.createPartner(Map.of("name", "HH", "is_group", true));
            registry.addMember(household, registry.createPartner(Map.of("name", "A, B")), 1);
            int other = registry.createPartner(Map.of("name", "C, D"));
            assertThatThrownBy(() -> registry.addMember(household, other, 1))
                    .isInstanceOf(RegistryException.class)
                    .hasMessage("Only one Head is allowed per group");
        }
    }

    @Test
    void x2many_commands_add_change_and_remove() {
        OdooClient admin = new OdooClient(simulator, 8, "root");
        int group = client.create(PARTNER, Map.of("is_registrant", true, "is_group", true, "name", "HH"));
        int person = client.create(PARTNER, Map.of("is_registrant", true, "name", "A, B"));
        int membership = simulator.registry().addMember(group, person, 1);

        client.write(MEMBERSHIP, membership, Map.of("kind", List.of(List.of(4, 2))));
        assertThat(kinds(group)).containsExactly(1, 2);
        client.write(MEMBERSHIP, membership, Map.of("kind", List.of(List.of(3, 1))));
        assertThat(kinds(group)).containsExactly(2);
        client.write(MEMBERSHIP, membership, Map.of("kind", false));
        client.write(MEMBERSHIP, membership, Map.of("kind", List.of()));
        assertThat(kinds(group)).containsExactly(2);
        client.write(MEMBERSHIP, membership, Map.of("kind", List.of(List.of(6, 0, List.of(1)))));
        assertThat(kinds(group)).containsExactly(1);
        client.write(MEMBERSHIP, membership, Map.of("kind", List.of(List.of(5))));
        assertThat(kinds(group)).isEmpty();

        client.write(
                PARTNER, person, Map.of("phone_number_ids", List.of(List.of(0, 0, Map.of("phone_no", "09171234567")))));
        RegistryRecord phone = simulator.registry().phones(person).get(0);
        assertThat(phone.text("phone_sanitized")).isEqualTo("+639171234567");
        assertThat(client.error(
                        PARTNER,
                        "write",
                        List.of(person),
                        Map.of("phone_number_ids", List.of(List.of(2, phone.id(), 0)))))
                .startsWith("odoo.exceptions.AccessError: You are not allowed to delete 'Phone Number'");
        assertThat(admin.error(PARTNER, "write", List.of(person), Map.of("phone_number_ids", List.of(List.of(5)))))
                .contains("a mandatory field is not set");
        admin.write(PARTNER, person, Map.of("phone_number_ids", List.of(List.of(2, phone.id(), 0))));
        assertThat(simulator.registry().phones(person)).isEmpty();
    }

    private List<Integer> kinds(int group) {
        return simulator.registry().memberships(group).get(0).ids("kind");
    }

    @Test
    void a_nested_create_that_fails_leaves_nothing_of_the_whole_batch() {
        Map<String, Object> good = Map.of(
                "is_registrant",
                true,
                "name",
                "A, B",
                "reg_ids",
                List.of(List.of(0, 0, Map.of("id_type", 1, "value", "g"))));
        Map<String, Object> bad = new HashMap<>(good);
        bad.put("phone_number_ids", List.of(List.of(0, 0, Map.of("phone_no", "12"))));

        assertThat(client.error(PARTNER, "create", List.of(good, bad)))
                .isEqualTo("odoo.exceptions.UserError: Impossible number 12: not enough digits.");
        assertThat(simulator.registry().count(PARTNER)).isZero();
        assertThat(simulator.registry().count("g2p.reg.id")).isZero();
        assertThat(simulator.registry().partnersByRegId("g")).isEmpty();
    }

    @Test
    void references_to_what_does_not_exist_are_refused() {
        int person = client.create(PARTNER, Map.of("is_registrant", true, "name", "A, B"));

        assertThat(client.error(PARTNER, "write", List.of(person), Map.of("area_id", 99)))
                .startsWith("odoo.exceptions.ValidationError: The operation cannot be completed");
        assertThat(client.error(MEMBERSHIP, "create", Map.of("individual", person)))
                .contains("Field: Group (group)");
        assertThat(client.error(PARTNER, "write", List.of(person), Map.of("area_id", "TL")))
                .startsWith("builtins.ValueError: Wrong value for res.partner.area_id");
    }

    @Test
    void a_registrar_may_do_what_was_recorded_and_no_more() throws IOException {
        int person = client.create(PARTNER, Map.of("is_registrant", true, "name", "A, B"));
        int household = client.create(PARTNER, Map.of("is_registrant", true, "is_group", true, "name", "HH"));
        int membership = client.create(MEMBERSHIP, Map.of("group", household, "individual", person));
        int regId = client.create("g2p.reg.id", Map.of("partner_id", person, "id_type", 1, "value", "g"));
        Map<String, JsonNode> done = new HashMap<>();
        for (String model : List.of(
                "g2p.id.type",
                "gender.type",
                "g2p.group.kind",
                "g2p.group.membership.kind",
                "spp.area",
                "g2p.reg.id",
                "g2p.phone.number",
                "g2p.group.membership",
                "g2p.registrant.tags",
                "ir.model.fields",
                "res.country")) {
            done.put(
                    "read " + model,
                    client.call(model, "search_read", Map.of("limit", 1, "fields", List.of("id")), List.of()));
        }
        Map<String, Object> whole = Map.of(
                "is_registrant",
                true,
                "name",
                "C, D",
                "reg_ids",
                List.of(List.of(0, 0, Map.of("id_type", 1, "value", "h"))),
                "phone_number_ids",
                List.of(List.of(0, 0, Map.of("phone_no", "+639171234567"))));
        done.put("create individual with id+phone", client.call(PARTNER, "create", Map.of(), whole));
        done.put("create household", call(PARTNER, "read", List.of(household), List.of("name")));
        done.put("create membership", call(MEMBERSHIP, "read", List.of(membership), List.of("status")));
        done.put(
                "end membership",
                call(MEMBERSHIP, "write", List.of(membership), Map.of("ended_date", "2026-11-20 10:00:00")));
        done.put("unlink membership", call(MEMBERSHIP, "unlink", List.of(membership)));
        done.put("load with external id", call(PARTNER, "load", List.of("id"), List.of()));
        done.put("archive", call(PARTNER, "write", List.of(person), Map.of("active", false)));
        done.put("disable", call(PARTNER, "write", List.of(person), Map.of("disabled", "2026-11-20 10:00:00")));
        done.put("delete reg id", call("g2p.reg.id", "unlink", List.of(regId)));
        done.put("fields_get", call(PARTNER, "fields_get", List.of("name")));

        for (JsonNode recorded :
                RecordedExchangesTest.transcript("121-registrar-rights").path("results")) {
            String what = recorded.path(0).asText();
            assertThat(done).containsKey(what);
            JsonNode answer = done.getOrDefault(what, recorded);
            JsonNode data = answer.path("error").path("data");
            String outcome = answer.has("result")
                    ? "ok"
                    : data.path("name").asText() + ": " + data.path("message").asText();
            assertThat(outcome).as(what).startsWith(recorded.path(1).asText());
        }
    }

    private JsonNode call(String model, String method, Object... args) {
        return client.call(model, method, Map.of(), args);
    }

    @Test
    void a_registrar_cannot_delete_a_registrant_even_without_children() {
        int person = client.create(PARTNER, Map.of("is_registrant", true, "name", "A, B"));

        assertThat(client.error(PARTNER, "unlink", List.of(person))).startsWith("odoo.exceptions.UserError");
        assertThat(simulator.registry().find(PARTNER, person)).isPresent();
    }

    @Test
    void the_officer_can_delete_a_registrant_with_everything_it_has() {
        int person = client.create(PARTNER, Map.of("is_registrant", true, "name", "A, B"));
        int group = client.create(PARTNER, Map.of("is_registrant", true, "is_group", true, "name", "HH"));
        simulator.registry().addMember(group, person);
        client.create("g2p.reg.id", Map.of("partner_id", person, "id_type", 1, "value", "g"));

        simulator.registry().unlinkPartner(person);

        assertThat(simulator.registry().find(PARTNER, person)).isEmpty();
        assertThat(simulator.registry().memberships(group)).isEmpty();
        assertThat(simulator.registry().partner(group).writeUid()).isEqualTo(Registry.OFFICER_UID);
    }

    @Test
    void spp_id_can_be_read_only_or_absent() {
        List<String> ids = new ArrayList<>();
        for (SppId mode : SppId.values()) {
            try (OpenSppSimulator other = OpenSppSimulator.builder().sppId(mode).start()) {
                OdooClient there = new OdooClient(other);
                JsonNode field = there.result(PARTNER, "fields_get", Map.of(), List.of("spp_id"));
                assertThat(field.path("spp_id").path("readonly").asBoolean()).isEqualTo(mode == SppId.READ_ONLY);
                JsonNode created = there.call(
                        PARTNER,
                        "create",
                        Map.of(),
                        Map.of("is_registrant", true, "name", "A, B", "spp_id", "IND_22222222"));
                if (mode == SppId.ABSENT) {
                    assertThat(field.has("spp_id")).isFalse();
                    assertThat(created.path("error")
                                    .path("data")
                                    .path("message")
                                    .asText())
                            .isEqualTo("Invalid field 'spp_id' on model 'res.partner'");
                } else {
                    ids.add(there.read(PARTNER, created.path("result").intValue(), "spp_id")
                            .path("spp_id")
                            .asText());
                }
            }
        }
        assertThat(ids.get(0)).isEqualTo("IND_22222222");
        assertThat(ids.get(1)).startsWith("IND_").isNotEqualTo("IND_22222222");
    }

    @Test
    void a_stock_registry_knows_no_gender() {
        try (OpenSppSimulator stock =
                OpenSppSimulator.builder().withoutGenders().start()) {
            OdooClient there = new OdooClient(stock);
            assertThat(there.result(PARTNER, "fields_get", Map.of(), List.of("gender"))
                            .path("gender")
                            .path("selection"))
                    .isEmpty();
            assertThat(there.error(
                            PARTNER, "create", Map.of("is_registrant", true, "name", "A, B", "gender", "female")))
                    .isEqualTo("builtins.ValueError: Wrong value for res.partner.gender: 'female'");
        }
    }

    @Test
    void fields_can_be_added_and_taken_away() {
        try (OpenSppSimulator other = OpenSppSimulator.builder()
                .field(PARTNER, "x_datacollect_guid", "char", "GUID")
                .withoutField(PARTNER, "birth_place")
                .start()) {
            OdooClient there = new OdooClient(other);
            int id = there.create(
                    PARTNER, Map.of("is_registrant", true, "name", "A, B", "x_datacollect_guid", "guid-1"));
            assertThat(there.search(PARTNER, Map.of(), List.of("x_datacollect_guid", "in", List.of("guid-1", "x"))))
                    .containsExactly(id);
            assertThat(there.error(PARTNER, "read", List.of(id), List.of("birth_place")))
                    .isEqualTo("builtins.ValueError: Invalid field 'birth_place' on model 'res.partner'");
        }
    }

    @Test
    void a_method_that_returns_nothing_has_no_result_at_all() {
        int person = client.create(PARTNER, Map.of("is_registrant", true, "name", "A, B"));
        simulator.registry().disable(person, "moved");

        assertThat(client.call(PARTNER, "enable_registrant", Map.of(), List.of(person))
                        .has("result"))
                .isFalse();
        assertThat(simulator.registry().partner(person).values())
                .doesNotContainKeys("disabled", "disabled_reason", "disabled_by");
    }
}
