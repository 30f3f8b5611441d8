package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.synchub.simulator.healthrecord.HealthRecordSimulator;
import org.synchub.simulator.http.Fault;
import org.synchub.simulator.http.Request;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/** A real process is killed while the health record server has one of the two requests that a write takes. */
class HealthRecordCrashTest {

    private static final String TARGET = "health-record";
    private static final String PERSON = "person-1";
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Predicate<Request> QUEUE = Request.to("POST", "/api/v1/sync/queue");

    private static boolean isProcess(Request request) {
        return request.path().startsWith("/api/v1/sync/process/");
    }

    @TempDir
    private Path mappings;

    private final HealthRecordSimulator server = new HealthRecordSimulator();
    private DataSource store;

    @BeforeEach
    void start() throws SQLException, IOException {
        store = TestDatabase.dataCollect();
        TestStore.migrate(store);
        try (HikariDataSource pool = TestStore.pool(store)) {
            new TestStore(pool, "t")
                    .put(
                            PERSON,
                            JsonNodeFactory.instance
                                    .objectNode()
                                    .put("entityName", "individual")
                                    .put("first_name", "Ann")
                                    .put("last_name", "Home")
                                    .put("gender", "female")
                                    .put("phone_number", "9876543210"))
                    .event(PERSON, 1);
        }
        Files.writeString(
                mappings.resolve(TARGET + ".yaml"),
                Files.readString(Path.of("mappings/examples/" + TARGET + ".yaml"))
                        .replace("${HEALTH_RECORD_TENANT:demo}", "t")
                        .replace("${HEALTH_RECORD_URL:http://127.0.0.1:3000}", server.url())
                        .replace("${HEALTH_RECORD_EMAIL}", HealthRecordSimulator.EMAIL)
                        .replace("${HEALTH_RECORD_PASSWORD}", HealthRecordSimulator.PASSWORD));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HubProcess hub() throws IOException {
        HubProcess hub = HubProcess.quick(String.valueOf(((PGSimpleDataSource) store).getUrl()), mappings, LEASE);
        hub.awaitReady();
        return hub;
    }

    /** Kills a hub as soon as the server has met this fault, then lets another one go on where nothing is known. */
    private void killedAt(Predicate<Request> request, boolean applied) throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch dead = new CountDownLatch(1);
        Runnable wait = () -> {
            reached.countDown();
            try {
                assertThat(dead.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        if (applied) {
            server.faults().next(1, request, Fault.after(wait));
        } else {
            server.faults().next(1, request, Fault.before(wait), Fault.cut(Fault.Cut.BEFORE_APPLYING));
        }
        try (HubProcess hub = hub()) {
            hub.tell("push " + TARGET);
            assertThat(reached.await(60, TimeUnit.SECONDS)).as(hub.said()).isTrue();
            hub.kill();
            dead.countDown();
        }
        TestHub.clock(store, "10 minutes");
        try (HubProcess another = hub()) {
            another.tell("push " + TARGET);
            another.awaitDone();
        }
    }

    private void assertOnePatientOfOneItem() throws SQLException {
        assertThat(server.registrar().count("patients")).isEqualTo(1);
        assertThat(server.registrar().queue())
                .singleElement()
                .satisfies(item -> assertThat(item.path("status").asText()).isEqualTo("SYNCED"));
        assertThat(TestDatabase.rows(store, "SELECT state FROM hub.delivery")).containsExactly("delivered");
        assertThat(TestDatabase.rows(store, "SELECT external_id FROM hub.link"))
                .containsExactly(server.registrar()
                        .patient(PERSON)
                        .orElseThrow()
                        .path("id")
                        .asText());
    }

    @Test
    void a_hub_killed_before_the_answer_of_queue_finishes_the_item_that_it_queued() throws Exception {
        killedAt(QUEUE, true);

        assertOnePatientOfOneItem();
    }

    @Test
    void a_hub_killed_between_queue_and_process_finishes_the_same_item() throws Exception {
        killedAt(HealthRecordCrashTest::isProcess, false);

        assertOnePatientOfOneItem();
    }

    @Test
    void a_hub_killed_before_the_answer_of_process_makes_no_second_patient() throws Exception {
        killedAt(HealthRecordCrashTest::isProcess, true);

        assertOnePatientOfOneItem();
    }
}
