package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.synchub.endtoend.ProcessScene.TARGET;

import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synchub.cli.ExitCode;
import org.synchub.endtoend.RequestGate.Moment;
import org.synchub.testing.DeviceWrite;

/**
 * A hub's process is stopped with SIGSTOP inside a transaction and holds whatever it holds there. DataCollect does not
 * notice: what it writes is written at once. When the hub goes on, everything ends right, also where another hub has
 * taken over meanwhile.
 */
class StoppedHubTest {

    /** What DataCollect may notice of a stopped hub, in milliseconds. */
    private static final long UNNOTICED = 250;

    /** A busy machine makes one write slow, a lock all of them. */
    private static final int TRIES = 5;

    private static ProcessScene scene;

    @BeforeAll
    static void start() throws Exception {
        // One writer: what a second one is just about to send when its process is stopped cannot be called back.
        scene = ProcessScene.delivered(12, 3, 1);
    }

    @AfterAll
    static void end() {
        scene.close();
    }

    /** Stops the hub with its transaction open: the statement that it waited for is done, and it does not hear of it. */
    private static void stopInside(ProcessScene at, HubProcess hub, LedgerStep step) throws Exception {
        try (Gates.Closed gate = at.gates().close(step)) {
            hub.tell(step.command().equals("sweep") ? "sweep" : step.command() + " " + TARGET);
            gate.awaitHub(hub);
            hub.stop();
        }
        at.gates().awaitIdleInTransaction(hub);
    }

    /** New records, and a change of one that the hub may have in hand just now. */
    private static void assertWritesReturn(DataSource store, String inHand) throws SQLException {
        DeviceWrite write = new DeviceWrite(store, TARGET);
        assertThat(write.bestOf(TRIES)).as("ms for a new record").isLessThan(UNNOTICED);
        long best = Long.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            best = Math.min(best, write.change(inHand));
        }
        assertThat(best).as("ms for a change").isLessThan(UNNOTICED);
    }

    private static void stopWriteGoOn(LedgerStep step) throws Exception {
        HubProcess hub = scene.hub();
        scene.field().goOn();
        stopInside(scene, hub, step);

        assertWritesReturn(scene.store(), scene.field().somebodyChangedForNow());

        scene.field().takeBack();
        hub.goOn();
        hub.awaitDone();
        hub.kill();
        scene.recover();
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "DRAIN_TOOK_CHANGES",
                "DRAIN_NOTED_VERSIONS",
                "DRAIN_OWED",
                "CLAIM_LEASED_LANES",
                "CLAIM_TOOK_DELIVERIES",
                "SETTLE_WROTE_LINKS",
                "SETTLE_WROTE_STATES",
                "SETTLE_COUNTED",
                "SWEEP_WRITTEN"
            })
    void writes_return_at_once_where_triggers_capture_them(LedgerStep step) throws Exception {
        stopWriteGoOn(step);
    }

    @ParameterizedTest
    @EnumSource(names = {"SWEEP_WRITTEN", "DRAIN_TOOK_CHANGES", "CLAIM_TOOK_DELIVERIES", "SETTLE_WROTE_STATES"})
    void writes_return_at_once_where_the_sweep_finds_them(LedgerStep step) throws Exception {
        scene.capture().remove();
        try {
            stopWriteGoOn(step);
        } finally {
            scene.capture().install();
        }
    }

    @Test
    void writes_return_at_once_while_a_hub_is_stopped_owing_a_new_target_what_is_there() throws Exception {
        try (ProcessScene attached = ProcessScene.attached(12, 3, 1)) {
            HubProcess hub = attached.hub();
            String somebody = attached.field().expected().people().iterator().next();
            stopInside(attached, hub, LedgerStep.BACKFILL_OWED_A_PAGE);

            assertWritesReturn(attached.store(), somebody);

            hub.goOn();
            hub.awaitDone();
            attached.pushUntilNothingIsOwed();
            attached.assertComplete();
        }
    }

    /** By what is created last: in the first migration, in the second, and in one that alters what is there. */
    @ParameterizedTest
    @ValueSource(strings = {"hub.delivery", "hub.qrtz_locks", "hub.sent"})
    void writes_return_at_once_while_a_hub_is_stopped_in_its_migration(String table) throws Exception {
        try (ProcessScene fresh = ProcessScene.fresh(4, 2, 1)) {
            String somebody = fresh.field().expected().people().iterator().next();
            HubProcess hub;
            try (Gates.Closed gate = fresh.gates().closeCreationOf(table)) {
                hub = fresh.realHub("push", TARGET);
                gate.awaitHub(hub);
                hub.stop();
            }
            fresh.gates().awaitIdleInTransaction(hub);

            assertWritesReturn(fresh.store(), somebody);

            hub.goOn();
            assertThat(hub.awaitExit()).as(hub.said()).isEqualTo(ExitCode.OK);
            assertThat(fresh.field().expected().differences(fresh.registry().registry()))
                    .isEmpty();
        }
    }

    @Test
    void writes_return_at_once_while_a_hub_is_stopped_installing_its_triggers() throws Exception {
        scene.capture().remove();
        HubProcess hub;
        try (Gates.Closed gate = scene.gates().closeCreationOf("synchub_capture on public.entities")) {
            hub = scene.realHub("capture", "install");
            gate.awaitHub(hub);
            hub.stop();
        }
        scene.field().goOn();

        assertWritesReturn(scene.store(), scene.field().somebodyChangedForNow());

        hub.goOn();
        assertThat(hub.awaitExit()).as(hub.said()).isEqualTo(ExitCode.OK);
        assertThat(scene.capture().installed()).isTrue();
        scene.field().takeBack();
        scene.survivor().captures().sweep();
        scene.recover();
    }

    @Test
    void a_hub_stopped_inside_a_transaction_for_long_loses_it_and_another_goes_on() throws Exception {
        scene.field().goOn();
        HubProcess hub;
        try (Gates.Closed gate = scene.gates().close(LedgerStep.DRAIN_TOOK_CHANGES)) {
            hub = scene.realHub(
                    "push",
                    TARGET,
                    "--spring.datasource.hikari.connection-init-sql="
                            + "SET idle_in_transaction_session_timeout = '1s'; SET application_name = 'sync-hub'");
            gate.awaitHub(hub);
            hub.stop();
        }

        // Nobody else can drain until the server has given up on it.
        scene.recover();

        hub.goOn();
        assertThat(hub.awaitExit()).as(hub.said()).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(hub.said()).contains("Nothing is lost; start the hub again");
        scene.field().takeBack();
        scene.recover();
    }

    /**
     * The registry has done what the hub asked, but when the hub hears of it somebody else has read back, settled, and
     * sent what is newer.
     */
    @ParameterizedTest
    @EnumSource(names = {"CREATES_PEOPLE", "UPDATES_PEOPLE", "MOVES_A_PERSON", "ARCHIVES_THE_DELETED"})
    void a_hub_does_not_settle_what_another_has_taken_over(RequestStep step) throws Exception {
        HubProcess hub = stopAtTheAnswerTo(step);
        scene.field().takeBack();
        scene.takeOverFromStopped();

        hub.goOn();
        hub.awaitDone();

        assertThat(hub.said()).contains("were taken over by another hub; they will be read back");
        scene.recover();
    }

    /** It has looked what the registry holds, and would write by that what is old by now. */
    @Test
    void a_hub_whose_lease_ran_out_sends_nothing_more_of_its_batch() throws Exception {
        HubProcess hub = stopAtTheAnswerTo(RequestStep.LOOKS_UP_PARTNERS);
        scene.field().takeBack();
        scene.takeOverFromStopped();
        scene.registry().requests().clear();

        hub.goOn();
        hub.awaitDone();

        assertThat(hub.said())
                .contains("the rest of it is not sent", "were taken over by another hub; they will be read back");
        assertThat(scene.registry().requests().count("res.partner", "create")).isZero();
        assertThat(scene.registry().requests().count("res.partner", "write")).isZero();
        scene.recover();
    }

    private static HubProcess stopAtTheAnswerTo(RequestStep step) throws Exception {
        HubProcess hub = scene.hub();
        scene.field().goOn();
        RequestGate gate = new RequestGate(step::is, Moment.DONE_UNHEARD, 1);
        scene.registry().faults().add(gate);
        try (gate) {
            hub.tell("push " + TARGET);
            gate.awaitHub(hub);
            scene.gates().stopOutsideOfTransactions(hub);
        }
        scene.registry().faults().remove(gate);
        return hub;
    }

    /** The stopped hub holds its rows; whoever else pushes does not wait for them. */
    @ParameterizedTest
    @EnumSource(names = {"CLAIM_TOOK_DELIVERIES", "SETTLE_WROTE_STATES"})
    void another_hub_does_not_wait_for_a_stopped_one(LedgerStep step) throws Exception {
        HubProcess hub = scene.hub();
        scene.field().goOn();
        stopInside(scene, hub, step);
        scene.leasesRunOut();

        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> scene.survivor().push(TARGET));

        hub.goOn();
        hub.awaitDone();
        scene.field().takeBack();
        scene.recover();
    }
}
