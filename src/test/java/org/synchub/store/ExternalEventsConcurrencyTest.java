package org.synchub.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.synchub.store.ExternalEventsTest.open;
import static org.synchub.store.ExternalEventsTest.person;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;
import org.synchub.demo.DevicePull;
import org.synchub.demo.SampleDevice;
import org.synchub.store.WriteResult.MovedOn;
import org.synchub.store.WriteResult.Written;
import org.synchub.testing.TestDatabase;

/** What a pull's transaction and the server's statements do to each other. */
class ExternalEventsConcurrencyTest {

    private static final String TENANT = "demo";
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    private final ExternalEvents events = new ExternalEvents(InstantSource.fixed(NOW), Duration.ofSeconds(20));
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private DataSource store;

    @BeforeEach
    void create() throws SQLException {
        store = TestDatabase.dataCollect();
    }

    @AfterEach
    void stop() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(30, SECONDS)).isTrue();
    }

    @Test
    void it_waits_for_a_device_s_event_that_is_not_yet_committed_and_gets_a_later_timestamp() throws Exception {
        Instant ahead = NOW.plus(Duration.ofHours(3));
        try (Connection server = open(store)) {
            TestDatabase.rows(
                    server,
                    "INSERT INTO public.events (guid, tenant_id, timestamp) VALUES ('e', 'demo', '" + ahead
                            + "') RETURNING guid");
            Future<List<WriteResult>> pull = threads.submit(() -> write(person("p1", 1, "Noy")));
            awaitWaiters(1);
            assertThat(pull).isNotDone();

            server.commit();

            assertThat(pull.get(30, SECONDS))
                    .extracting(r -> ((Written) r).timestamp())
                    .containsExactly(ahead.plusMillis(1));
        }
    }

    @Test
    void a_device_s_event_that_comes_in_meanwhile_waits_for_the_commit_and_readers_do_not() throws Exception {
        try (Connection pull = open(store)) {
            events.write(pull, TENANT, "openspp", List.of(person("p1", 1, "Noy")));
            Future<Boolean> device = threads.submit(() -> {
                TestDatabase.run(
                        store, "INSERT INTO public.events (guid, tenant_id, timestamp) VALUES ('e', 'demo', now())");
                return true;
            });
            awaitWaiters(1);

            assertThat(new DevicePull(store, TENANT, InstantSource.fixed(NOW)).pull())
                    .isEmpty();
            assertThat(device).isNotDone();
            pull.commit();

            assertThat(device.get(30, SECONDS)).isTrue();
        }
    }

    @Test
    void it_gives_up_after_the_lock_timeout_and_the_transaction_can_be_repeated() throws Exception {
        ExternalEvents impatient = new ExternalEvents(InstantSource.fixed(NOW), Duration.ofMillis(50));
        try (Connection server = open(store);
                Connection pull = open(store)) {
            TestDatabase.rows(
                    server, "INSERT INTO public.events (guid, tenant_id) VALUES ('e', 'demo') RETURNING guid");

            assertThatThrownBy(() -> impatient.write(pull, TENANT, "openspp", List.of(person("p1", 1, "Noy"))))
                    .isInstanceOfSatisfying(
                            PSQLException.class,
                            e -> assertThat(e.getSQLState()).isEqualTo("55P03"));
            pull.rollback();
            server.commit();

            assertThat(impatient.write(pull, TENANT, "openspp", List.of(person("p1", 1, "Noy"))))
                    .hasOnlyElementsOfType(Written.class);
        }
    }

    @Test
    void an_entity_that_the_server_creates_in_the_same_moment_is_not_overwritten() throws Exception {
        try (Connection server = open(store)) {
            TestDatabase.rows(
                    server,
                    "INSERT INTO public.entities (id, guid, tenant_id, modified) VALUES ('p1', 'p1', 'demo',"
                            + " '{\"name\": \"from a device\"}') RETURNING guid");
            Future<List<WriteResult>> pull =
                    threads.submit(() -> write(person("p1", 1, "from the target"), person("p2", 1, "b")));
            awaitWaiters(1);

            server.commit();

            List<WriteResult> results = pull.get(30, SECONDS);
            assertThat(results.get(0)).isInstanceOf(MovedOn.class);
            assertThat(results.get(1)).isInstanceOf(Written.class);
        }
        assertThat(TestDatabase.rows(store, "SELECT modified->>'name' FROM public.entities ORDER BY guid"))
                .containsExactly("from a device", "b");
        assertThat(TestDatabase.rows(store, "SELECT entity_guid FROM public.events"))
                .containsExactly("p2");
    }

    @Test
    void an_entity_that_the_server_saves_in_the_same_moment_counts_as_it_is_after_that() throws Exception {
        SampleDevice device = new SampleDevice(store, TENANT, InstantSource.fixed(NOW), 1);
        String guid = device.createPerson("h", "Noy", "Keomany");
        String read = TestDatabase.value(store, "SELECT xmin FROM public.entities");
        PulledChange change = person(guid, 2, "from the target");
        try (Connection server = open(store)) {
            TestDatabase.rows(server, "UPDATE public.entities SET last_updated = now() RETURNING guid");
            Future<List<WriteResult>> pull = threads.submit(() -> write(new PulledChange(
                    guid,
                    change.type(),
                    change.data(),
                    change.doc(),
                    change.eventGuid(),
                    change.userId(),
                    Expected.row(read))));
            awaitWaiters(1);

            server.commit();

            assertThat(pull.get(30, SECONDS)).hasOnlyElementsOfType(MovedOn.class);
        }
    }

    @Test
    void several_hubs_write_the_same_page_at_once_and_every_event_is_there_once() throws Exception {
        List<Callable<List<WriteResult>>> hubs = new ArrayList<>();
        for (int hub = 0; hub < 4; hub++) {
            hubs.add(() -> write(person("p1", 1, "a"), person("p2", 1, "b"), person("p3", 1, "c")));
        }
        int written = 0;
        for (Future<List<WriteResult>> hub : threads.invokeAll(hubs)) {
            written +=
                    (int) hub.get().stream().filter(Written.class::isInstance).count();
        }

        assertThat(written).isEqualTo(3);
        assertThat(TestDatabase.value(
                        store,
                        "SELECT (SELECT count(*) FROM public.events), (SELECT count(*) FROM public.entities),"
                                + " (SELECT count(*) FROM public.audit_log)"))
                .isEqualTo("3|3|3");
    }

    /** The race for which the lock is there: without it this fails within a fraction of a second. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void while_devices_write_with_any_timestamp_a_pulling_device_misses_no_pulled_change(boolean withIndex)
            throws Exception {
        if (withIndex) {
            NewestEvent.createIndex(store);
        }
        AtomicBoolean done = new AtomicBoolean();
        List<Future<?>> writers = new ArrayList<>();
        for (int number = 1; number <= 3; number++) {
            Random random = new Random(number);
            int device = number;
            writers.add(threads.submit(() -> {
                SampleDevice writer = new SampleDevice(store, TENANT, Clock.systemUTC(), device);
                while (!done.get()) {
                    // From a month ago up to some milliseconds ahead of the hub's clock.
                    long offset = random.nextBoolean() ? -random.nextInt(2_000_000_000) : random.nextInt(40);
                    writer.capturingAt(Instant.now().plusMillis(offset));
                    writer.submit(
                            "d" + random.nextInt(20),
                            "create-individual",
                            JsonNodeFactory.instance.objectNode().put("name", "x"));
                }
                return null;
            }));
        }
        DevicePull phone = new DevicePull(store, TENANT, Clock.systemUTC());
        Future<?> pulling = threads.submit(() -> {
            while (!done.get()) {
                phone.pull();
            }
            return null;
        });
        ExternalEvents hub = new ExternalEvents(Clock.systemUTC(), Duration.ofSeconds(20));
        List<String> written = new ArrayList<>();
        for (int page = 0; page < 60; page++) {
            List<PulledChange> changes = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                changes.add(person("p" + page + "-" + i, 1, "Noy"));
            }
            try (Connection connection = open(store)) {
                hub.write(connection, TENANT, "openspp", changes)
                        .forEach(r -> written.add(r.eventGuid().toString()));
                connection.commit();
            }
        }
        done.set(true);
        for (Future<?> writer : writers) {
            writer.get(60, SECONDS);
        }
        pulling.get(60, SECONDS);
        phone.pull();

        Map<String, Integer> times = new HashMap<>();
        List<String> order = new ArrayList<>();
        for (DevicePull.Received event : phone.received()) {
            if (event.level() == 2) {
                times.merge(event.guid(), 1, Integer::sum);
                order.add(event.guid());
            }
        }
        assertThat(times.keySet()).containsExactlyInAnyOrderElementsOf(written);
        assertThat(times.values()).containsOnly(1);
        assertThat(order).containsExactlyElementsOf(written);
    }

    private List<WriteResult> write(PulledChange... changes) throws SQLException {
        try (Connection connection = open(store)) {
            List<WriteResult> results = events.write(connection, TENANT, "openspp", List.of(changes));
            connection.commit();
            return results;
        }
    }

    private void awaitWaiters(int waiters) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> TestDatabase.value(
                                store,
                                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
                        .equals(String.valueOf(waiters)));
    }
}
