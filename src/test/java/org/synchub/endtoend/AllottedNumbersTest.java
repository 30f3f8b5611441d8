package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.demo.SampleDevice;
import org.synchub.ledger.State;
import org.synchub.simulator.http.Fault;
import org.synchub.simulator.http.Request;
import org.synchub.simulator.http.RequestLog;
import org.synchub.simulator.openspp.TestClock;
import org.synchub.simulator.synchronization.Choices;
import org.synchub.simulator.synchronization.SynchronizationSimulator;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/**
 * A target that knows records by numbers which the hub gives them, and operations by their time: both are in the ledger
 * before anything leaves, and outlive the hub.
 */
class AllottedNumbersTest {

    private static final String TARGET = "synchronization-system";
    private static final Predicate<Request> UPLOADS = Request.to("POST", "/api/sync/upload");
    private static final int PEOPLE = 5;

    private final TestClock clock = new TestClock(Clock.systemUTC().instant().toString());
    private final SynchronizationSimulator server =
            new SynchronizationSimulator(Choices.defaults().clock(clock));
    private DataSource store;
    private TestHub hub;
    private SampleDevice device;
    private String person;

    @BeforeEach
    void start() throws SQLException {
        store = TestDatabase.dataCollect();
        hub = startHub();
        device = new SampleDevice(store, "t", Clock.systemUTC(), 1);
        String household = device.createHousehold("House of Ann");
        for (int i = 0; i < PEOPLE; i++) {
            person = device.createPerson(household, "Ann " + i, "Home");
        }
    }

    private TestHub startHub() {
        try {
            return TestHub.on(store)
                    .mapping(TARGET, Files.readString(Path.of("mappings/examples/" + TARGET + ".yaml")))
                    .set("SYNCHRONIZATION_SYSTEM_TENANT", "t")
                    .set("SYNCHRONIZATION_SYSTEM_URL", server.url())
                    .set("SYNCHRONIZATION_SYSTEM_USERNAME", SynchronizationSimulator.USER)
                    .set("SYNCHRONIZATION_SYSTEM_PASSWORD", SynchronizationSimulator.PASSWORD)
                    .start();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @AfterEach
    void stop() {
        hub.close();
        server.close();
    }

    private void anotherHubMuchLater() throws SQLException {
        hub.close();
        TestHub.clock(store, "10 minutes");
        clock.tick(Duration.ofMinutes(10));
        hub = startHub();
    }

    /** Operation, number and time of every item that was uploaded, by its guid. */
    private Map<String, List<String>> uploaded() {
        Map<String, List<String>> uploaded = new TreeMap<>();
        for (RequestLog.Entry entry : server.requests().entries(e -> e.path().equals("/api/sync/upload"))) {
            for (JsonNode item : entry.body()) {
                uploaded.computeIfAbsent(item.at("/data/guid").asText(), guid -> new java.util.ArrayList<>())
                        .add(item.path("operation").asText() + " "
                                + item.path("object_id").asText() + " "
                                + item.path("timestamp").asText());
            }
        }
        return uploaded;
    }

    @Test
    void after_a_lost_answer_another_hub_repeats_the_same_operations_with_the_same_numbers_and_times()
            throws SQLException {
        server.faults().next(1, UPLOADS, Fault.cut(Fault.Cut.BEFORE_ANSWER));
        server.faults().next(1, UPLOADS, Fault.cut(Fault.Cut.BEFORE_APPLYING));
        hub.push(TARGET);
        hub.push(TARGET);
        Map<String, List<String>> lost = uploaded();

        anotherHubMuchLater();
        hub.push(TARGET);

        assertThat(lost).isNotEmpty();
        lost.forEach((guid, operations) -> assertThat(Set.copyOf(uploaded().get(guid)))
                .as("an operation is repeated, not made anew")
                .isEqualTo(Set.copyOf(operations)));
        assertThat(hub.status(TARGET).in(State.DELIVERED)).isEqualTo(PEOPLE + 1);
        assertThat(server.registrar().everMade("Individual")).isEqualTo(PEOPLE);
        assertThat(server.registrar().everMade("Household")).isEqualTo(1);
        Set<String> numbers = new HashSet<>(TestDatabase.rows(store, "SELECT number FROM hub.number"));
        assertThat(numbers).hasSize(PEOPLE + 1);
    }

    @Test
    void a_write_that_says_something_else_is_a_new_operation() throws SQLException {
        hub.push(TARGET);
        clock.tick(Duration.ofSeconds(30));
        server.faults().next(1, UPLOADS, Fault.cut(Fault.Cut.BEFORE_ANSWER));
        device.update(person, "phone_number", "1");
        hub.push(TARGET);
        device.update(person, "phone_number", "2");
        TestHub.clock(store, "10 minutes");
        clock.tick(Duration.ofMinutes(10));
        hub.push(TARGET);

        assertThat(new HashSet<>(uploaded().get(person))).hasSizeGreaterThanOrEqualTo(3);
        assertThat(server.registrar().all("Individual"))
                .filteredOn(record -> record.path("guid").asText().equals(person))
                .singleElement()
                .satisfies(record -> assertThat(record.path("phone").asText()).isEqualTo("2"));
    }

    @Test
    void when_nothing_is_new_there_the_server_says_304() {
        hub.push(TARGET);
        for (int i = 0; i < 5; i++) {
            clock.tick(Duration.ofSeconds(10));
            hub.pull(TARGET);
        }

        Map<Integer, Integer> statuses = new LinkedHashMap<>();
        server.requests()
                .entries(entry -> entry.path().equals("/api/sync/download"))
                .forEach(entry -> statuses.merge(entry.status(), 1, Integer::sum));
        assertThat(statuses).containsKeys(200, 304);
    }
}
