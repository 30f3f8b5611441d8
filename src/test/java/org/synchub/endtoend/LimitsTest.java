package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.synchub.cli.Console;
import org.synchub.demo.FieldData;
import org.synchub.demo.SampleDevice;
import org.synchub.simulator.collectpay.CollectPaySimulator;
import org.synchub.simulator.http.RequestLog;
import org.synchub.simulator.openspp.Fault;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.sync.Pushes;
import org.synchub.sync.StatusReport;
import org.synchub.sync.TargetRegistry;
import org.synchub.testing.ExpectedRegistry;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** Hubs on one database and targets with limits: what their servers see of them, by their own clocks. */
@TestMethodOrder(MethodOrderer.MethodName.class)
class LimitsTest {

    private static final String TARGET = "collectpay";

    /** Three hubs of two writers each may send it four batches at once. */
    private static final String NARROW = "narrow";

    private static final int AT_ONCE = 4;
    private static final int HOUSEHOLDS = 80;
    private static final int MEMBERS = 4;

    /** Below twenty a hub takes each turn as it needs it: it has none left over that could serve a later test. */
    private static final int A_SECOND = 19;

    private static final CollectPaySimulator server =
            new CollectPaySimulator(CollectPaySimulator.Options.defaults().clock(Clock.systemUTC()));
    private static final OpenSppSimulator narrow = OpenSppTarget.registry().start();
    private static DataSource store;
    private static SampleDevice device;
    private static List<TestHub> hubs;

    @BeforeAll
    static void start() throws SQLException, IOException {
        store = TestDatabase.dataCollect();
        String mapping = Files.readString(Path.of("mappings/examples/collectpay.yaml"))
                .replace(
                        "  type: http-json",
                        "  type: http-json\n  limits: {requestsPerSecond: " + A_SECOND + ", recordsPerSecond: 500}");
        hubs = List.of(hub(mapping), hub(mapping), hub(mapping));
        device = new SampleDevice(store, "t", Clock.systemUTC(), 1);
    }

    private static TestHub hub(String mapping) {
        return TestHub.on(store)
                .mapping(TARGET, mapping)
                .mapping(
                        NARROW,
                        OpenSppTarget.mapping(NARROW, NARROW, narrow)
                                .replace(
                                        "batchSize: 100",
                                        "batchSize: 5\n  writers: 2\n  limits: {concurrency: " + AT_ONCE + "}"))
                .set("COLLECTPAY_TENANT", "t")
                .set("COLLECTPAY_URL", server.url())
                .set("COLLECTPAY_EMAIL", CollectPaySimulator.EMAIL)
                .set("COLLECTPAY_PASSWORD", CollectPaySimulator.PASSWORD)
                // Shorter than a batch takes at this pace.
                .set("synchub.lease", "500ms")
                .start();
    }

    @AfterAll
    static void stop() {
        hubs.forEach(TestHub::close);
        server.close();
        narrow.close();
    }

    @BeforeEach
    void forget() {
        server.requests().clear();
    }

    /** The most requests that came within any second. */
    private static long mostInASecond() {
        List<Instant> came = server.requests().entries().stream()
                .map(RequestLog.Entry::at)
                .sorted()
                .toList();
        return came.stream()
                .mapToLong(begin -> came.stream()
                        .filter(at -> !at.isBefore(begin)
                                && Duration.between(begin, at).toMillis() < 1000)
                        .count())
                .max()
                .orElse(0);
    }

    private static CompletableFuture<Void> all(Runnable... work) {
        return CompletableFuture.allOf(
                List.of(work).stream().map(CompletableFuture::runAsync).toArray(CompletableFuture[]::new));
    }

    @Test
    void a_limit_holds_for_pushes_pulls_and_logins_of_all_hubs_together() throws SQLException {
        for (int i = 0; i < 40; i++) {
            device.createPerson(device.createHousehold("House " + i), "Ann", "No. " + i);
        }

        all(
                        () -> hubs.get(0).push(TARGET),
                        () -> hubs.get(1).push(TARGET),
                        () -> hubs.get(0).pull(TARGET),
                        () -> hubs.get(1).pull(TARGET))
                .join();

        assertThat(server.requests().entries()).hasSizeGreaterThan(80);
        assertThat(server.requests().entries(asked -> asked.path().contains("login")))
                .hasSizeGreaterThanOrEqualTo(2);
        assertThat(mostInASecond())
                .as("the limit, a turn of each hub, and what a busy machine holds up and lets go at once")
                .isBetween(A_SECOND / 2L, A_SECOND + 2 + 4L);
        assertThat(server.requests().repeats()).as("leases outlast the wait").isEmpty();
        assertThat(server.registrar().all("suppliers")).hasSize(80);
        assertThat(TestDatabase.value(store, "SELECT sum(unknown) FROM hub.run"))
                .isEqualTo("0");
    }

    @Test
    void what_waits_for_its_turn_is_given_back_when_the_hub_stops() throws SQLException {
        // So that it has met its target and asks nothing before it claims.
        hubs.get(0).push(TARGET);
        server.requests().clear();
        String guid = device.createHousehold("Late House");
        TestDatabase.run(
                store, "UPDATE hub.allowance SET taken_until = hub.now() + interval '1 hour' WHERE unit = 'request'");
        Pushes pushes = hubs.get(0).bean(Pushes.class);
        CompletableFuture<Void> push = all(() -> hubs.get(0).push(TARGET));
        await().until(() -> "in_flight".equals(state(guid)));

        pushes.stopAll();

        assertThat(push).succeedsWithin(Duration.ofSeconds(5));
        assertThat(state(guid)).isEqualTo("pending");
        assertThat(TestDatabase.value(store, "SELECT attempts FROM hub.delivery WHERE guid = '" + guid + "'"))
                .isEqualTo("0");
        assertThat(hubs.get(0).status(TARGET).condition()).isEqualTo("running");
        assertThat(server.requests().entries()).isEmpty();

        TestDatabase.run(store, "UPDATE hub.allowance SET taken_until = hub.now()");
        hubs.get(1).push(TARGET);
        assertThat(state(guid)).isEqualTo("delivered");
    }

    private static String state(String guid) throws SQLException {
        return TestDatabase.value(store, "SELECT state FROM hub.delivery WHERE guid = '" + guid + "'");
    }

    @Test
    void as_many_batches_as_allowed_are_with_the_target_at_once_from_all_hubs_together() throws SQLException {
        hubs.forEach(hub -> hub.bean(TargetRegistry.class).get(NARROW).prepare());
        narrow.requests().clear();
        narrow.faults().add(call -> List.of(Fault.delay(Duration.ofMillis(60))));
        FieldData.bulk(store, NARROW, HOUSEHOLDS, MEMBERS, 2);

        all(hubs.stream().<Runnable>map(hub -> () -> hub.push(NARROW)).toArray(Runnable[]::new))
                .join();

        assertThat(narrow.requests().mostAtOnce()).isEqualTo(AT_ONCE);
        assertThat(ExpectedRegistry.of(store, NARROW).differences(narrow.registry()))
                .as("what is missing, doubled or wrong")
                .isEmpty();
        assertThat(deliveries("state <> 'delivered'")).isEqualTo("0");
        assertThat(deliveries("attempts > 0 OR uncertain_since IS NOT NULL")).isEqualTo("0");
        assertThat(TestDatabase.value(
                        store,
                        "SELECT count(*) FROM hub.run WHERE target = 'narrow' AND status = 'success' AND created > 0"))
                .as("hubs that had a part in it, although two could have kept all of it to themselves")
                .isEqualTo("3");
        assertThat(TestDatabase.value(store, "SELECT count(*) FROM hub.slot WHERE token IS NOT NULL"))
                .isEqualTo("0");
    }

    private static String deliveries(String which) throws SQLException {
        return TestDatabase.value(
                store, "SELECT count(*) FROM hub.delivery WHERE target = '" + NARROW + "' AND (" + which + ")");
    }

    @Test
    void the_status_tells_the_limits() {
        StatusReport.TargetStatus status = hubs.get(0).status(NARROW);
        assertThat(status.capacity().concurrency()).isEqualTo(AT_ONCE);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        new Console(new PrintStream(said, true, StandardCharsets.UTF_8)).target(status);
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("Batches of up to 5, 2 writers, at most 4 at once from all hubs together");
        assertThat(hubs.get(0).status(TARGET).capacity().requestsPerSecond()).isEqualByComparingTo("19");
        assertThat(hubs.get(0).status(TARGET).capacity().recordsPerSecond()).isEqualByComparingTo("500");
    }
}
