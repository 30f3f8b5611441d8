package org.synchub.admin.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.synchub.admin.security.Role;
import org.synchub.ledger.EventLog;
import org.synchub.testing.ApiClient;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/** Live events: who listens is told what happens at any hub, once, and nothing that a record holds. */
class EventsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static DataSource store;
    private static TestHub hub;
    private static TestHub other;
    private static ApiClient viewer;
    private static ApiClient operator;
    private final List<Ear> ears = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        store = TestDatabase.dataCollect();
        hub = start("3");
        other = start("3");
        viewer = hub.api(Role.VIEWER);
        operator = hub.api(Role.OPERATOR);
    }

    private static TestHub start(String listeners) {
        return TestHub.on(store)
                .memoryTarget("memory", "t")
                .memoryTarget("second", "t")
                .set("server.port", 0)
                .set("synchub.events.listeners", listeners)
                .start();
    }

    @AfterAll
    static void stop() {
        hub.close();
        other.close();
    }

    @AfterEach
    void stopListening() throws Exception {
        for (Ear ear : ears) {
            ear.close();
        }
    }

    /** An event as it came. */
    private record Heard(String id, String name, JsonNode data) {}

    /** Listens on a thread of its own. */
    private static final class Ear implements AutoCloseable {

        private final InputStream stream;
        private final List<Heard> heard = new CopyOnWriteArrayList<>();

        Ear(InputStream stream) {
            this.stream = stream;
            Thread thread = new Thread(this::read, "ear");
            thread.setDaemon(true);
            thread.start();
        }

        private void read() {
            ObjectMapper json = new ObjectMapper();
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                String id = "";
                String name = "";
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith("id:")) {
                        id = line.substring(3);
                    } else if (line.startsWith("event:")) {
                        name = line.substring(6);
                    } else if (line.startsWith("data:")) {
                        heard.add(new Heard(id, name, json.readTree(line.substring(5))));
                        id = "";
                    }
                }
            } catch (IOException closed) {
                // It was closed by the test, or by the hub; the test looks at what was heard.
            }
        }

        List<Heard> named(String name) {
            return heard.stream().filter(h -> h.name().equals(name)).toList();
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }

    private Ear listen(ApiClient client, String query, String... headers) {
        Ear ear = new Ear(client.listen("/api/v1/events" + query, headers));
        ears.add(ear);
        return ear;
    }

    private static void pauseAndResume(String target, String client) {
        operator.send("POST", "/api/v1/targets/" + target + "/pause", null, "X-Client-ID", client);
        operator.send("POST", "/api/v1/targets/" + target + "/resume", null, "X-Client-ID", client);
    }

    @Test
    void whoever_listens_at_another_hub_is_told_by_target_and_kind_and_who_did_it() {
        Ear all = listen(other.api(Role.VIEWER), "");
        Ear some = listen(viewer, "?target=second&kind=target");
        await().atMost(PATIENCE).untilAsserted(() -> {
            pauseAndResume("second", "console 7");
            assertThat(all.named("target")).hasSizeGreaterThanOrEqualTo(2);
            assertThat(some.heard).hasSizeGreaterThanOrEqualTo(2);
        });
        pauseAndResume("memory", "console 8");
        new TestStore(store, "t").household("house-1", "Núria Marked");
        hub.push("memory");

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(all.named("run"))
                    .extracting(Heard::data)
                    .anySatisfy(run -> assertThat(run.path("delivered").asInt()).isPositive());
            assertThat(all.named("target"))
                    .extracting(h -> h.data().path("client").asText())
                    .contains("console 7", "console 8");
        });

        assertThat(some.heard)
                .allSatisfy(h -> assertThat(h.data().path("target").asText()).isEqualTo("second"));
        assertThat(all.named("target"))
                .extracting(h -> h.data().path("condition").asText())
                .contains("paused", "running");
        assertThat(all.heard).noneMatch(h -> h.data().toString().contains("Marked"));
    }

    @Test
    void a_run_that_was_asked_for_tells_whose_request_it_was_and_how_far_it_has_come() {
        Ear ear = listen(viewer, "?target=second&kind=run,progress");
        new TestStore(store, "t").household("house-2");
        hub.push("second");
        await().atMost(PATIENCE).untilAsserted(() -> {
            operator.send("POST", "/api/v1/targets/second/resync", null, "X-Client-ID", "console 9");
            assertThat(ear.named("run"))
                    .extracting(h -> h.data().path("client").asText())
                    .contains("console 9");
        });
    }

    @Test
    void a_stream_that_broke_off_goes_on_after_the_last_event_at_any_hub_without_a_gap_or_a_repetition()
            throws Exception {
        Ear first = listen(viewer, "?kind=target&target=memory");
        await().atMost(PATIENCE).untilAsserted(() -> {
            pauseAndResume("memory", "first");
            assertThat(first.heard).isNotEmpty();
        });
        Heard last = first.heard.get(0);
        first.close();
        pauseAndResume("memory", "missed");

        Ear second = listen(other.api(Role.VIEWER), "?kind=target&target=memory", "Last-Event-ID", last.id());
        pauseAndResume("memory", "live");

        List<String> kept = TestDatabase.rows(
                store,
                "SELECT tx || '-' || id FROM hub.happening WHERE kind = 'target'"
                        + " AND target = 'memory' ORDER BY tx, id");
        List<String> missed = kept.subList(kept.indexOf(last.id()) + 1, kept.size());
        assertThat(missed).hasSizeGreaterThanOrEqualTo(4);
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(second.heard).extracting(Heard::id).containsExactlyElementsOf(missed));
    }

    @Test
    void what_a_transaction_commits_late_is_told_late_and_not_passed_over() throws Exception {
        EventLog log = hub.bean(EventLog.class);
        EventLog.Position before = log.now();
        try (Connection slow = store.getConnection();
                Statement statement = slow.createStatement()) {
            slow.setAutoCommit(false);
            statement.execute("INSERT INTO hub.happening (kind, target, data) VALUES ('run', 'slow', '{}')");
            TestDatabase.run(store, "INSERT INTO hub.happening (kind, target, data) VALUES ('run', 'quick', '{}')");

            assertThat(log.after(before, 10)).isEmpty();

            slow.commit();
        }
        assertThat(log.after(before, 10)).extracting(EventLog.Event::target).contains("slow", "quick");
    }

    @Test
    void what_is_not_kept_any_more_is_a_gap_that_is_told() {
        Ear ear = listen(viewer, "?kind=target", "Last-Event-ID", "1-1");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(ear.named("gap")).hasSize(1));
    }

    @Test
    void odd_requests_and_one_listener_too_many_are_refused() throws Exception {
        assertThat(viewer.get("/api/v1/events?kind=weather").status()).isEqualTo(422);
        assertThat(viewer.get("/api/v1/events?target=nowhere").status()).isEqualTo(404);
        assertThat(viewer.send("GET", "/api/v1/events", null, "Last-Event-ID", "yesterday")
                        .status())
                .isEqualTo(422);
        assertThat(operator.send("POST", "/api/v1/targets/memory/push", null, "X-Client-ID", "x".repeat(101))
                        .status())
                .isEqualTo(422);
        try (TestHub third = start("1")) {
            ApiClient there = third.api(Role.VIEWER);
            Ear ear = new Ear(there.listen("/api/v1/events"));

            ApiClient.Answer refused = there.get("/api/v1/events");

            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.problem()).isEqualTo("urn:synchub:problem:too-many-requests");
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            ear.close();
            // A listener that is gone is noticed, and makes room.
            await().atMost(PATIENCE)
                    .ignoreException(IllegalStateException.class)
                    .untilAsserted(() -> {
                        pauseAndResume("memory", "noise");
                        try (InputStream again = there.listen("/api/v1/events")) {
                            assertThat(again).isNotNull();
                        }
                    });
        }
    }
}
