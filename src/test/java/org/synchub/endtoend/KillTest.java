package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.demo.FieldData;
import org.synchub.endtoend.RequestGate.Moment;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.store.Capture;
import org.synchub.sync.StatusReport.TargetStatus;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/**
 * A hub's process is killed with SIGKILL at every step of a push, while the field goes on working. Whoever pushes next
 * brings the registry to what the store says: each record once, with its newest content, in its household.
 */
class KillTest {

    private static final String TARGET = "registry";
    private static final int HOUSEHOLDS = 20;
    private static final int MEMBERS = 3;
    private static final Duration LEASE = Duration.ofSeconds(3);

    /** Hubs that are started while the one before them is being killed. */
    private static final int READY_IN_TIME = 2;

    private static final Deque<HubProcess> standby = new ArrayDeque<>();
    private static DataSource store;
    private static OpenSppSimulator registry;
    private static Path mappings;
    private static Gates gates;
    private static QuickHub survivor;
    private static FieldWork field;
    private static int minutes;

    @BeforeAll
    static void start() throws Exception {
        store = TestDatabase.dataCollect();
        FieldData.bulk(store, TARGET, HOUSEHOLDS, MEMBERS, 7);
        registry = OpenSppTarget.registry().start();
        mappings = Files.createTempDirectory("mappings");
        Files.writeString(
                mappings.resolve(TARGET + ".yaml"),
                OpenSppTarget.mapping(TARGET, TARGET, registry)
                        .replace("batchSize: 100", "batchSize: 5")
                        .replace("longestWrite: 1s", "longestWrite: 200ms"));
        TestStore.migrate(store);
        new Capture(JdbcClient.create(store), new TransactionTemplate(new DataSourceTransactionManager(store)))
                .install();
        survivor = new QuickHub(url(), mappings, LEASE);
        survivor.push(TARGET);
        gates = Gates.install(store);
        field = new FieldWork(store, TARGET, 1);
        assertComplete();
    }

    @AfterAll
    static void end() {
        standby.forEach(HubProcess::close);
        survivor.close();
        registry.close();
    }

    private static String url() {
        return String.valueOf(((PGSimpleDataSource) store).getUrl());
    }

    /** A hub that has not been told anything yet. */
    private static HubProcess hub() throws IOException {
        while (standby.size() <= READY_IN_TIME) {
            standby.add(HubProcess.quick(url(), mappings, LEASE));
        }
        HubProcess next = standby.remove();
        next.awaitReady();
        return next;
    }

    /** Every record is delivered, and the registry holds exactly what the store says. */
    private static void assertComplete() throws SQLException {
        assertThat(field.expected().differences(registry.registry())).isEmpty();
        TargetStatus status = survivor.status(TARGET);
        assertThat(status.attention()).isEmpty();
        assertThat(status.owed()).isZero();
        assertThat(TestDatabase.rows(
                        store,
                        "SELECT guid, state, uncertain_since FROM hub.delivery"
                                + " WHERE state <> 'delivered' OR uncertain_since IS NOT NULL"))
                .as("deliveries that are not delivered")
                .isEmpty();
        assertThat(TestDatabase.rows(
                        store,
                        "SELECT coalesce(e.guid, l.guid) FROM public.entities e"
                                + " FULL JOIN (SELECT * FROM hub.link WHERE deleted_at IS NULL) l ON l.guid = e.guid"
                                + " WHERE e.guid IS NULL OR l.guid IS NULL"))
                .as("entities without a link, links without an entity")
                .isEmpty();
        assertThat(TestDatabase.rows(
                        store,
                        "SELECT kind, state, n FROM hub.delivery_counts EXCEPT"
                                + " SELECT kind, state, count(*) FROM hub.delivery GROUP BY 1, 2"))
                .as("counts that are wrong")
                .isEmpty();
        assertThat(registry.requests().mostWritesAtOnce())
                .as("writes of one household never run at the same time")
                .isLessThanOrEqualTo(1);
    }

    /** The dead hub's leases run out, and somebody else pushes. */
    private static void recover() throws SQLException {
        leasesRunOut();
        await().atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> {
                    survivor.push(TARGET);
                    assertThat(survivor.status(TARGET).owed()).isZero();
                });
        assertComplete();
    }

    private static void leasesRunOut() throws SQLException {
        minutes++;
        TestHub.clock(store, minutes + " minutes");
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"LOST_WRITES_NOTED", "BACKFILL_OWED_A_PAGE", "BACKFILL_COMMITS"})
    void a_hub_killed_in_the_database(LedgerStep step) throws Exception {
        HubProcess hub = hub();
        field.goOn();
        try (Gates.Closed gate = gates.close(step)) {
            hub.tell(step.command().equals("push") ? "push " + TARGET : step.command());
            gate.awaitHub(hub);
            hub.kill();
        }
        gates.awaitSessionsGone(hub);
        field.takeBack();

        recover();
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
        killAt(step, moment, 1);
        field.takeBack();

        recover();
    }

    private static void killAt(RequestStep step, Moment moment, int nth) throws Exception {
        HubProcess hub = hub();
        field.goOn();
        RequestGate gate = new RequestGate(step, moment, nth);
        registry.faults().add(gate);
        try (gate) {
            hub.tell("push " + TARGET);
            gate.awaitHub(hub);
            hub.kill();
        }
        registry.faults().remove(gate);
        gates.awaitSessionsGone(hub);
    }
}
