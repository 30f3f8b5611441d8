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
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.demo.FieldData;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.store.Capture;
import org.synchub.sync.StatusReport.TargetStatus;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/**
 * A store and a registry in this JVM, hubs in processes of their own, and one more hub in this JVM that survives whatever
 * is done to the others. The hub's schema has gates, the field has work.
 */
final class ProcessScene implements AutoCloseable {

    static final String TARGET = "registry";

    /** Prolonged by a hub that lives, also on a busy machine; not so long that a test could not wait for its end. */
    static final Duration LEASE = Duration.ofSeconds(3);

    /** Batches at the registry at once, from all hubs. */
    static final int SLOTS = 2;

    /** Hubs that start while the one before them is at work. */
    private static final int STARTED_AHEAD = 2;

    private final DataSource store;
    private final OpenSppSimulator registry;
    private final Path mappings;
    private final Gates gates;
    private final @Nullable QuickHub survivor;
    private final FieldWork field;
    private final Deque<HubProcess> ahead = new ArrayDeque<>();
    private final List<HubProcess> started = new ArrayList<>();
    private int minutes;

    /** How far a hub has come with the database before the test begins. */
    private enum Stage {
        FRESH,
        ATTACHED,
        DELIVERED
    }

    private ProcessScene(int households, int members, int writers, Stage stage) throws SQLException, IOException {
        store = TestDatabase.dataCollect();
        FieldData.bulk(store, TARGET, households, members, 7);
        registry = OpenSppTarget.registry().start();
        mappings = Files.createTempDirectory("mappings");
        Files.writeString(
                mappings.resolve(TARGET + ".yaml"),
                OpenSppTarget.mapping(TARGET, TARGET, registry)
                        .replace(
                                "batchSize: 100",
                                "batchSize: " + batchSize(stage) + "\n  writers: " + writers
                                        + "\n  limits: {concurrency: " + SLOTS + "}")
                        .replace("longestWrite: 1s", "longestWrite: 200ms"));
        if (stage == Stage.FRESH) {
            survivor = null;
            gates = Gates.atCreations(store);
        } else {
            TestStore.migrate(store);
            capture().install();
            survivor = new QuickHub(url(), mappings, LEASE);
            if (stage == Stage.DELIVERED) {
                survivor.push(TARGET);
            }
            gates = Gates.atSteps(store);
        }
        field = new FieldWork(store, TARGET, 1);
    }

    /** Small, so that a round of field work takes several requests; what is there from the start is a lot. */
    private static int batchSize(Stage stage) {
        return stage == Stage.ATTACHED ? 100 : 5;
    }

    /** No hub has ever been here; nobody survives. */
    static ProcessScene fresh(int households, int members, int writers) throws SQLException, IOException {
        return new ProcessScene(households, members, writers, Stage.FRESH);
    }

    /** The target is known to the ledger, and nothing is owed to it yet. */
    static ProcessScene attached(int households, int members, int writers) throws SQLException, IOException {
        return new ProcessScene(households, members, writers, Stage.ATTACHED);
    }

    /** Everything that is there has been delivered. */
    static ProcessScene delivered(int households, int members, int writers) throws SQLException, IOException {
        return new ProcessScene(households, members, writers, Stage.DELIVERED);
    }

    DataSource store() {
        return store;
    }

    OpenSppSimulator registry() {
        return registry;
    }

    Gates gates() {
        return gates;
    }

    FieldWork field() {
        return field;
    }

    /** The hub in this JVM. */
    QuickHub survivor() {
        return Objects.requireNonNull(survivor, "no hub in this JVM");
    }

    Capture capture() {
        return new Capture(JdbcClient.create(store), new TransactionTemplate(new DataSourceTransactionManager(store)));
    }

    private String url() {
        return String.valueOf(((PGSimpleDataSource) store).getUrl());
    }

    /** A hub in a process of its own that has not been told anything yet; others are started for the next calls. */
    HubProcess hub() throws IOException {
        while (ahead.size() <= STARTED_AHEAD) {
            HubProcess next = HubProcess.quick(url(), mappings, LEASE);
            ahead.add(next);
            started.add(next);
        }
        HubProcess next = ahead.remove();
        next.awaitReady();
        return next;
    }

    /** The hub as its users start it, at work on a command. */
    HubProcess realHub(String... command) throws IOException {
        HubProcess hub = HubProcess.real(url(), mappings, LEASE, command);
        started.add(hub);
        return hub;
    }

    /** Every record is delivered, and the registry holds exactly what the store says. */
    void assertComplete() throws SQLException {
        assertThat(field.expected().differences(registry.registry())).isEmpty();
        TargetStatus status = survivor().status(TARGET);
        assertThat(status.attention()).isEmpty();
        assertThat(status.owed()).isZero();
        assertNone("changes that are not drained", "SELECT * FROM hub.change");
        assertNone(
                "deliveries that are not delivered",
                "SELECT guid, state, uncertain_since FROM hub.delivery"
                        + " WHERE (state <> 'delivered' AND reason_code IS DISTINCT FROM 'no-kind')"
                        + " OR uncertain_since IS NOT NULL");
        assertNone("what may have left and was never settled", "SELECT guid, token FROM hub.sent");
        assertNone("slots that nobody gave back", "SELECT n FROM hub.slot WHERE leased_until > hub.now()");
        assertNone(
                "records without a link, links without a record",
                "SELECT coalesce(e.guid, l.guid) FROM"
                        + " (SELECT guid FROM public.entities WHERE modified->'data' ? 'entityName') e"
                        + " FULL JOIN (SELECT guid FROM hub.link WHERE deleted_at IS NULL) l ON l.guid = e.guid"
                        + " WHERE e.guid IS NULL OR l.guid IS NULL");
        assertNone(
                "counts that are wrong",
                "SELECT kind, state, n FROM hub.delivery_counts"
                        + " EXCEPT SELECT kind, state, count(*) FROM hub.delivery GROUP BY 1, 2");
        assertThat(registry.requests().mostWritesAtOnce())
                .as("writes of one household never run at the same time")
                .isLessThanOrEqualTo(1);
    }

    private void assertNone(String what, String sql) throws SQLException {
        assertThat(TestDatabase.rows(store, sql)).as(what).isEmpty();
    }

    /** The leases of a dead hub run out, and somebody else pushes until nothing is owed. */
    void recover() throws SQLException {
        // On a busy machine the registry may work on a dead hub's last request for longer than longestWrite says.
        await().until(() -> registry.requests().underWay() == 0);
        leasesRunOut();
        pushUntilNothingIsOwed();
        assertComplete();
    }

    void pushUntilNothingIsOwed() {
        await().atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> {
                    survivor().push(TARGET);
                    assertThat(survivor().status(TARGET).owed()).isZero();
                });
    }

    /** Waits until a stopped hub's leases have run out by every clock, its own as well, and then pushes as it comes. */
    void takeOverFromStopped() throws SQLException {
        await().atMost(LEASE.plusSeconds(10))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertNone(
                        "leases",
                        "SELECT lane FROM hub.lane WHERE token IS NOT NULL AND leased_until > hub.now()"
                                + " UNION ALL SELECT 'slot ' || n FROM hub.slot WHERE leased_until > hub.now()"));
        pushUntilNothingIsOwed();
        assertComplete();
    }

    /** As far as the database's clock goes, which leases go by. */
    void leasesRunOut() throws SQLException {
        timePasses(1);
    }

    void timePasses(int more) throws SQLException {
        minutes += more;
        TestHub.clock(store, minutes + " minutes");
    }

    @Override
    public void close() {
        started.forEach(HubProcess::close);
        if (survivor != null) {
            survivor.close();
        }
        registry.close();
    }
}
