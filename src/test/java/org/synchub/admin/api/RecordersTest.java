package org.synchub.admin.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synchub.admin.security.Role;
import org.synchub.cli.ExitCode;
import org.synchub.cli.StatisticsCommand;
import org.synchub.ledger.HubTables;
import org.synchub.sync.Captures;
import org.synchub.sync.Recorders;
import org.synchub.sync.Statistics;
import org.synchub.target.Outcome;
import org.synchub.testing.ApiClient;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/** Statistics by user and device: nine people recorded by field workers, of whom the mapping names the place. */
class RecordersTest {

    private static final String BY = "/api/v1/sync/statistics/recorders?target=memory&by=";

    private static DataSource store;
    private static TestHub hub;
    private static ApiClient admin;

    @BeforeAll
    static void start() throws Exception {
        store = TestDatabase.dataCollect();
        String lane = "lane: data.parentGuid";
        hub = TestHub.on(store)
                .mapping(
                        "memory",
                        TestHub.memoryMapping("memory", "t")
                                .replace(
                                        lane,
                                        lane + "\n    recordedBy: {user: data.enumerator, device: data.phone.id}"))
                .memoryTarget("plain", "u")
                .set("server.port", 0)
                .start();
        admin = hub.api(Role.ADMIN);
        hub.memory("memory")
                .answer(write ->
                        write.guid().startsWith("bad") ? new Outcome.Rejected("refused", "not taken", null) : null);
        TestStore field = new TestStore(store, "t").household("house-1", "Marked");
        person(field, "good-1", "worker-ann", "phone-1");
        person(field, "good-2", "worker-ann", "phone-2");
        person(field, "bad-1", "worker-ann", "phone-1");
        person(field, "good-3", "worker-bea", "phone-2");
        person(field, "good-4", "worker-bea", null);
        person(field, "good-5", null, "phone-2");
        person(field, "good-6", " ", "phone-2");
        person(field, "gone-1", "worker-bea", "phone-1");
        hub.push("memory");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(hub.status("memory").owed()).isZero());
        admin.post("/api/v1/targets/memory/pause");
        person(field, "good-7", "worker-bea", "phone-1");
        field.delete("gone-1");
        hub.bean(Captures.class).drain();
        TestDatabase.run(store, "UPDATE hub.delivery SET state = 'conflict', due_at = NULL WHERE guid = 'good-3'");
        TestDatabase.run(
                store,
                "UPDATE hub.delivery SET settled_at = '2026-03-02T12:00:00Z' WHERE guid IN ('good-1', 'bad-1', 'good-4')");
    }

    private static void person(TestStore field, String guid, @Nullable String worker, @Nullable String phone) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("entityName", "individual").put("first_name", "Marked").put("parentGuid", "house-1");
        if (worker != null) {
            data.put("enumerator", worker);
        }
        if (phone != null) {
            data.putObject("phone").put("id", phone);
        }
        field.put(guid, data);
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    private static List<String> rows(JsonNode answer) {
        List<String> rows = new ArrayList<>();
        answer.path("recorders")
                .forEach(r -> rows.add(r.path("who").asText() + " " + r.path("total") + ": " + r.path("pending") + " "
                        + r.path("synced") + " " + r.path("failed") + " " + r.path("conflicts") + " "
                        + r.path("failureRate")));
        return rows;
    }

    @Test
    void records_are_counted_by_who_recorded_them_and_by_how_they_stand() {
        JsonNode users = admin.get(BY + "user").json();

        assertThat(rows(users))
                .containsExactly(
                        "worker-ann 3: 0 2 1 0 0.3333333333333333", "worker-bea 3: 1 1 0 1 0.0", "null 3: 1 2 0 0 0.0");
        assertThat(users.path("kinds")).hasToString("[\"individual\"]");
        assertThat(users.path("unnamed")).hasToString("[\"household\"]");
        assertThat(rows(admin.get(BY + "device").json()))
                .containsExactly("phone-2 4: 0 3 0 1 0.0", "phone-1 3: 1 1 1 0 0.5", "null 2: 1 1 0 0 0.0");
    }

    @Test
    void a_time_leaves_what_came_to_stand_so_in_it() {
        assertThat(rows(admin.get(BY + "user&from=2026-03-02&to=2026-03-03").json()))
                .containsExactly("worker-ann 2: 0 1 1 0 0.5", "worker-bea 1: 0 1 0 0 0.0");
        assertThat(rows(admin.get(BY + "user&from=2026-03-02T12:00:00Z&to=2026-03-02T12:00:01Z")
                        .json()))
                .hasSize(2);
        assertThat(rows(admin.get(BY + "user&to=2026-03-02T12:00:00Z").json())).isEmpty();
        assertThat(rows(admin.get(BY + "user&from=2026-03-03").json())).contains("worker-ann 1: 0 1 0 0 0.0");
    }

    @Test
    void those_with_most_records_come_first_and_it_is_said_that_there_are_others() {
        JsonNode two = admin.get(BY + "user&limit=2").json();

        assertThat(rows(two)).hasSize(2);
        assertThat(two.path("more").asBoolean()).isTrue();
        assertThat(admin.get(BY + "user&limit=3").json().path("more").asBoolean())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "target=plain&by=user  | 422 | No record kind of target plain says where a record names its user, and DataCollect's store has no column",
                "target=plain&by=device | 422 | plain.yaml: recordedBy: {device: data.FIELD}",
                "target=memory&by=name | 422 | by is 'name'; it is one of user, device",
                "target=memory&by=user&from=soon | 422 | from is 'soon'; it is a date",
                "target=memory&by=user&from=2026-02-02&to=2026-02-02 | 422 | from must be the earlier",
                "target=memory&by=user&limit=1001 | 422 | limit is 1001; it is between 1 and 1000",
                "target=nobody&by=user | 404 | nobody",
                "by=user | 400 | 400 BAD_REQUEST"
            })
    void what_cannot_be_answered_is_refused_in_words_that_say_what_to_do(String query, int status, String words) {
        ApiClient.Answer answer = admin.get("/api/v1/sync/statistics/recorders?" + query);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().path("detail").asText()).contains(words);
    }

    @Test
    void who_asks_elsewhere_is_told_where_to_ask() {
        assertThat(admin.get("/api/v1/sync/stats?userId=worker-ann")
                        .json()
                        .path("detail")
                        .asText())
                .contains("/api/v1/sync/statistics/recorders?by=user");
        assertThat(admin.get("/api/v1/sync/statistics?by=device")
                        .json()
                        .path("detail")
                        .asText())
                .contains("/api/v1/sync/statistics/recorders");
    }

    @Test
    void only_an_admin_is_told_and_that_is_noted_and_kept_by_nobody() throws Exception {
        ApiClient.Answer answer = admin.get(BY + "user");

        assertThat(hub.api(Role.OPERATOR).get(BY + "user").status()).isEqualTo(403);
        assertThat(answer.headers().firstValue("ETag")).isEmpty();
        assertThat(answer.headers().firstValue("Cache-Control"))
                .hasValueSatisfying(said -> assertThat(said).contains("no-store"));
        assertThat(TestDatabase.rows(
                        store, "SELECT DISTINCT who, outcome FROM hub.audit WHERE operation LIKE '%ecorders%'"))
                .contains("test admin|done");
        assertThat(admin.get("/actuator/prometheus").body()).doesNotContain("worker-", "phone-1");
        HubTables.asTheyLie(store)
                .forEach((table, rows) -> assertThat(rows).as(table).doesNotContain("worker-", "phone-1"));
    }

    @Test
    void the_command_prints_the_same() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        StatisticsCommand command = new StatisticsCommand(
                new PrintStream(printed, true, StandardCharsets.UTF_8),
                hub.bean(Statistics.class),
                hub.bean(Recorders.class),
                hub.bean(ObjectMapper.class));

        assertThat(command.recorders("memory", "user", null, null, 2, false)).isEqualTo(ExitCode.OK);
        assertThat(command.recorders("memory", "device", null, null, 100, true)).isEqualTo(ExitCode.OK);

        assertThat(printed.toString(StandardCharsets.UTF_8).lines().map(line -> line.replaceAll(" +", " ")))
                .startsWith(
                        "memory, records of individual, as they stand now; not of household, whose mapping names no user",
                        "user total pending synced failed conflict failures",
                        "worker-ann 3 0 2 1 0 33.3%",
                        "worker-bea 3 1 1 0 1 0.0%",
                        "… and others with fewer records; --limit shows up to 1000")
                .anyMatch(line -> line.contains("\"who\" : \"phone-1\""));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> command.recorders("plain", "user", null, null, 2, false))
                .withMessageContaining("recordedBy: {user: data.FIELD}");
    }
}
