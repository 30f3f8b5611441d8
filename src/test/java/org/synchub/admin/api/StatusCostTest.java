package org.synchub.admin.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.synchub.admin.security.Role;
import org.synchub.testing.ApiClient;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/**
 * The status of a target that is owed much: right, and read from little. {@code -Dsynchub.status.rows=1000000} measures the
 * answer as well, which says nothing on a busy machine with a few rows.
 */
class StatusCostTest {

    private static final int ROWS = Integer.getInteger("synchub.status.rows", 20_000);
    private static final int MEASURED = 1_000_000;

    private static DataSource store;
    private static TestHub hub;
    private static ApiClient viewer;

    /** Half delivered, three of ten owed now, a tenth tried again later, a tenth refused; of two priorities. */
    @BeforeAll
    static void fill() throws Exception {
        store = TestDatabase.dataCollect();
        hub = TestHub.on(store)
                .memoryTarget("memory", "t")
                .set("server.port", 0)
                .start();
        viewer = hub.api(Role.VIEWER);
        TestDatabase.run(store, """
                INSERT INTO hub.delivery (target, guid, kind, lane, state, priority, due_at, owed_since, reason_code, reason)
                SELECT 'memory', 'g' || n, CASE n % 2 WHEN 0 THEN 'household' ELSE 'individual' END, 'g' || n,
                       CASE WHEN n % 10 < 5 THEN 'delivered' WHEN n % 10 < 8 THEN 'pending' WHEN n % 10 = 8 THEN 'retry'
                            ELSE 'rejected' END,
                       100 + n % 3, CASE WHEN n % 10 BETWEEN 5 AND 7 THEN timestamptz '2026-01-01' + n * interval '1 second'
                                         WHEN n % 10 = 8 THEN timestamptz '2999-01-01' + n * interval '1 second' END,
                       timestamptz '2026-01-01' + n * interval '1 second', 'c', 'refused ' || n % 7
                FROM generate_series(1, &rows) AS n""".replace("&rows", String.valueOf(ROWS)));
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    @Test
    void the_counts_are_a_count_and_what_is_oldest_and_next_is_found() throws Exception {
        JsonNode status = viewer.get("/api/v1/targets/memory").json();

        List<String> counted = new ArrayList<>();
        status.path("counts")
                .properties()
                .forEach(kind -> kind.getValue()
                        .properties()
                        .forEach(state -> counted.add(kind.getKey() + "|" + state.getKey() + "|" + state.getValue())));
        assertThat(counted)
                .containsExactlyInAnyOrderElementsOf(TestDatabase.rows(
                        store, "SELECT kind, upper(state), count(*) FROM hub.delivery GROUP BY 1, 2"));
        assertThat(Instant.parse(status.path("nextDue").asText())).isEqualTo(at("min(due_at)"));
        assertThat(Instant.parse(status.path("oldestOwed").asText()))
                .isEqualTo(at("min(CASE WHEN due_at IS NOT NULL THEN owed_since END)"));
        assertThat(status.path("attention")).hasSize(14);
    }

    private static Instant at(String oldest) throws Exception {
        return Instant.parse(TestDatabase.value(
                store,
                "SELECT to_char(" + oldest
                        + " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM hub.delivery"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hub.next_due('memory')", "hub.oldest_owed('memory', 100)"})
    void what_is_owed_is_not_read_through(String question) throws Exception {
        String plan =
                String.join("", TestDatabase.rows(store, "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT " + question));

        JsonNode blocks = new ObjectMapper().readTree(plan).at("/0/Plan");
        int read = blocks.path("Shared Hit Blocks").asInt()
                + blocks.path("Shared Read Blocks").asInt();
        // Planning included; what is owed lies in thousands of rows.
        assertThat(read).isLessThan(1_500);
    }

    @Test
    void the_answer_comes_at_once() {
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            long began = System.nanoTime();
            assertThat(viewer.get("/api/v1/targets/memory").status()).isEqualTo(200);
            times.add(System.nanoTime() - began);
        }
        Collections.sort(times);
        Duration median = Duration.ofNanos(times.get(times.size() / 2));

        LoggerFactory.getLogger(StatusCostTest.class)
                .info("Status with {} records: median {} ms", ROWS, median.toNanos() / 1e6);
        if (ROWS >= MEASURED) {
            assertThat(median).isLessThan(Duration.ofMillis(50));
        }
    }
}
