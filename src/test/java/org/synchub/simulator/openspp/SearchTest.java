package org.synchub.simulator.openspp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SearchTest {

    private static final String PARTNER = "res.partner";
    private static final int PEOPLE = 120;

    private final TestClock clock = new TestClock("2026-11-20T10:00:00.250000Z");
    private OpenSppSimulator simulator;
    private OdooClient client;

    /** Households at ids 1 to 24, then people, five to a household, a second apart; every tenth is archived. */
    @BeforeAll
    void start() {
        simulator = OpenSppSimulator.builder()
                .clock(clock)
                .area("TL01", "District 1")
                .area("TL02", "District 2")
                .start();
        client = new OdooClient(simulator);
        Registry registry = simulator.registry();
        for (int household = 0; household < PEOPLE / 5; household++) {
            registry.createPartner(Map.of("is_group", true, "name", "House " + household, "kind", 1));
        }
        for (int person = 0; person < PEOPLE; person++) {
            clock.tick(Duration.ofMillis(400));
            registry.createPartner(Map.of(
                    "name",
                    "Family" + person % 7 + ", Given" + person,
                    "spp_id",
                    sppId(person),
                    "gender",
                    person % 3 == 0 ? "female" : "male",
                    "area_id",
                    person % 4 == 0 ? false : 1 + person % 2,
                    "active",
                    person % 10 != 9,
                    "income",
                    person * 1.5,
                    "reg_ids",
                    List.of(List.of(0, 0, Map.of("id_type", 1, "value", "guid-" + person))),
                    "individual_membership_ids",
                    List.of(List.of(0, 0, Map.of("group", 1 + person / 5)))));
        }
    }

    @AfterAll
    void stop() {
        simulator.close();
    }

    private static String sppId(int person) {
        return "IND_22222" + (char) ('A' + person / 64) + (char) ('P' + person / 8 % 8) + (char) ('2' + person % 8);
    }

    private int person(int index) {
        return PEOPLE / 5 + 1 + index;
    }

    @Test
    void keys_find_people_in_bulk() {
        assertThat(client.search(
                        PARTNER, Map.of(), List.of("reg_ids.value", "in", List.of("guid-3", "guid-4", "none"))))
                .containsExactlyInAnyOrder(person(3), person(4));
        assertThat(client.search(
                        "g2p.reg.id",
                        Map.of("order", "id"),
                        List.of("id_type.name", "=", "Data Collect GUID"),
                        List.of("value", "in", List.of("guid-3", "guid-4"))))
                .hasSize(2);
        assertThat(client.search(
                        "g2p.reg.id", Map.of(), List.of("partner_id.spp_id", "in", List.of(sppId(3), sppId(4)))))
                .hasSize(2);
    }

    @Test
    void archived_people_are_hidden_unless_asked_for() {
        assertThat(client.search(PARTNER, Map.of(), List.of("id", "=", person(9))))
                .isEmpty();
        assertThat(client.search(PARTNER, Map.of(), List.of("id", "=", person(9)), List.of("active", "=", false)))
                .containsExactly(person(9));
        assertThat(client.search("g2p.reg.id", Map.of(), List.of("partner_id", "=", person(9))))
                .as("children of an archived person")
                .hasSize(1);
    }

    @Test
    void pages_by_write_date_and_id_cover_everyone_once() {
        List<Integer> seen = new ArrayList<>();
        Map<String, Object> keywords = Map.of(
                "fields",
                List.of("write_date"),
                "order",
                "write_date asc, id asc",
                "limit",
                7,
                "context",
                Map.of("active_test", false));
        Object[] cursor = {List.of("is_registrant", "=", true)};
        while (true) {
            JsonNode page = client.result(PARTNER, "search_read", keywords, List.of(cursor));
            if (page.isEmpty()) {
                break;
            }
            page.forEach(each -> seen.add(each.path("id").intValue()));
            RegistryRecord last = simulator.registry().partner(seen.get(seen.size() - 1));
            String micros = last.writeDate().toString().replace('T', ' ').replace("Z", "");
            cursor = new Object[] {
                "|",
                List.of("write_date", ">", micros),
                "&",
                List.of("write_date", "=", micros),
                List.of("id", ">", last.id())
            };
        }
        assertThat(seen).hasSize(simulator.registry().count(PARTNER)).doesNotHaveDuplicates();
    }

    @Test
    void empty_values_behave_like_false() {
        int withoutArea = client.search(
                        PARTNER, Map.of(), List.of("area_id", "=", false), List.of("is_group", "=", false))
                .size();
        int withArea = client.search(PARTNER, Map.of(), List.of("area_id", "!=", false))
                .size();
        assertThat(withoutArea + withArea).isEqualTo(PEOPLE - PEOPLE / 10);
        assertThat(client.search(PARTNER, Map.of(), List.of("area_id", "!=", 1), List.of("is_group", "=", false)))
                .as("unequal also finds what is empty")
                .contains(person(0));
        assertThat(client.search(PARTNER, Map.of(), List.of("area_id.code", "!=", "TL01")))
                .as("a path finds nothing where there is nothing behind")
                .doesNotContain(person(0));
        assertThat(client.search(PARTNER, Map.of(), List.of("group_membership_ids", "!=", false)))
                .hasSize(PEOPLE / 5);
    }

    @Test
    void results_are_ordered_by_several_columns_and_sliced() {
        JsonNode page = client.result(
                PARTNER,
                "search_read",
                Map.of(
                        "fields",
                        List.of("family_name", "income"),
                        "order",
                        "family_name desc, income",
                        "limit",
                        3,
                        "offset",
                        1),
                List.of(List.of("is_group", "=", false)));
        assertThat(page).hasSize(3);
        assertThat(page.path(0).path("family_name").asText()).isEqualTo("Family6");
        assertThat(page.path(0).path("income").asDouble())
                .isLessThan(page.path(1).path("income").asDouble());
        assertThat(client.search(PARTNER, Map.of("limit", 2, "order", "id desc"), List.of("is_group", "=", true)))
                .containsExactly(24, 23);
        assertThat(client.search(PARTNER, Map.of("limit", 3), List.of("name", "ilike", "hoUSE 1")))
                .as("by name unless an order is given")
                .containsExactly(2, 11, 12);
    }

    @Test
    void a_bare_date_means_its_two_ends() {
        assertThat(client.search(PARTNER, Map.of(), List.of("write_date", ">", "2026-11-20")))
                .isEmpty();
        assertThat(client.search(PARTNER, Map.of(), List.of("write_date", ">=", "2026-11-20")))
                .isNotEmpty();
    }

    @Test
    void a_wrong_domain_or_order_is_refused() {
        assertThat(client.error(PARTNER, "search", List.of(List.of("nosuch", "=", 1))))
                .isEqualTo("builtins.ValueError: Invalid field res.partner.nosuch in leaf ('nosuch', '=', 1)");
        assertThat(client.error(PARTNER, "search", List.of("|", List.of("id", "=", 1))))
                .startsWith("builtins.ValueError: ");
        assertThat(client.error(PARTNER, "search", List.of(List.of("id", "near", 1))))
                .startsWith("builtins.ValueError: Invalid leaf");
        assertThat(client.call(PARTNER, "search", Map.of("order", "id; drop"), List.of())
                        .path("error")
                        .path("data")
                        .path("name")
                        .asText())
                .isEqualTo("odoo.exceptions.UserError");
        assertThat(client.error(PARTNER, "search", List.of(List.of("write_date", ">", "yesterday"))))
                .startsWith("psycopg2.errors.InvalidDatetimeFormat");
    }

    @Test
    void references_can_be_read_without_names() {
        JsonNode read =
                client.result("g2p.reg.id", "read", Map.of("fields", List.of("partner_id"), "load", ""), List.of(1));
        assertThat(read.path(0).path("partner_id").isInt()).isTrue();
        assertThat(client.result(PARTNER, "name_search", Map.of("name", "Given11", "limit", 1))
                        .path(0)
                        .path(1)
                        .asText())
                .startsWith("Family");
    }

    @Test
    void what_an_index_finds_is_what_a_scan_finds() {
        Store store = new Store(Models.build(Models.recorded()), clock);
        Orm orm = new Orm(store, Map.of());
        Random random = new Random(42);
        store.write(Registry.OFFICER, store.now(), tx -> {
            for (int i = 0; i < 200; i++) {
                orm.create(
                        tx,
                        store.table(PARTNER).model,
                        Map.of("name", "N" + i, "spp_id", "S" + i % 60, "active", i % 5 > 0));
                orm.create(
                        tx,
                        store.table("g2p.phone.number").model,
                        Map.of("partner_id", 1 + random.nextInt(i + 1), "phone_no", "P" + i % 40));
            }
            return true;
        });
        Table partners = store.table(PARTNER);
        for (int round = 0; round < 500; round++) {
            List<Object> terms = terms(random, 3);
            Domain domain = DomainParser.parse(store, partners.model, terms, random.nextBoolean());
            List<Integer> scanned = new ArrayList<>();
            for (int id = 1; id <= partners.highestId(); id++) {
                Row row = partners.get(id);
                if (row != null && domain.matches(store, row)) {
                    scanned.add(id);
                }
            }
            for (String order : List.of("id", "write_date, id", "name desc")) {
                assertThat(new Query(store, partners, domain)
                                .select(order, 0, 0).stream().map(row -> row.id).toList())
                        .as(terms + " by " + order)
                        .containsExactlyInAnyOrderElementsOf(scanned);
            }
            assertThat(new Query(store, partners, domain).count(0))
                    .as(terms.toString())
                    .isEqualTo(scanned.size());
        }
    }

    private static List<Object> terms(Random random, int depth) {
        int kind = depth == 0 ? 3 : random.nextInt(6);
        List<Object> terms = new ArrayList<>();
        if (kind < 2) {
            terms.add(kind == 0 ? "|" : "&");
            terms.addAll(terms(random, depth - 1));
            terms.addAll(terms(random, depth - 1));
        } else if (kind == 2) {
            terms.add("!");
            terms.addAll(terms(random, depth - 1));
        } else {
            terms.add(leaf(random));
        }
        return terms;
    }

    private static List<Object> leaf(Random random) {
        int number = random.nextInt(210);
        return switch (random.nextInt(8)) {
            case 0 -> List.of("id", "in", List.of(number, number + 1, 7, 7));
            case 1 -> List.of("id", random.nextBoolean() ? ">" : "<=", number);
            case 2 -> List.of("spp_id", "in", List.of("S" + number % 70, "S1", false));
            case 3 -> List.of("spp_id", random.nextBoolean() ? "=" : "!=", "S" + number % 70);
            case 4 -> List.of("phone_number_ids.phone_no", "in", List.of("P" + number % 50, "P2"));
            case 5 -> List.of("phone_number_ids.partner_id.spp_id", "=", "S" + number % 70);
            case 6 -> List.of("name", "like", "N" + number % 10);
            default -> List.of("write_date", random.nextBoolean() ? ">=" : "<", "2026-11-20 10:00:00");
        };
    }
}
