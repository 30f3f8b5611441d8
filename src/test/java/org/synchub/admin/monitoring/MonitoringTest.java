package org.synchub.admin.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synchub.admin.alerts.Alerts;
import org.synchub.admin.security.Role;
import org.synchub.ledger.AlertLedger;
import org.synchub.sync.Captures;
import org.synchub.sync.Conflicts;
import org.synchub.target.Outcome;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;
import org.synchub.target.TargetTrouble;
import org.synchub.testing.ApiClient;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;
import org.yaml.snakeyaml.Yaml;

/** What monitoring reads of a hub with one target that works and one that does not answer. */
class MonitoringTest {

    private static TestHub hub;
    private static ApiClient viewer;

    @BeforeAll
    static void start() throws Exception {
        DataSource store = TestDatabase.dataCollect();
        hub = TestHub.on(store)
                .memoryTarget("memory", "t")
                .memoryTarget("broken", "t")
                .memoryTarget("contested", "u")
                .set("server.port", 0)
                .start();
        viewer = hub.api(Role.VIEWER);
        hub.memory("memory")
                .answer(write ->
                        write.guid().equals("person-9") ? new Outcome.Rejected("refused", "not taken", null) : null);
        hub.memory("broken")
                .answer(write -> new Outcome.Unsent(new TargetTrouble(
                        TargetTrouble.Kind.UNREACHABLE, "connection refused", false, Duration.ofHours(1))));
        new TestStore(store, "t")
                .household("house-1", "Núria Marked")
                .person("person-1", "Núria Marked", "house-1")
                .person("person-9", "Núria Marked", "house-1");
        hub.push("memory").push("broken");
        contest(store);
    }

    /** Both sides of a household change its name; the rules leave that to people, and one of them settles it over HTTP. */
    private static void contest(DataSource store) {
        TestStore field = new TestStore(store, "u").household("house-u", "Marked One");
        hub.push("contested");
        ApiClient admin = hub.api(Role.ADMIN);
        admin.post("/api/v1/targets/contested/pause");
        field.set("house-u", "household_name", "Marked Two");
        hub.bean(Captures.class).drain();
        hub.memory("contested")
                .born(new RemoteChange(
                        "household",
                        "memory-house-u",
                        null,
                        null,
                        RemoteState.PRESENT,
                        JsonNodeFactory.instance.objectNode().put("name", "Marked Three"),
                        null,
                        null));
        hub.bean(Conflicts.class).retry("contested", List.of("memory-house-u"), "ann");
        String conflict = viewer.get("/api/v1/conflicts?target=contested")
                .json()
                .at("/items/0/id")
                .asText();
        assertThat(admin.post("/api/v1/conflicts/" + conflict + "/resolve", "{\"choice\": \"external\"}")
                        .status())
                .isEqualTo(200);
        admin.post("/api/v1/targets/contested/resume");
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    private static String metrics() {
        ApiClient.Answer answer = viewer.get("/actuator/prometheus");
        assertThat(answer.status()).isEqualTo(200);
        return answer.body();
    }

    @Test
    void metrics_tell_what_is_owed_and_what_was_done_by_target_and_kind() {
        assertThat(metrics())
                .contains(
                        "synchub_deliveries{kind=\"household\",state=\"delivered\",target=\"memory\"} 1.0",
                        "synchub_deliveries{kind=\"individual\",state=\"rejected\",target=\"memory\"} 1.0",
                        "synchub_records_total{direction=\"push\",kind=\"household\",outcome=\"created\",target=\"memory\"} 1.0",
                        "synchub_records_total{direction=\"push\",kind=\"individual\",outcome=\"created\",target=\"memory\"} 1.0",
                        "synchub_records_total{direction=\"push\",kind=\"individual\",outcome=\"rejected\",target=\"memory\"} 1.0",
                        "synchub_errors_total{class=\"refused\",kind=\"individual\",target=\"memory\"} 1.0",
                        "synchub_runs_seconds_count{direction=\"push\",status=\"partial\",target=\"memory\"} 1",
                        "synchub_target_running{target=\"memory\"} 1.0",
                        "synchub_target_batch_size{target=\"memory\"} 100.0",
                        "synchub_target_writers{target=\"memory\"} 2.0",
                        "synchub_lag_seconds_count{kind=\"household\",target=\"memory\"} 1",
                        "synchub_lag_seconds_count{kind=\"individual\",target=\"memory\"} 1",
                        "synchub_oldest_owed_seconds{target=\"memory\"} 0.0");
    }

    @Test
    void what_was_decided_between_two_sides_is_counted_by_kind_of_conflict_and_by_what_decided() {
        assertThat(metrics().lines().filter(line -> line.startsWith("synchub_decisions_total{")))
                .containsExactlyInAnyOrder(
                        "synchub_decisions_total{conflict_kind=\"update-update\",kind=\"household\",resolution=\"open\",target=\"contested\"} 1.0",
                        "synchub_decisions_total{conflict_kind=\"update-update\",kind=\"household\",resolution=\"person\",target=\"contested\"} 1.0");
        assertThat(viewer.get("/api/v1/sync/statistics?target=contested").json().path("decisions"))
                .hasToString("[{\"conflictKind\":\"update-update\",\"resolution\":\"open\",\"decisions\":1},"
                        + "{\"conflictKind\":\"update-update\",\"resolution\":\"person\",\"decisions\":1}]");
    }

    @Test
    void a_target_in_trouble_is_seen_in_the_metrics_and_leaves_the_hub_well() {
        assertThat(metrics())
                .contains(
                        "synchub_target_running{target=\"broken\"} 0.0",
                        "synchub_target_writers{target=\"broken\"} 1.0",
                        "synchub_troubles_total{condition=\"backing_off\",target=\"broken\"} 1.0",
                        "synchub_errors_total{class=\"unreachable\",kind=\"\",target=\"broken\"} 1.0")
                .as("what has not happened yet is there too, so that the first time is an increase")
                .contains(
                        "synchub_troubles_total{condition=\"stopped\",target=\"broken\"} 0.0",
                        "synchub_runs_seconds_count{direction=\"pull\",status=\"failed\",target=\"memory\"} 0")
                .containsPattern("synchub_oldest_owed_seconds\\{target=\"broken\"} (?!0\\.0\\n)");
        assertThat(viewer.get("/actuator/health").status()).isEqualTo(200);
        assertThat(viewer.get("/actuator/health/liveness").status()).isEqualTo(200);
        assertThat(viewer.get("/actuator/health/readiness").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"docs/monitoring/prometheus-rules.yaml", "docs/monitoring/grafana-dashboard.json"})
    void rules_and_dashboard_can_be_read_and_ask_for_metrics_that_are_exported(String file) throws Exception {
        String text = Files.readString(Path.of(file));
        Map<String, Object> read = new Yaml().load(text);
        assertThat(read).isNotEmpty();
        List<String> asked = Pattern.compile("synchub_[a-z_]+")
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();
        Set<String> exported = Pattern.compile("(?m)^(synchub_[a-z_]+)")
                .matcher(metrics())
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());

        assertThat(asked).hasSizeGreaterThan(5).isSubsetOf(exported);
    }

    @Test
    void incidents_that_last_are_counted_by_rule_and_every_rule_of_the_guide_has_its_metric() throws Exception {
        hub.bean(AlertLedger.class).set("inconsistency", Map.of("memory", "12 entities", "broken", "11 entities"));
        List<String> named = Pattern.compile("(?m)^\\| `([a-z-]+)` \\|")
                .matcher(Files.readString(Path.of("docs/operating.md")))
                .results()
                .map(row -> row.group(1))
                .toList();

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(metrics())
                        .contains(
                                "synchub_alerts{rule=\"inconsistency\"} 2.0", "synchub_alerts{rule=\"storage\"} 0.0"));
        assertThat(named).containsAll(Alerts.RULES);
    }

    @Test
    void metrics_name_no_record_and_need_a_login() {
        assertThat(metrics()).doesNotContain("Marked", "person-9", "house-1");
        assertThat(new ApiClient(hub.port(), null).get("/actuator/prometheus").status())
                .isEqualTo(401);
        assertThat(viewer.get("/actuator/env").status()).isEqualTo(404);
    }

    @Test
    void a_hub_whose_route_stands_still_is_alive_but_not_ready() throws Exception {
        CamelContext camel = hub.bean(CamelContext.class);
        camel.getRouteController().stopRoute("push");
        try {
            assertThat(viewer.get("/actuator/health/readiness").status()).isEqualTo(503);
            assertThat(viewer.get("/actuator/health/liveness").status()).isEqualTo(200);
        } finally {
            camel.getRouteController().startRoute("push");
        }
        assertThat(viewer.get("/actuator/health/readiness").status()).isEqualTo(200);
    }
}
