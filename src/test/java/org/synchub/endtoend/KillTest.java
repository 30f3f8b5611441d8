package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.synchub.endtoend.ProcessScene.TARGET;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synchub.cli.ExitCode;
import org.synchub.endtoend.RequestGate.Moment;
import org.synchub.simulator.openspp.RpcCall;
import org.synchub.testing.TestDatabase;

/**
 * A hub's process is killed with SIGKILL at every step of a push, while the field goes on working. Whoever pushes next
 * brings the registry to what the store says: each record once, with its newest content, in its household.
 */
class KillTest {

    private static final int RANDOM_KILLS = 8;

    private static ProcessScene scene;

    @BeforeAll
    static void start() throws Exception {
        scene = ProcessScene.delivered(20, 3, 2);
        scene.assertComplete();
    }

    /** What one test has seen at the registry is not the next one's. */
    @BeforeEach
    void forgetRequests() {
        scene.registry().requests().clear();
    }

    @AfterAll
    static void end() {
        scene.close();
    }

    private static void killAt(LedgerStep step) throws Exception {
        HubProcess hub = scene.hub();
        scene.field().goOn();
        killAt(hub, step);
    }

    private static void killAt(HubProcess hub, LedgerStep step) throws Exception {
        try (Gates.Closed gate = scene.gates().close(step)) {
            hub.tell(step.command().equals("push") ? "push " + TARGET : step.command());
            gate.awaitHub(hub);
            hub.kill();
        }
        scene.gates().awaitSessionsGone(hub);
    }

    private static void killAt(HubProcess hub, Predicate<RpcCall> request, Moment moment, int nth) throws Exception {
        RequestGate gate = new RequestGate(request, moment, nth);
        scene.registry().faults().add(gate);
        try (gate) {
            hub.tell("push " + TARGET);
            gate.awaitHub(hub);
            hub.kill();
        } finally {
            scene.registry().faults().remove(gate);
        }
        scene.gates().awaitSessionsGone(hub);
    }

    private static void takeBackAndRecover() throws Exception {
        scene.field().takeBack();
        scene.recover();
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"LOST_WRITES_NOTED", "BACKFILL_OWED_A_PAGE", "BACKFILL_COMMITS"})
    void a_hub_killed_in_the_database(LedgerStep step) throws Exception {
        killAt(step);

        takeBackAndRecover();
    }

    static Stream<Object[]> requests() {
        List<Object[]> all = new ArrayList<>();
        for (RequestStep step : RequestStep.values()) {
            for (Moment moment : Moment.values()) {
                if (step.writes() || moment == Moment.LOST) {
                    all.add(new Object[] {step, moment});
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("requests")
    void a_hub_killed_while_the_registry_has_its_request(RequestStep step, Moment moment) throws Exception {
        HubProcess hub = scene.hub();
        scene.field().goOn();
        killAt(hub, step::is, moment, 1);

        takeBackAndRecover();
    }

    @Test
    void a_hub_killed_in_the_second_of_two_batches_of_one_household() throws Exception {
        HubProcess hub = scene.hub();
        scene.field().goOn();
        killAt(hub, RequestStep.CREATES_PEOPLE::is, Moment.DONE_UNHEARD, 2);

        takeBackAndRecover();
    }

    @ParameterizedTest
    @ValueSource(strings = {"public.entities", "hub.link"})
    void a_hub_killed_between_its_claim_and_its_requests_while_it_reads(String table) throws Exception {
        HubProcess hub = scene.hub();
        scene.field().goOn();
        try (Gates.Closed claimed = scene.gates().close(LedgerStep.CLAIM_COMMITS)) {
            hub.tell("push " + TARGET);
            claimed.awaitHub(hub);
            try (Gates.Closed reading = scene.gates().closeTable(table)) {
                claimed.close();
                reading.awaitHub(hub);
                hub.kill();
            }
        }
        scene.gates().awaitSessionsGone(hub);

        takeBackAndRecover();
    }

    /** By the real clock, as it is for whoever waits for it. */
    @Test
    void what_a_killed_hub_held_of_the_target_s_limit_is_another_s_within_the_lease() throws Exception {
        HubProcess hub = scene.hub();
        scene.field().goOn();
        killAt(hub, RequestStep.CREATES_PEOPLE::is, Moment.LOST, 1);
        scene.field().takeBack();
        String slots = "SELECT count(*) FROM hub.slot WHERE leased_until > hub.now()";
        assertThat(TestDatabase.value(scene.store(), slots)).isIn("1", "2");
        String latest = "SELECT max(leased_until) - hub.now() <= interval '" + ProcessScene.LEASE.toMillis()
                + " ms' FROM hub.slot";
        assertThat(TestDatabase.value(scene.store(), latest)).isEqualTo("t");

        scene.takeOverFromStopped();
    }

    @Test
    void hubs_killed_one_after_the_other_while_they_read_back_what_the_first_one_sent() throws Exception {
        HubProcess first = scene.hub();
        scene.field().goOn();
        killAt(first, RequestStep.MOVES_A_PERSON::is, Moment.DONE_UNHEARD, 1);
        scene.leasesRunOut();
        killAt(scene.hub(), LedgerStep.LOST_WRITES_NOTED);
        scene.leasesRunOut();
        killAt(scene.hub(), RequestStep.LOOKS_UP_KEYS::is, Moment.LOST, 1);
        scene.field().takeBack();
        scene.leasesRunOut();
        killAt(scene.hub(), LedgerStep.SETTLE_WROTE_STATES);

        scene.recover();
    }

    @Test
    void hubs_killed_at_random_again_and_again_while_the_field_is_at_work() throws Exception {
        Random random = new Random(20_261_121);
        for (int kill = 1; kill <= RANDOM_KILLS; kill++) {
            HubProcess hub = scene.hub();
            Moment moment = Moment.values()[random.nextInt(Moment.values().length)];
            RequestGate gate = new RequestGate(any -> true, moment, 1 + random.nextInt(40));
            scene.registry().faults().add(gate);
            try (gate) {
                hub.tell("push " + TARGET);
                scene.field().goOn();
                gate.awaitHubOrItsEnd(hub);
                hub.kill();
            } finally {
                scene.registry().faults().remove(gate);
            }
            scene.gates().awaitSessionsGone(hub);
            if (random.nextBoolean()) {
                scene.field().takeBack();
            }
            if (kill % 4 == 0) {
                scene.recover();
            } else {
                scene.leasesRunOut();
            }
        }
    }

    @Test
    void hubs_killed_while_they_owe_a_new_target_what_is_there_already() throws Exception {
        try (ProcessScene attached = ProcessScene.attached(420, 4, 2)) {
            for (LedgerStep step : List.of(
                    LedgerStep.BACKFILL_OWED_A_PAGE, LedgerStep.BACKFILL_COMMITS, LedgerStep.BACKFILL_OWED_A_PAGE)) {
                HubProcess hub = attached.hub();
                try (Gates.Closed gate = attached.gates().close(step)) {
                    hub.tell("backfill " + TARGET);
                    gate.awaitHub(hub);
                    hub.kill();
                }
                attached.gates().awaitSessionsGone(hub);
            }
            assertThat(TestDatabase.value(attached.store(), "SELECT count(*) FROM hub.delivery"))
                    .as("the first page, whose commit nobody heard of")
                    .isEqualTo("2000");

            attached.recover();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CLAIM_COMMITS", "SETTLE_COUNTED", "SETTLE_COMMITS"})
    void the_whole_program_killed(LedgerStep step) throws Exception {
        scene.field().goOn();
        try (Gates.Closed gate = scene.gates().close(step)) {
            HubProcess hub = scene.realHub("push", TARGET);
            gate.awaitHub(hub);
            hub.kill();
            gate.close();
            scene.gates().awaitSessionsGone(hub);
        }

        takeBackAndRecover();
    }

    @Test
    void the_whole_program_killed_and_started_again_brings_it_to_its_end() throws Exception {
        scene.field().goOn();
        RequestGate gate = new RequestGate(RequestStep.CREATES_PEOPLE::is, Moment.DONE_UNHEARD, 1);
        scene.registry().faults().add(gate);
        HubProcess hub = scene.realHub("push", TARGET);
        try (gate) {
            gate.awaitHub(hub);
            hub.kill();
        } finally {
            scene.registry().faults().remove(gate);
        }
        scene.field().takeBack();

        // Not a moment later: it waits by itself until the leases of the dead one have run out.
        HubProcess again = scene.realHub("push", TARGET);

        assertThat(again.awaitExit()).as(again.said()).isEqualTo(ExitCode.OK);
        scene.assertComplete();
    }

    @Test
    void the_service_killed_and_started_again_goes_on_by_itself() throws Exception {
        RequestGate gate = new RequestGate(RequestStep.MOVES_A_PERSON::is, Moment.DONE_UNHEARD, 1);
        scene.registry().faults().add(gate);
        HubProcess hub = scene.realHub("run", "--server.port=0");
        scene.field().goOn();
        try (gate) {
            gate.awaitHub(hub);
            hub.kill();
        } finally {
            scene.registry().faults().remove(gate);
        }

        HubProcess again = scene.realHub("run", "--server.port=0");
        scene.field().takeBack();

        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(scene::assertComplete);
        again.kill();
        scene.gates().awaitSessionsGone(again);
    }

    @Test
    void the_whole_program_killed_in_its_migration_starts_as_if_nothing_had_been() throws Exception {
        try (ProcessScene fresh = ProcessScene.fresh(4, 2, 2)) {
            try (Gates.Closed gate = fresh.gates().closeCreationOf("hub.delivery")) {
                HubProcess hub = fresh.realHub("push", TARGET);
                gate.awaitHub(hub);
                hub.kill();
            }

            HubProcess again = fresh.realHub("push", TARGET);

            assertThat(again.awaitExit()).as(again.said()).isEqualTo(ExitCode.OK);
            assertThat(fresh.field().expected().differences(fresh.registry().registry()))
                    .isEmpty();
        }
    }

    @Test
    void the_runs_of_dead_hubs_are_closed() throws Exception {
        killAt(LedgerStep.SETTLE_COUNTED);
        takeBackAndRecover();

        scene.timePasses(31);
        scene.survivor().captures().housekeeping();

        assertThat(TestDatabase.rows(scene.store(), "SELECT id FROM hub.run WHERE status = 'running'"))
                .isEmpty();
        assertThat(TestDatabase.rows(
                        scene.store(),
                        "SELECT DISTINCT message FROM hub.run WHERE status = 'failed' AND message IS NOT NULL"))
                .containsExactly("The hub that ran it stopped before it could close it");
    }
}
