package org.synchub.simulator.openspp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WriteDateTest {

    private final TestClock clock = new TestClock("2026-11-20T15:39:43.673001Z");
    private OpenSppSimulator simulator;
    private OdooClient client;

    @BeforeEach
    void start() {
        simulator = OpenSppSimulator.builder()
                .clock(clock)
                .user(new RegistryUser(7, "hub", "Integration Hub", "hub", List.of(), Role.REGISTRY_ADMIN))
                .start();
        client = new OdooClient(simulator);
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void it_moves_for_exactly_the_records_that_a_real_server_was_seen_to_touch() throws Exception {
        int loner = individual("Loner", "1");
        int member = individual("Member", "2");
        int household = simulator.registry().createPartner(Map.of("name", "HH", "is_group", true));
        simulator.registry().addMember(household, member);
        Map<String, Callable<Object>> actions = actions(loner, member, household);

        for (JsonNode step :
                RecordedExchangesTest.transcript("80-what-bumps-write_date").path("steps")) {
            String name = step.path("action").asText();
            assertThat(actions).containsKey(name);
            clock.tick(Duration.ofSeconds(1));
            Instant before = clock.instant();
            actions.getOrDefault(name, () -> false).call();

            assertThat(List.of(
                            !writeDate(loner).isBefore(before),
                            !writeDate(member).isBefore(before),
                            !writeDate(household).isBefore(before)))
                    .as(name + ": person, member and household moved")
                    .containsExactly(
                            step.path("individual1_bumped").booleanValue(),
                            step.path("member_bumped").booleanValue(),
                            step.path("household_bumped").booleanValue());
        }
    }

    private Map<String, Callable<Object>> actions(int loner, int member, int household) {
        int[] regId = new int[1];
        int[] membership = new int[1];
        String partner = "res.partner";
        String memberships = "g2p.group.membership";
        Map<String, Callable<Object>> actions = new LinkedHashMap<>();
        actions.put(
                "write scalar on individual1 (no household)",
                () -> client.write(partner, loner, Map.of("birth_place", "X")));
        actions.put(
                "write identical value on individual1", () -> client.write(partner, loner, Map.of("birth_place", "X")));
        actions.put(
                "write scalar on member (in household)",
                () -> client.write(partner, member, Map.of("birth_place", "Y")));
        actions.put(
                "create g2p.reg.id directly for individual1",
                () -> regId[0] =
                        client.create("g2p.reg.id", Map.of("partner_id", loner, "id_type", 2, "value", "1234567890")));
        actions.put(
                "write g2p.reg.id directly", () -> client.write("g2p.reg.id", regId[0], Map.of("value", "1234567891")));
        actions.put(
                "write reg id through partner reg_ids [[1,id,vals]]",
                () -> client.write(
                        partner,
                        loner,
                        Map.of("reg_ids", List.of(List.of(1, regId[0], Map.of("value", "1234567892"))))));
        actions.put(
                "create g2p.phone.number directly",
                () -> client.create("g2p.phone.number", Map.of("partner_id", loner, "phone_no", "+639171234567")));
        actions.put(
                "add membership directly (individual1 -> household)",
                () -> membership[0] = client.create(memberships, Map.of("group", household, "individual", loner)));
        actions.put(
                "end membership (ended_date)",
                () -> client.write(memberships, membership[0], Map.of("ended_date", "2026-11-20 16:00:00")));
        actions.put("unlink membership", () -> client.result(memberships, "unlink", Map.of(), List.of(membership[0])));
        actions.put("archive individual1 (active=false)", () -> client.write(partner, loner, Map.of("active", false)));
        actions.put("unarchive", () -> client.write(partner, loner, Map.of("active", true)));
        actions.put(
                "disable individual1 (disabled=now)",
                () -> client.write(partner, loner, Map.of("disabled", "2026-11-20 15:50:00")));
        actions.put("enable_registrant()", () -> client.result(partner, "enable_registrant", Map.of(), List.of(loner)));
        actions.put("clear one2many with []", () -> client.write(partner, loner, Map.of("reg_ids", List.of())));
        actions.put(
                "delete one2many line [[2,id]]",
                () -> client.write(partner, loner, Map.of("reg_ids", List.of(List.of(2, regId[0], 0)))));
        return actions;
    }

    @Test
    void a_poller_that_trusts_the_highest_one_misses_a_transaction_that_began_earlier() {
        HeldTransaction batch = simulator.registry().begin();
        int early = batch.create("res.partner", Map.of("name", "Early, Bird", "is_registrant", true));
        clock.tick(Duration.ofSeconds(2));
        int late = individual("Late", "3");
        String cursor = client.read("res.partner", late, "write_date")
                .path("write_date")
                .asText();

        assertThat(client.search("res.partner", Map.of(), List.of("write_date", ">=", "2026-11-20 00:00:00")))
                .containsExactly(late);
        clock.tick(Duration.ofSeconds(3));
        batch.commit();

        assertThat(client.read("res.partner", early, "write_date")
                        .path("write_date")
                        .asText())
                .isEqualTo("2026-11-20 15:39:43");
        assertThat(client.search("res.partner", Map.of(), List.of("write_date", ">=", cursor)))
                .containsExactly(late);
    }

    @Test
    void it_is_the_start_of_a_request_that_took_long() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch arrived = new CountDownLatch(1);
        simulator.faults().add(call -> {
            if (call.is("res.partner", "create")) {
                arrived.countDown();
                awaitLatch(go);
            }
            return List.of();
        });
        CompletableFuture<Integer> slow = CompletableFuture.supplyAsync(
                () -> client.create("res.partner", Map.of("name", "Slow, Poke", "is_registrant", true)));
        arrived.await();
        clock.tick(Duration.ofSeconds(5));
        go.countDown();

        assertThat(writeDate(slow.get())).isEqualTo("2026-11-20T15:39:43.673001Z");
    }

    @Test
    void a_transaction_overtaken_by_another_one_on_the_same_row_begins_again() {
        int person = individual("Some", "4");
        HeldTransaction held = simulator.registry().begin();
        held.write("res.partner", person, Map.of("birth_place", "held"));
        clock.tick(Duration.ofSeconds(1));
        client.write("res.partner", person, Map.of("birth_place", "quick"));
        clock.tick(Duration.ofSeconds(1));
        held.commit();

        RegistryRecord now = simulator.registry().partner(person);
        assertThat(now.text("birth_place")).isEqualTo("held");
        assertThat(now.writeDate()).isEqualTo(clock.instant());
    }

    @Test
    void a_held_transaction_that_breaks_a_rule_leaves_nothing() {
        HeldTransaction held = simulator.registry().begin();
        held.create("res.partner", Map.of("name", "Good, One", "is_registrant", true, "spp_id", "IND_22222222"));
        held.create("res.partner", Map.of("name", "Bad, One", "is_registrant", true, "spp_id", "IND_22222222"));

        assertThatThrownBy(held::commit)
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("spp_id is an unique identifier!");
        assertThat(simulator.registry().count("res.partner")).isZero();
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int individual(String family, String guid) {
        return simulator
                .registry()
                .createPartner(Map.of(
                        "name",
                        family + ", Given",
                        "reg_ids",
                        List.of(List.of(0, 0, Map.of("id_type", 1, "value", guid)))));
    }

    private Instant writeDate(int partner) {
        return simulator.registry().partner(partner).writeDate();
    }
}
