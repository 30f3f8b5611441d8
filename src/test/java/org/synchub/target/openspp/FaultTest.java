package org.synchub.target.openspp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.synchub.target.openspp.Forms.household;
import static org.synchub.target.openspp.Forms.person;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.synchub.mapping.Entity;
import org.synchub.simulator.openspp.Fault;
import org.synchub.simulator.openspp.FaultPlan;
import org.synchub.simulator.openspp.RegistryRecord;
import org.synchub.simulator.openspp.RpcCall;
import org.synchub.target.Outcome;
import org.synchub.target.Outcome.Accepted;
import org.synchub.target.TargetTrouble;

/** What goes wrong between the hub and the server: nothing is lost, nothing is doubled, no record is blamed for it. */
class FaultTest {

    private static final int HOUSEHOLDS = 20;
    private static final int MEMBERS = 4;
    private static final int ROUNDS = 200;

    private static List<Entity> households() {
        List<Entity> all = new ArrayList<>();
        for (int i = 0; i < HOUSEHOLDS; i++) {
            all.add(household("H" + i));
        }
        return all;
    }

    private static List<Entity> people() {
        List<Entity> all = new ArrayList<>();
        for (int i = 0; i < HOUSEHOLDS * MEMBERS; i++) {
            all.add(person("P" + i, "H" + i / MEMBERS));
        }
        return all;
    }

    /** Small batches, so that a hundred records take many requests. */
    private static Rig rig() {
        return Rig.start(Rig.server(), text -> text.replace("batchSize: 100", "batchSize: 7"));
    }

    private static void pushAll(Rig rig) {
        assertThat(rig.pushUntilDone(households(), ROUNDS))
                .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Accepted.class));
        assertThat(rig.pushUntilDone(people(), ROUNDS))
                .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Accepted.class));
    }

    private static void assertEachOnceAndLinked(Rig rig) {
        List<RegistryRecord> partners = rig.registry().partners().stream()
                .filter(partner -> partner.flag("is_registrant"))
                .toList();
        assertThat(partners).hasSize(HOUSEHOLDS * (1 + MEMBERS));
        for (Entity person : people()) {
            assertThat(rig.registry().partnersByRegId(person.guid())).hasSize(1);
        }
        for (Entity household : households()) {
            assertThat(rig.registry().memberships(rig.idOf(household))).hasSize(MEMBERS);
        }
    }

    private static FaultPlan everyTenth(Fault fault) {
        return new FaultPlan() {
            @Override
            public List<Fault> faults(RpcCall call) {
                return call.number() % 10 == 0 ? List.of(fault) : List.of();
            }
        };
    }

    private static final Map<String, Fault> TROUBLES = Map.of(
            "HTTP 500", Fault.status(500),
            "HTTP 500 after applying", Fault.statusAfterApplying(500),
            "HTTP 502 after applying", Fault.statusAfterApplying(502),
            "database error", Fault.error("psycopg2.OperationalError", "server closed the connection unexpectedly"),
            "JSON-RPC error", Fault.error("builtins.RuntimeError", "Odoo Server Error"),
            "serialization failure", Fault.serializationFailure(),
            "cut before applying", Fault.cut(Fault.Cut.BEFORE_APPLYING),
            "cut before the answer", Fault.cut(Fault.Cut.BEFORE_ANSWER),
            "cut in the answer", Fault.cut(Fault.Cut.IN_ANSWER));

    static Stream<Named<Fault>> troubles() {
        return TROUBLES.entrySet().stream().map(entry -> Named.of(entry.getKey(), entry.getValue()));
    }

    @ParameterizedTest
    @MethodSource("troubles")
    void trouble_at_every_tenth_request_loses_and_doubles_nothing(Fault trouble) {
        try (Rig rig = rig()) {
            rig.simulator.faults().add(everyTenth(trouble));

            pushAll(rig);

            assertEachOnceAndLinked(rig);
        }
    }

    @Test
    void trouble_at_a_tenth_of_all_requests_loses_and_doubles_nothing() {
        try (Rig rig = rig()) {
            Random random = new Random(7);
            List<Fault> troubles = List.copyOf(new TreeMap<>(TROUBLES).values());
            rig.simulator.faults().add(new FaultPlan() {
                @Override
                public synchronized List<Fault> faults(RpcCall call) {
                    return random.nextInt(10) == 0 ? List.of(troubles.get(random.nextInt(troubles.size()))) : List.of();
                }
            });

            pushAll(rig);

            assertEachOnceAndLinked(rig);
        }
    }

    @Test
    void a_server_that_dies_during_a_push_and_comes_back_holds_everything_once() {
        try (Rig rig = rig()) {
            rig.pushUntilDone(households(), ROUNDS);
            rig.simulator.faults().add(new FaultPlan() {
                @Override
                public List<Fault> faults(RpcCall call) {
                    return List.of();
                }

                @Override
                public void applied(RpcCall call) {
                    if (call.is("res.partner", "create")) {
                        rig.simulator.faults().clear();
                        rig.simulator.down();
                    }
                }
            });

            List<Outcome> broken = rig.push(people());

            assertThat(broken).filteredOn(Outcome.Unknown.class::isInstance).hasSize(7);
            assertThat(broken).filteredOn(Outcome.Unsent.class::isInstance).hasSize(HOUSEHOLDS * MEMBERS - 7);
            rig.simulator.up();
            pushAll(rig);
            assertEachOnceAndLinked(rig);
        }
    }

    @Test
    void a_create_whose_answer_is_lost_is_unknown_and_what_came_after_it_is_unsent() {
        try (Rig rig = rig()) {
            rig.pushUntilDone(households(), 1);
            rig.simulator
                    .faults()
                    .next(1, call -> call.is("res.partner", "create"), Fault.cut(Fault.Cut.BEFORE_ANSWER));

            List<Outcome> outcomes = rig.push(people().subList(0, 20));

            assertThat(outcomes.subList(0, 7)).allMatch(Outcome.Unknown.class::isInstance);
            assertThat(outcomes.subList(7, 20)).allMatch(Outcome.Unsent.class::isInstance);
        }
    }

    @Test
    void a_time_out_is_unknown_and_the_late_create_is_found_not_repeated() throws Exception {
        try (Rig rig = Rig.unprepared(Rig.server(), text -> text, Duration.ofMillis(700))
                .prepared()) {
            rig.push(household("H0"));
            CountDownLatch release = new CountDownLatch(1);
            CountDownLatch applied = new CountDownLatch(1);
            FaultPlan slow = new FaultPlan() {
                @Override
                public List<Fault> faults(RpcCall call) {
                    if (call.is("res.partner", "create")) {
                        await(release);
                    }
                    return List.of();
                }

                @Override
                public void applied(RpcCall call) {
                    applied.countDown();
                }
            };
            rig.simulator.faults().add(slow);
            Entity ann = person("Ann", "H0");

            assertThat(rig.pushOne(ann)).isInstanceOf(Outcome.Unknown.class);

            release.countDown();
            applied.await();
            rig.simulator.faults().clear();
            assertThat(rig.pushOne(ann)).isInstanceOf(Accepted.class);
            assertThat(rig.registry().partnersByRegId(ann.guid())).hasSize(1);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void a_create_that_comes_through_between_the_search_and_ours_is_found() {
        try (Rig rig = rig()) {
            rig.push(household("H0"));
            Entity ann = person("Ann", "H0");
            Map<String, Object> late = Map.of(
                    "is_group",
                    false,
                    "name",
                    "Doe, Ann",
                    "given_name",
                    "Ann",
                    "family_name",
                    "Doe",
                    "spp_id",
                    new HubKey(Forms.TENANT, ann.guid()).sppId(false, 0),
                    "reg_ids",
                    List.of(List.of(0, 0, Map.of("id_type", guidType(rig), "value", ann.guid()))));
            Map<Long, Boolean> done = new ConcurrentHashMap<>();
            rig.simulator.faults().add(new FaultPlan() {
                @Override
                public List<Fault> faults(RpcCall call) {
                    if (call.is("res.partner", "create") && done.isEmpty()) {
                        done.put(call.number(), true);
                        rig.registry().createPartner(late);
                    }
                    return List.of();
                }
            });

            List<Outcome> outcomes = rig.push(person("Bob", "H0"), ann, person("Cid", "H0"));

            assertThat(outcomes).allMatch(Accepted.class::isInstance);
            assertThat(rig.registry().partnersByRegId(ann.guid())).hasSize(1);
            assertThat(rig.partner(ann).text("birthdate")).isEqualTo("1990-02-03");
        }
    }

    private static int guidType(Rig rig) {
        return rig.registry().all("g2p.id.type").stream()
                .filter(type -> "Data Collect GUID".equals(type.text("name")))
                .findFirst()
                .orElseThrow()
                .id();
    }

    @Test
    void two_hubs_that_push_the_same_records_at_once_make_each_once() throws Exception {
        try (Rig rig = rig()) {
            rig.pushUntilDone(households(), 1);
            List<Entity> people = people();
            ExecutorService hubs = Executors.newFixedThreadPool(4);
            try {
                List<Future<List<Outcome>>> running = new ArrayList<>();
                for (int hub = 0; hub < 4; hub++) {
                    running.add(hubs.submit(() ->
                            rig.adapter.send(people.stream().map(rig::upsert).toList())));
                }
                for (Future<List<Outcome>> hub : running) {
                    assertThat(hub.get()).allMatch(Accepted.class::isInstance);
                }
            } finally {
                hubs.shutdownNow();
            }
            rig.push(people);
            assertEachOnceAndLinked(rig);
        }
    }

    @Test
    void a_change_without_an_answer_is_unknown_and_is_not_made_twice() {
        try (Rig rig = rig()) {
            rig.push(household("H0"));
            Entity ann = person("Ann", "H0");
            rig.push(ann);
            Entity called = person("Ann", "H0", "{'phone_number':'+639171234567'}");
            rig.simulator.faults().next(1, call -> call.is("res.partner", "write"), Fault.cut(Fault.Cut.BEFORE_ANSWER));

            assertThat(rig.pushOne(called)).isInstanceOf(Outcome.Unknown.class);
            assertThat(rig.pushOne(called)).isInstanceOf(Accepted.class);

            assertThat(rig.registry().phones(rig.idOf(ann))).hasSize(1);
        }
    }

    @Test
    void a_read_without_an_answer_leaves_nothing_unknown() {
        try (Rig rig = rig()) {
            rig.simulator.faults().next(1, call -> true, Fault.cut(Fault.Cut.BEFORE_ANSWER));

            assertThat(rig.pushOne(household("H0"))).isInstanceOfSatisfying(Outcome.Unsent.class, unsent -> {
                assertThat(unsent.trouble().kind()).isEqualTo(TargetTrouble.Kind.UNREACHABLE);
                assertThat(unsent.trouble().maybeApplied()).isFalse();
            });
        }
    }

    @Test
    void a_login_that_meets_a_passing_error_is_trouble_that_may_pass() {
        try (Rig rig = rig()) {
            rig.simulator.faults().next(1, call -> call.method().equals("authenticate"), Fault.serializationFailure());

            assertThatThrownBy(rig.adapter::prepare)
                    .isInstanceOfSatisfying(
                            TargetTrouble.class,
                            trouble -> assertThat(trouble.kind()).isEqualTo(TargetTrouble.Kind.UNREACHABLE))
                    .hasMessageContaining("the server refuses authenticate: psycopg2.errors.SerializationFailure");
            assertThat(rig.adapter.prepare()).isNotNull();
        }
    }

    @Test
    void a_dead_server_blames_no_record() {
        try (Rig rig = rig()) {
            rig.simulator.down();

            assertThat(rig.push(households()))
                    .allSatisfy(outcome -> assertThat(outcome)
                            .isInstanceOfSatisfying(
                                    Outcome.Unsent.class,
                                    unsent -> assertThat(unsent.trouble().kind())
                                            .isEqualTo(TargetTrouble.Kind.UNREACHABLE)));

            rig.simulator.up();
            pushAll(rig);
            assertEachOnceAndLinked(rig);
        }
    }

    @Test
    void a_password_that_is_changed_at_the_server_stops_the_target() {
        try (Rig rig = rig()) {
            rig.simulator.faults().always(call -> true, Fault.error("odoo.exceptions.AccessDenied", "Access Denied"));

            assertThat(rig.pushOne(household("H0"))).isInstanceOfSatisfying(Outcome.Unsent.class, unsent -> {
                assertThat(unsent.trouble().kind()).isEqualTo(TargetTrouble.Kind.LOGIN_REFUSED);
                assertThat(unsent.trouble()).hasMessageContaining("user 'hub'");
            });
        }
    }

    @Test
    void a_contended_request_asks_for_another_time_and_blames_nobody() {
        try (Rig rig = rig()) {
            rig.simulator.faults().next(1, call -> call.is("res.partner", "create"), Fault.serializationFailure());

            assertThat(rig.push(households().subList(0, 3)))
                    .allSatisfy(outcome -> assertThat(outcome)
                            .isInstanceOfSatisfying(
                                    Outcome.Retry.class,
                                    retry -> assertThat(retry.code())
                                            .isEqualTo("psycopg2.errors.SerializationFailure")));
        }
    }

    @Test
    void an_overloaded_server_is_waited_for() {
        try (Rig rig = rig()) {
            rig.simulator.faults().next(1, call -> true, Fault.status(429, Duration.ofSeconds(30)));

            assertThat(rig.pushOne(household("H0"))).isInstanceOfSatisfying(Outcome.Unsent.class, unsent -> {
                assertThat(unsent.trouble().kind()).isEqualTo(TargetTrouble.Kind.OVERLOADED);
                assertThat(unsent.trouble().retryAfter()).isEqualTo(Duration.ofSeconds(30));
            });
        }
    }
}
