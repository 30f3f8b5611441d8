package org.synchub.admin.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synchub.admin.security.Role;
import org.synchub.cli.ExitCode;
import org.synchub.cli.StatisticsCommand;
import org.synchub.sync.Recorders;
import org.synchub.sync.Statistics;
import org.synchub.testing.ApiClient;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/** Statistics over time, of a hub whose sync log has three runs of November 2025 beside today's. */
class StatisticsTest {

    private static final String NOVEMBER = "/api/v1/sync/statistics?from=2025-11-01&to=2025-12-01";

    private static TestHub hub;
    private static ApiClient viewer;

    @BeforeAll
    static void start() throws Exception {
        DataSource store = TestDatabase.dataCollect();
        hub = TestHub.on(store)
                .memoryTarget("memory", "t")
                .memoryTarget("other", "t")
                .set("server.port", 0)
                .start();
        viewer = hub.api(Role.VIEWER);
        TestDatabase.run(store, """
                INSERT INTO hub.run (target, direction, cause, started_by, started_at, ended_at, status, created, rejected,
                                     conflicts, retried, requests, bytes_out, bytes_in, lag_ms)
                VALUES ('memory', 'push', 'schedule', 'hub', '2025-11-03T05:59:58Z', '2025-11-03T06:00:00Z', 'success',
                        97, 0, 0, 0, 2, 1000, 100, 1500),
                       ('memory', 'push', 'schedule', 'hub', '2025-11-03T22:59:50Z', '2025-11-03T23:00:00Z', 'partial',
                        0, 2, 1, 4, 3, 30, 10, null),
                       ('other', 'pull', 'http', 'ann', '2025-11-20T10:00:00Z', '2025-11-20T10:01:00Z', 'failed',
                        0, 0, 0, 0, 1, 0, 0, null),
                       ('former', 'push', 'schedule', 'hub', '2025-11-20T10:00:00Z', '2025-11-20T10:01:00Z', 'failed',
                        9, 9, 9, 9, 9, 9, 9, null)""");
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    @Test
    void runs_are_summed_up_by_period_and_together_with_rates_of_what_there_was() {
        JsonNode all = viewer.get(NOVEMBER).json();

        assertThat(all.path("by").asText()).isEqualTo("day");
        assertThat(all.path("zone").asText()).isEqualTo("UTC");
        assertThat(all.path("from").asText()).isEqualTo("2025-11-01T00:00:00Z");
        assertThat(all.path("periods")).hasSize(30);
        assertThat(all.at("/periods/2/from").asText()).isEqualTo("2025-11-03T00:00:00Z");
        assertThat(all.at("/periods/2/to").asText()).isEqualTo("2025-11-04T00:00:00Z");
        assertThat(all.at("/periods/2/figures"))
                .hasToString(
                        "{\"runs\":2,\"succeeded\":1,\"partial\":1,\"failed\":0,\"cancelled\":0,\"runSuccessRate\":0.5,"
                                + "\"moved\":97,\"rejected\":2,\"parked\":0,\"conflicts\":1,\"recordSuccessRate\":0.97,"
                                + "\"conflictRate\":0.01,\"retries\":4,\"averageDurationMs\":6000,\"longestDurationMs\":10000,"
                                + "\"longestLagMs\":1500,\"requests\":5,\"bytesOut\":1030,\"bytesIn\":110}");
        assertThat(all.at("/periods/0/figures/runs").asInt()).isZero();
        assertThat(all.at("/periods/0/figures/runSuccessRate").isNull()).isTrue();
        assertThat(all.at("/periods/0/figures/averageDurationMs").isNull()).isTrue();
        assertThat(all.at("/total/runs").asInt()).isEqualTo(3);
        assertThat(all.at("/total/runSuccessRate").asDouble()).isEqualTo(1 / 3.0);
        assertThat(all.at("/total/averageDurationMs").asInt()).isEqualTo(24_000);
        assertThat(all.path("slowest").findValuesAsText("startedAt"))
                .containsExactly("2025-11-20T10:00:00Z", "2025-11-03T22:59:50Z", "2025-11-03T05:59:58Z");
    }

    @Test
    void target_direction_period_and_zone_are_those_that_were_asked_for() {
        JsonNode pulls = viewer.get(NOVEMBER + "&direction=pull&by=month").json();
        JsonNode memory =
                viewer.get(NOVEMBER + "&target=memory&by=week&zone=Asia/Manila").json();

        assertThat(pulls.path("periods")).hasSize(1);
        assertThat(pulls.at("/total/failed").asInt()).isEqualTo(1);
        assertThat(memory.path("from").asText()).isEqualTo("2025-10-31T16:00:00Z");
        assertThat(memory.at("/periods/1/from").asText()).isEqualTo("2025-11-02T16:00:00Z");
        assertThat(memory.at("/periods/1/figures/runs").asInt()).isEqualTo(2);
        assertThat(viewer.get(NOVEMBER + "&target=memory&zone=Asia/Manila")
                        .json()
                        .at("/periods/3/figures/runs")
                        .asInt())
                .as("23:00 in UTC is the next day in Manila")
                .isEqualTo(1);
        assertThat(viewer.get("/api/v1/sync/statistics?by=hour").json().path("periods"))
                .hasSize(24);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "from=2025-11-02&to=2025-11-01; 422; from must be the earlier of the two",
                "from=soon; 422; from is 'soon'; it is a date as 2026-11-01",
                "by=year; 422; it is one of hour, day, week, month",
                "by=hour&from=2020-01-01; 422; more than 1,000 periods by hour; ask for a shorter time",
                "direction=up; 422; direction is 'up'; it is one of push, pull, sync, resync, reconcile",
                "zone=Mars; 422; it is the name of a time zone",
                "target=nobody; 404; nobody"
            })
    void what_cannot_be_answered_is_a_problem_that_says_what_could(String query, int status, String words) {
        ApiClient.Answer answer = viewer.get("/api/v1/sync/statistics?" + query);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().path("detail").asText()).contains(words);
    }

    @Test
    void an_answer_that_the_client_has_is_not_sent_again() {
        String tag = viewer.get(NOVEMBER).headers().firstValue("ETag").orElseThrow();

        assertThat(viewer.send("GET", NOVEMBER, null, "If-None-Match", tag).status())
                .isEqualTo(304);
    }

    @Test
    void the_command_prints_a_row_for_each_period_with_runs_and_names_the_slowest() {
        String table = print(new Statistics.Question(null, null, "2025-11-01", "2025-12-01", null, null), false);

        assertThat(table.lines().map(line -> line.replaceAll(" +", " ")))
                .hasSize(8)
                .startsWith(
                        "All targets, from 2025-11-01 00:00 to 2025-12-01 00:00 (UTC), by day; periods without a run are left out")
                .contains(
                        "2025-11-03 00:00 2 50.0% 97 2 0 1 97.0% 1.0% 6.0 s 10.0 s 4 5 1030 B 110 B",
                        "2025-11-20 00:00 1 0.0% 0 0 0 0 - - 60.0 s 60.0 s 0 1 0 B 0 B",
                        "total 3 33.3% 97 2 0 1 97.0% 1.0% 24.0 s 60.0 s 4 6 1030 B 110 B");
        assertThat(table)
                .containsPattern("Slow: run \\d+, pull of other, failed, began .*, took 60.0 s, 0 records delivered");
        assertThat(print(new Statistics.Question("memory", "push", "2025-11-01", "2025-12-01", "month", null), true))
                .contains("\"by\" : \"month\"", "\"runs\" : 2,");
    }

    private static String print(Statistics.Question question, boolean json) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        StatisticsCommand command = new StatisticsCommand(
                new PrintStream(printed, true, StandardCharsets.UTF_8),
                hub.bean(Statistics.class),
                hub.bean(Recorders.class),
                hub.bean(ObjectMapper.class));
        assertThat(command.print(question, json)).isEqualTo(ExitCode.OK);
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void todays_runs_are_counted_once_they_have_ended() throws Exception {
        String today = "/api/v1/sync/statistics?target=memory";
        long before = viewer.get(today).json().at("/total/moved").asLong();
        new TestStore(hub.bean(DataSource.class), "t").household("house-1", "Marked");

        hub.push("memory");

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(
                                viewer.get(today).json().at("/total/moved").asLong())
                        .isEqualTo(before + 1));
    }
}
