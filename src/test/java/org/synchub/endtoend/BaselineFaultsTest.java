package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.synchub.demo.FieldData;
import org.synchub.demo.SampleDevice;
import org.synchub.ledger.ConflictQueue;
import org.synchub.ledger.State;
import org.synchub.simulator.openspp.Fault;
import org.synchub.simulator.openspp.FaultPlan;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.openspp.RegistryRecord;
import org.synchub.simulator.openspp.RpcCall;
import org.synchub.sync.StatusReport.TargetStatus;
import org.synchub.testing.ExpectedRegistry;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/**
 * What goes wrong in the field, and went wrong with the connector before: after each of these no record is lost, none is
 * doubled and every person is in the right household, by further pushes alone. One hub serves all of them, each as a
 * tenant and a target of its own.
 */
class BaselineFaultsTest {

    private static final int HOUSEHOLDS = 50;
    private static final int MEMBERS = 4;
    private static final int RECORDS = HOUSEHOLDS * (1 + MEMBERS);

    /** Small batches: enough requests for every tenth to be of each kind. */
    private static final String BATCH = "batchSize: 10";

    /** How often a push is tried on a server that breaks requests. */
    private static final int PUSHES = 60;

    private static final Set<String> RECORD_MODELS =
            Set.of("res.partner", "g2p.reg.id", "g2p.phone.number", "g2p.group.membership");

    private enum Line {
        CLEAN,
        HTTP_500,
        LYING_504,
        ODOO_ERROR,
        DATABASE_ERROR,
        SERIALIZATION,
        RESET_BEFORE_APPLYING,
        RESET_BEFORE_ANSWER,
        RESET_IN_ANSWER,
        RANDOM,
        SERVER_DIES,
        OVERLAP,
        HUB_DIES,
        LATE_DEVICE,
        NEW_MEMBER,
        EDIT,
        ADOPTED,
        ADOPTED_UNDER_FAULTS;

        String target() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    private static final Map<Line, OpenSppSimulator> registries = new EnumMap<>(Line.class);
    private static DataSource store;
    private static TestHub.Builder hubs;
    private static TestHub hub;

    @BeforeAll
    static void start() throws SQLException {
        store = TestDatabase.dataCollect();
        hubs = TestHub.on(store);
        for (Line line : Line.values()) {
            FieldData.bulk(store, line.target(), HOUSEHOLDS, MEMBERS, 100 + registries.size());
            OpenSppSimulator registry = OpenSppTarget.registry().start();
            registries.put(line, registry);
            hubs.mapping(
                    line.target(),
                    OpenSppTarget.mapping(line.target(), line.target(), registry)
                            .replace("batchSize: 100", BATCH)
                            .replace("longestWrite: 1s", "longestWrite: 200ms"));
        }
        hub = hubs.start();
    }

    @AfterAll
    static void stop() {
        hub.close();
        registries.values().forEach(OpenSppSimulator::close);
    }

    private static OpenSppSimulator registry(Line line) {
        return Objects.requireNonNull(registries.get(line));
    }

    private static void push(Line line) {
        hub.push(line.target());
    }

    private static void pushUntilNothingIsOwed(Line line) {
        await().atMost(Duration.ofSeconds(60)).pollDelay(Duration.ZERO).untilAsserted(() -> {
            push(line);
            assertThat(hub.status(line.target()).owed()).isZero();
        });
    }

    /** Every record is delivered, and the registry holds exactly what the store says. */
    private static void assertComplete(Line line) throws SQLException {
        assertThat(differences(line)).isEmpty();
    }

    /** In what the registry holds something else than the store says, once every record is delivered. */
    private static List<String> differences(Line line) throws SQLException {
        TargetStatus status = hub.status(line.target());
        ExpectedRegistry expected = ExpectedRegistry.of(store, line.target());
        assertThat(status.attention()).isEmpty();
        assertThat(status.in(State.DELIVERED)).isEqualTo(expected.size());
        assertThat(registry(line).requests().mostWritesAtOnce())
                .as("writes of one household never run at the same time")
                .isLessThanOrEqualTo(1);
        return expected.differences(registry(line).registry());
    }

    /** Counts what it breaks; at most so many, so that a push comes to an end. */
    private static final class Breaking implements FaultPlan {

        private final Predicate<RpcCall> which;
        private final Fault fault;
        private final AtomicInteger hits = new AtomicInteger();
        private final AtomicInteger writes = new AtomicInteger();

        private Breaking(Predicate<RpcCall> which, Fault fault) {
            this.which = which;
            this.fault = fault;
        }

        @Override
        public List<Fault> faults(RpcCall call) {
            if (!which.test(call)) {
                return List.of();
            }
            hits.incrementAndGet();
            if (call.isWrite()) {
                writes.incrementAndGet();
            }
            return List.of(fault);
        }
    }

    /**
     * Every tenth request about records, and every third write: a push asks in so regular a way that the tenth request
     * might always be of one kind.
     */
    private static Breaking everyTenth(Line line, Fault fault) {
        AtomicInteger requests = new AtomicInteger();
        AtomicInteger writes = new AtomicInteger();
        Breaking plan = new Breaking(
                call -> {
                    boolean tenth = RECORD_MODELS.contains(call.model()) && requests.incrementAndGet() % 10 == 0;
                    boolean thirdWrite = call.isWrite() && writes.incrementAndGet() % 3 == 0;
                    return tenth || thirdWrite;
                },
                fault);
        registry(line).faults().add(plan);
        return plan;
    }

    private static void pushThrough(Line line, Breaking plan) throws SQLException {
        pushOnBrokenAndWell(line, plan);
        assertComplete(line);
    }

    /** Pushes on a server that breaks requests, then on one that is well again. */
    private static void pushOnBrokenAndWell(Line line, Breaking plan) {
        for (int i = 0; i < PUSHES && plan.writes.get() < 3; i++) {
            push(line);
        }
        assertThat(plan.hits.get()).as("requests that were broken").isGreaterThan(2);
        assertThat(plan.writes.get()).as("writes that were broken").isPositive();

        registry(line).faults().clear();
        pushUntilNothingIsOwed(line);
    }

    /** Every record is delivered; what a record that was there before holds otherwise is for the rules of the next pull. */
    private static void assertTakenOver(Line line) throws SQLException {
        assertThat(differences(line))
                .isNotEmpty()
                .allMatch(difference -> difference.contains("is <As typed in the office> instead of"));
    }

    @Test
    void a_clean_push_makes_every_record_and_every_membership_once_and_another_push_asks_nothing() throws Exception {
        push(Line.CLEAN);

        assertComplete(Line.CLEAN);
        assertThat(registry(Line.CLEAN).registry().partners()).hasSize(RECORDS);
        assertThat(registry(Line.CLEAN).registry().count("g2p.group.membership"))
                .isEqualTo(HOUSEHOLDS * MEMBERS);
        assertThat(hub.lastRun(Line.CLEAN.target()).created()).isEqualTo(RECORDS);

        registry(Line.CLEAN).requests().clear();
        push(Line.CLEAN);

        assertThat(registry(Line.CLEAN).requests().entries()).isEmpty();
    }

    @Test
    void every_tenth_request_answered_with_status_500_loses_nothing() throws Exception {
        pushThrough(Line.HTTP_500, everyTenth(Line.HTTP_500, Fault.status(500)));
    }

    @Test
    void every_tenth_request_applied_but_answered_with_status_504_doubles_nothing() throws Exception {
        pushThrough(Line.LYING_504, everyTenth(Line.LYING_504, Fault.statusAfterApplying(504)));
    }

    @Test
    void every_tenth_request_answered_with_an_odoo_error_loses_nothing() throws Exception {
        pushThrough(
                Line.ODOO_ERROR,
                everyTenth(Line.ODOO_ERROR, Fault.error("builtins.RuntimeError", "dictionary changed")));
    }

    @Test
    void every_tenth_request_answered_with_an_error_of_the_servers_database_loses_nothing() throws Exception {
        pushThrough(
                Line.DATABASE_ERROR,
                everyTenth(
                        Line.DATABASE_ERROR,
                        Fault.error("psycopg2.OperationalError", "server closed the connection unexpectedly")));
    }

    @Test
    void every_tenth_request_losing_against_another_transaction_loses_nothing() throws Exception {
        pushThrough(Line.SERIALIZATION, everyTenth(Line.SERIALIZATION, Fault.serializationFailure()));
    }

    @ParameterizedTest
    @EnumSource(Fault.Cut.class)
    void every_tenth_connection_reset_loses_nothing_and_doubles_nothing(Fault.Cut cut) throws Exception {
        Line line = switch (cut) {
            case BEFORE_APPLYING -> Line.RESET_BEFORE_APPLYING;
            case BEFORE_ANSWER -> Line.RESET_BEFORE_ANSWER;
            case IN_ANSWER -> Line.RESET_IN_ANSWER;
        };
        pushThrough(line, everyTenth(line, Fault.cut(cut)));
    }

    @Test
    void a_tenth_of_all_requests_failing_at_random_loses_nothing_and_unlinks_nobody() throws Exception {
        Random reads = new Random(1);
        Random writes = new Random(2);
        Breaking plan = new Breaking(
                call -> {
                    synchronized (reads) {
                        return (call.isWrite() ? writes : reads).nextInt(10) == 0;
                    }
                },
                Fault.status(500));
        registry(Line.RANDOM).faults().add(plan);

        pushThrough(Line.RANDOM, plan);
    }

    @Test
    void a_server_that_dies_in_the_middle_of_a_push_is_caught_up_with_when_it_is_back() throws Exception {
        OpenSppSimulator registry = registry(Line.SERVER_DIES);
        registry.faults().add(call -> {
            if (call.is("res.partner", "create") && call.number() > 20) {
                registry.down();
            }
            return List.of();
        });

        push(Line.SERVER_DIES);
        push(Line.SERVER_DIES);

        assertThat(hub.status(Line.SERVER_DIES.target()).condition()).isEqualTo("backing_off");
        int before = registry.registry().partners().size();
        assertThat(before).isBetween(1, RECORDS - 1);

        registry.faults().clear();
        registry.up();
        pushUntilNothingIsOwed(Line.SERVER_DIES);

        assertComplete(Line.SERVER_DIES);
    }

    @Test
    void a_hub_that_dies_in_the_middle_of_a_push_leaves_nothing_undone_and_nothing_done_twice() throws Exception {
        OpenSppSimulator registry = registry(Line.HUB_DIES);
        CountDownLatch midway = new CountDownLatch(1);
        TestHub dying = hubs.set("synchub.lease", "2s").start();
        registry.faults().add(new FaultPlan() {
            @Override
            public List<Fault> faults(RpcCall call) {
                return List.of();
            }

            @Override
            public void applied(RpcCall call) {
                if (call.is("res.partner", "create") && call.number() > 20 && midway.getCount() > 0) {
                    // The registry has it, and the hub will never be able to note it down.
                    dying.bean(HikariDataSource.class).close();
                    midway.countDown();
                }
            }
        });

        dying.push(Line.HUB_DIES.target());

        assertThat(midway.getCount()).isZero();
        dying.close();
        assertThat(registry.registry().partners().size()).isBetween(1, RECORDS - 1);
        assertThat(hub.status(Line.HUB_DIES.target()).in(State.IN_FLIGHT)).isPositive();

        pushUntilNothingIsOwed(Line.HUB_DIES);

        assertComplete(Line.HUB_DIES);
    }

    @Test
    void two_hubs_that_push_at_the_same_time_share_the_work() throws Exception {
        try (TestHub other = hubs.start()) {
            CyclicBarrier together = new CyclicBarrier(2);
            List<CompletableFuture<Void>> pushes = new ArrayList<>();
            for (TestHub one : List.of(hub, other)) {
                pushes.add(CompletableFuture.runAsync(() -> {
                    try {
                        together.await(30, TimeUnit.SECONDS);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                    one.push(Line.OVERLAP.target());
                }));
            }
            for (CompletableFuture<Void> push : pushes) {
                push.get(60, TimeUnit.SECONDS);
            }
            pushUntilNothingIsOwed(Line.OVERLAP);
        }

        assertComplete(Line.OVERLAP);
        assertThat(TestDatabase.rows(
                        store,
                        "SELECT sum(created), count(*) FROM hub.run WHERE target = '" + Line.OVERLAP.target() + "'"))
                .as("each record made once, by two runs")
                .containsExactly(RECORDS + "|2");
    }

    @Test
    void records_captured_long_ago_by_a_device_that_was_offline_are_pushed() throws Exception {
        push(Line.LATE_DEVICE);
        SampleDevice device = new SampleDevice(store, Line.LATE_DEVICE.target(), Clock.systemUTC(), 501)
                .capturingAt(Instant.now().minus(Duration.ofDays(30)));
        String household = device.createHousehold("Late");
        for (int i = 0; i < 9; i++) {
            device.createPerson(household, "Late" + i, "Comer");
        }

        push(Line.LATE_DEVICE);

        assertComplete(Line.LATE_DEVICE);
        assertThat(hub.lastRun(Line.LATE_DEVICE.target()).created()).isEqualTo(10);
    }

    @Test
    void a_new_member_of_a_household_pushed_before_is_pushed_and_linked() throws Exception {
        push(Line.NEW_MEMBER);
        SampleDevice device = new SampleDevice(store, Line.NEW_MEMBER.target(), Clock.systemUTC(), 502);
        ExpectedRegistry before = ExpectedRegistry.of(store, Line.NEW_MEMBER.target());
        String household = before.households().iterator().next();
        String baby = device.createPerson(household, "Baby", "Keomany");

        push(Line.NEW_MEMBER);

        assertComplete(Line.NEW_MEMBER);
        RegistryRecord home =
                registry(Line.NEW_MEMBER).registry().partnersByRegId(household).get(0);
        RegistryRecord person =
                registry(Line.NEW_MEMBER).registry().partnersByRegId(baby).get(0);
        assertThat(registry(Line.NEW_MEMBER).registry().memberships(home.id()))
                .extracting(m -> m.reference("individual"))
                .contains(person.id())
                .hasSize(MEMBERS + 1);
    }

    @Test
    void an_edit_of_a_pushed_record_sends_that_field_and_nothing_else() throws Exception {
        push(Line.EDIT);
        SampleDevice device = new SampleDevice(store, Line.EDIT.target(), Clock.systemUTC(), 503);
        String person = ExpectedRegistry.of(store, Line.EDIT.target())
                .people()
                .iterator()
                .next();
        List<RpcCall> writes = new ArrayList<>();
        registry(Line.EDIT).faults().add(call -> {
            if (call.isWrite()) {
                writes.add(call);
            }
            return List.of();
        });
        device.update(person, "profession", "midwife");

        push(Line.EDIT);

        assertComplete(Line.EDIT);
        int partner =
                registry(Line.EDIT).registry().partnersByRegId(person).get(0).id();
        assertThat(writes).singleElement().satisfies(write -> {
            assertThat(write.is("res.partner", "write")).isTrue();
            assertThat(write.args()).isEqualTo(List.of(List.of(partner), Map.of("occupation", "midwife")));
        });
    }

    /** Puts what a registry knew before the hub came: half of the people, by their national id, and all households. */
    private static int fillByHand(Line line) throws SQLException {
        ExpectedRegistry expected = ExpectedRegistry.of(store, line.target());
        int made = 0;
        for (String household : expected.households()) {
            create(
                    line,
                    "Family Book",
                    expected.form(household).at("/document_ids/0/id_number").asText(),
                    true);
            made++;
        }
        for (String person : expected.people()) {
            if (made % 2 == 0) {
                create(
                        line,
                        "National ID",
                        expected.form(person).at("/document_ids/0/id_number").asText(),
                        false);
            }
            made++;
        }
        return registry(line).registry().partners().size();
    }

    private static void create(Line line, String idType, String number, boolean group) {
        int type = registry(line).registry().all("g2p.id.type").stream()
                .filter(t -> idType.equals(t.text("name")))
                .findFirst()
                .orElseThrow()
                .id();
        Map<String, Object> id = Map.of("id_type", type, "value", number);
        registry(line)
                .registry()
                .createPartner(Map.of(
                        "is_group", group, "name", "As typed in the office", "reg_ids", List.of(List.of(0, 0, id))));
    }

    @Test
    void records_that_the_registry_has_already_are_taken_over_not_doubled() throws Exception {
        int known = fillByHand(Line.ADOPTED);

        push(Line.ADOPTED);

        assertThat(hub.lastRun(Line.ADOPTED.target()).adopted()).isEqualTo(known);
        assertTakenOver(Line.ADOPTED);
        assertThat(registry(Line.ADOPTED).registry().partners()).hasSize(RECORDS);

        hub.pull(Line.ADOPTED.target());

        assertThat(hub.bean(ConflictQueue.class).open(Line.ADOPTED.target(), RECORDS))
                .as("what the office typed is left to a person, not lost and not sent over")
                .hasSize(known);
        assertTakenOver(Line.ADOPTED);
    }

    @Test
    void records_taken_over_while_requests_fail_are_not_doubled_either() throws Exception {
        fillByHand(Line.ADOPTED_UNDER_FAULTS);

        pushOnBrokenAndWell(
                Line.ADOPTED_UNDER_FAULTS, everyTenth(Line.ADOPTED_UNDER_FAULTS, Fault.cut(Fault.Cut.BEFORE_ANSWER)));

        assertTakenOver(Line.ADOPTED_UNDER_FAULTS);
        assertThat(registry(Line.ADOPTED_UNDER_FAULTS).registry().partners()).hasSize(RECORDS);
    }
}
