package org.synchub.admin.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synchub.admin.AuditTrail;
import org.synchub.admin.security.Role;
import org.synchub.cli.AuditCommands;
import org.synchub.cli.Commands;
import org.synchub.cli.ExitCode;
import org.synchub.cli.OperatorCommands;
import org.synchub.ledger.ConflictQueue;
import org.synchub.ledger.Runs;
import org.synchub.ledger.Targets;
import org.synchub.sync.Reconcile;
import org.synchub.sync.RecordReport;
import org.synchub.sync.Resync;
import org.synchub.sync.TargetRegistry;
import org.synchub.sync.Timeline;
import org.synchub.target.Outcome;
import org.synchub.target.Write;
import org.synchub.testing.ApiClient;
import org.synchub.testing.MemoryAdapter;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/** What the API does, on a target with four records: three delivered, one refused. */
class ApiTest {

    private static final String RESYNC = "/api/v1/targets/memory/resync";
    private static final String NAME = "Núria Marked";

    private static DataSource store;
    private static TestHub hub;
    private static MemoryAdapter memory;
    private static ApiClient viewer;
    private static ApiClient operator;
    private static ApiClient admin;

    @BeforeAll
    static void start() throws Exception {
        store = TestDatabase.dataCollect();
        hub = TestHub.on(store)
                .memoryTarget("memory", "t")
                .set("server.port", 0)
                .start();
        memory = hub.memory("memory");
        viewer = hub.api(Role.VIEWER);
        operator = hub.api(Role.OPERATOR);
        admin = hub.api(Role.ADMIN);
        refuse("person-9");
        new TestStore(store, "t")
                .household("house-1", NAME)
                .household("house-2", NAME)
                .person("person-1", NAME, "house-1")
                .person("person-9", NAME, "house-1")
                .event("person-1", 1)
                .event("person-9", 2);
        hub.push("memory");
    }

    private static void refuse(String guid) {
        memory.answer(write -> write.guid().equals(guid) ? new Outcome.Rejected("refused", "not taken", null) : null);
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    @BeforeEach
    void forgetOpenResyncs() {
        operator.send("DELETE", RESYNC, null);
        settle();
    }

    /** Pushes until nothing is owed: a push that the hub has under way leaves nothing to another. */
    private static void settle() {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            hub.push("memory");
            assertThat(viewer.get("/api/v1/sync/stats").json().path("pending").asInt())
                    .isZero();
        });
    }

    /** Guids that the target was asked to compare after this was called. */
    private static List<String> comparedSince(int received) {
        return memory.received().subList(received, memory.received().size()).stream()
                .filter(Write::reread)
                .map(Write::guid)
                .toList();
    }

    @Test
    void a_dry_run_says_what_would_be_compared_and_a_resync_compares_just_that() {
        int before = memory.received().size();

        ApiClient.Answer plan = operator.post(RESYNC, "{\"kinds\": [\"household\"], \"dryRun\": true}");

        assertThat(plan.status()).isEqualTo(200);
        assertThat(plan.json().path("wouldCompare")).hasToString("{\"household\":2}");
        assertThat(plan.json().at("/plan/unchanged").asLong()).isEqualTo(2);
        assertThat(plan.json().at("/plan/compared").asLong()).isEqualTo(2);
        assertThat(operator.post(RESYNC, "{\"since\": \"2999-01-01T00:00:00Z\", \"dryRun\": true}")
                        .json()
                        .at("/plan/compared")
                        .asLong())
                .isZero();
        assertThat(operator.post(RESYNC, "{\"since\": \"yesterday\"}").status()).isEqualTo(400);
        assertThat(plan.json().path("toCompare").asLong()).isZero();

        ApiClient.Answer resync = operator.post(RESYNC, "{\"kinds\": [\"household\"]}");

        assertThat(resync.status()).isEqualTo(202);
        assertThat(resync.json().path("owedAgain").asInt()).isEqualTo(2);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(viewer.get(RESYNC).json().path("toCompare").asInt()).isZero();
            assertThat(comparedSince(before)).containsExactlyInAnyOrder("house-1", "house-2");
        });
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(
                                viewer.get(RESYNC).json().at("/run/status").asText())
                        .isEqualTo("success"));
        assertThat(viewer.get(RESYNC).json().at("/run/startedBy").asText()).isEqualTo("test operator");
    }

    @Test
    void asking_twice_does_not_do_it_twice_and_a_cancelled_resync_reads_nothing_more() {
        operator.post("/api/v1/targets/memory/pause");
        int before = memory.received().size();

        JsonNode first = operator.post(RESYNC).json();
        JsonNode second = operator.post(RESYNC).json();
        JsonNode progress = viewer.get(RESYNC).json();
        JsonNode cancelled = operator.send("DELETE", RESYNC, null).json();
        operator.post("/api/v1/targets/memory/resume");
        settle();

        assertThat(first.path("owedAgain").asInt()).isEqualTo(4);
        assertThat(second.path("owedAgain").asInt()).isZero();
        assertThat(second.path("toCompare").asInt()).isEqualTo(4);
        assertThat(progress.path("toCompare").asInt()).isEqualTo(4);
        assertThat(cancelled.path("forgone").asInt()).isEqualTo(4);
        assertThat(comparedSince(before)).isEmpty();
        assertThat(viewer.get("/api/v1/sync/stats").json().path("synced").asInt())
                .isEqualTo(3);
    }

    @Test
    void only_what_was_rejected_is_tried_again_when_that_is_asked_for() {
        int before = memory.received().size();

        JsonNode answer = operator.post(RESYNC, "{\"onlyRejected\": true}").json();

        assertThat(answer.path("owedAgain").asInt()).isEqualTo(1);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(memory.received()
                                .subList(before, memory.received().size()))
                        .extracting(Write::guid)
                        .containsExactly("person-9"));
    }

    @Test
    void runs_are_read_page_by_page_to_the_end_without_a_gap_or_a_repetition() throws Exception {
        List<String> ids = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = viewer.get("/api/v1/runs?limit=2" + (cursor.isEmpty() ? "" : "&cursor=" + cursor))
                    .json();
            page.path("items").forEach(run -> ids.add(run.path("id").asText()));
            cursor = page.path("next").asText("");
        } while (!cursor.isEmpty() && !cursor.equals("null"));

        assertThat(ids).isNotEmpty().isEqualTo(TestDatabase.rows(store, "SELECT id FROM hub.run ORDER BY id DESC"));
        assertThat(viewer.get("/api/v1/runs/" + ids.get(0))
                        .json()
                        .path("target")
                        .asText())
                .isEqualTo("memory");
    }

    @Test
    void a_record_is_found_by_guid_by_external_id_and_by_state() {
        JsonNode byGuid = viewer.get("/api/v1/records?guid=person-1").json().path("items");
        JsonNode byId =
                viewer.get("/api/v1/records?externalId=memory-person-1").json().path("items");
        JsonNode byState = viewer.get("/api/v1/records?target=memory&state=REJECTED")
                .json()
                .path("items");
        JsonNode firstOfTwo = viewer.get("/api/v1/records?target=memory&kind=household&limit=1")
                .json();

        assertThat(byGuid).hasSize(1).isEqualTo(byId);
        assertThat(byGuid.get(0).path("externalId").asText()).isEqualTo("memory-person-1");
        assertThat(byState).hasSize(1);
        assertThat(byState.get(0).path("guid").asText()).isEqualTo("person-9");
        assertThat(firstOfTwo.path("next").asText()).isEqualTo("house-1");
        JsonNode second = viewer.get("/api/v1/records?target=memory&kind=household&limit=1&cursor=house-1")
                .json();
        assertThat(second.at("/items/0/guid").asText()).isEqualTo("house-2");
        assertThat(second.path("next").isNull()).isTrue();
    }

    @Test
    void one_record_is_told_across_targets() {
        JsonNode person = viewer.get("/api/v1/records/person-9").json().get(0);

        assertThat(person.path("tenant").asText()).isEqualTo("t");
        assertThat(person.path("level").asText()).isEqualTo("SYNCED");
        assertThat(person.at("/targets/0/state").asText()).isEqualTo("REJECTED");
        assertThat(person.at("/targets/0/reason").asText()).contains("not taken");
        assertThat(viewer.get("/api/v1/records/house-1").json().at("/0/level").asText())
                .isEqualTo("EXTERNAL");
    }

    @Test
    void the_timeline_of_a_record_tells_events_mapping_what_was_sent_answer_and_decisions_in_plain_words() {
        String refused = viewer.get("/api/v1/records/person-9/timeline").json().toString();
        JsonNode agreed = viewer.get("/api/v1/records/person-1/timeline").json().get(0);
        List<String> steps = agreed.path("entries").findValuesAsText("step");

        assertThat(steps)
                .startsWith("EVENT")
                .contains("OWED", "LINKED", "AGREED", "STANDS")
                .isSortedAccordingTo(Comparator.comparing(Timeline.Step::valueOf));
        assertThat(agreed.toString())
                .contains("update-individual", "made on a device", "Linked to the target's record memory-person-1")
                .containsPattern("Both sides agreed, by version 1 of [^,]+memory.yaml, on given_name, household")
                .doesNotContain(NAME);
        assertThat(refused)
                .contains("The newest state was refused: not taken", "taken over from outside")
                .doesNotContain("AGREED", NAME);
        assertThat(viewer.get("/api/v1/records/nobody/timeline").status()).isEqualTo(404);
    }

    @Test
    void what_is_asked_again_and_again_is_sent_again_only_when_it_has_changed() {
        String run = viewer.get("/api/v1/runs?limit=1").json().at("/items/0/id").asText();
        List<String> polled = new ArrayList<>();
        viewer.get("/api/openapi").json().path("paths").properties().forEach(path -> {
            if (path.getValue().at("/get/responses").has("304")) {
                polled.add(path.getKey().replace("{target}", "memory").replace("{id}", run));
            }
        });
        assertThat(polled)
                .contains("/api/v1/targets", "/api/v1/runs", "/api/v1/conflicts", "/api/v1/attention", RESYNC);

        for (String path : polled) {
            ApiClient.Answer first = viewer.get(path);
            String tag = first.headers().firstValue("ETag").orElseThrow();
            ApiClient.Answer same = viewer.send("GET", path, null, "If-None-Match", tag);
            ApiClient.Answer other = viewer.send("GET", path, null, "If-None-Match", "W/\"other\"");

            assertThat(same.status()).as(path).isEqualTo(304);
            assertThat(same.body()).isEmpty();
            assertThat(other.status()).as(path).isEqualTo(200);
            assertThat(other.body()).as(path).isEqualTo(first.body());
            assertThat(first.headers().firstValue("Cache-Control")).hasValue("no-cache, private");
        }

        String tag = viewer.get("/api/v1/targets/memory")
                .headers()
                .firstValue("ETag")
                .orElseThrow();
        operator.post("/api/v1/targets/memory/pause");
        assertThat(viewer.send("GET", "/api/v1/targets/memory", null, "If-None-Match", tag)
                        .status())
                .isEqualTo(200);
        operator.post("/api/v1/targets/memory/resume");
    }

    @Test
    void what_records_hold_and_what_is_long_is_not_kept_by_anybody() {
        assertThat(admin.get("/api/v1/audit/export").headers().firstValue("ETag"))
                .isEmpty();
        assertThat(admin.get("/api/v1/audit").headers().firstValue("Cache-Control"))
                .hasValueSatisfying(said -> assertThat(said).contains("no-store"));
        assertThat(viewer.get("/api/v1/records/house-1").headers().firstValue("Cache-Control"))
                .hasValueSatisfying(said -> assertThat(said).contains("no-store"));
    }

    @Test
    void a_long_answer_is_compressed_for_who_can_read_that_and_has_its_tag_all_the_same() {
        Runs runs = hub.bean(Runs.class);
        for (int i = 0; i < 10; i++) {
            runs.end(runs.start("memory", "push", "command", "test", null, "x"), "success", null, 0, 0, 0);
        }
        ApiClient.Answer plain = viewer.get("/api/v1/runs?limit=500");
        assertThat(plain.body().length()).as("longer than what is not worth it").isGreaterThan(2_048);

        ApiClient.Answer packed = viewer.send("GET", "/api/v1/runs?limit=500", null, "Accept-Encoding", "gzip");

        assertThat(packed.headers().firstValue("Content-Encoding")).hasValue("gzip");
        assertThat(packed.headers().firstValue("ETag"))
                .isEqualTo(plain.headers().firstValue("ETag"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "/api/v1/records/nobody; 404; not-found",
                "/api/v1/runs/999999; 404; not-found",
                "/api/v1/conflicts/999999; 404; not-found",
                "/api/v1/attention/0000000000; 404; not-found",
                "/api/v1/runs?target=nowhere; 404; not-found",
                "/api/v1/runs?limit=0; 422; invalid",
                "/api/v1/runs?limit=501; 422; invalid",
                "/api/v1/records; 422; invalid",
                "/api/v1/sync/stats?userId=7; 422; invalid",
                "/api/v1/runs/x; 400; malformed",
                "/api/v1/runs?cursor=x; 400; malformed",
                "/api/v1/records?target=memory&state=LOST; 400; malformed"
            })
    void what_cannot_be_answered_is_a_problem_of_a_stable_type(String path, int status, String type) {
        ApiClient.Answer answer = viewer.get(path);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.problem()).isEqualTo("urn:synchub:problem:" + type);
        assertThat(answer.json().path("instance").asText()).startsWith("/api/v1/");
    }

    @Test
    void the_six_numbers_of_the_statistics_add_up() {
        JsonNode stats = viewer.get("/api/v1/sync/stats").json();

        assertThat(stats)
                .hasToString("{\"total\":4,\"pending\":0,\"synced\":3,\"failed\":1,\"conflicts\":0,"
                        + "\"syncRate\":\"75.00%\"}");
    }

    @Test
    void the_queue_and_the_log_can_be_read_in_the_database_in_the_words_of_the_founding_documents() throws Exception {
        assertThat(TestDatabase.rows(
                        store,
                        "SELECT operation, model_name, object_id, status, last_error LIKE '%not taken%',"
                                + " created_at <= updated_at, data->>'externalId' FROM hub.sync_queue"
                                + " WHERE object_id IN ('house-1', 'person-9') ORDER BY object_id"))
                .containsExactly(
                        "update|household|house-1|completed|null|t|memory-house-1",
                        "create|individual|person-9|failed|t|t|null");
        assertThat(TestDatabase.value(store, "SELECT count(*) = count(DISTINCT id) FROM hub.sync_queue"))
                .isEqualTo("t");
        assertThat(TestDatabase.rows(
                        store,
                        "SELECT direction, records_processed, status, error_message, user_id, device_id"
                                + " FROM hub.sync_log ORDER BY id LIMIT 1"))
                .containsExactly("upload|4|partial|null|test|null");
    }

    @Test
    void the_commands_do_and_tell_the_same() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        OperatorCommands commands = new OperatorCommands(
                new PrintStream(printed, true, StandardCharsets.UTF_8),
                hub.bean(TargetRegistry.class),
                hub.bean(Targets.class),
                hub.bean(Runs.class),
                hub.bean(RecordReport.class),
                hub.bean(Timeline.class),
                hub.bean(Reconcile.class));
        int before = memory.received().size();

        Resync.Scope one = new Resync.Scope(List.of(), List.of("person-1"), false);
        assertThat(hub.bean(Commands.class).resync("memory", one, true, false)).isEqualTo(ExitCode.OK);
        assertThat(comparedSince(before)).isEmpty();
        assertThat(hub.bean(Commands.class).resync("memory", one, false, false)).isEqualTo(ExitCode.ATTENTION);
        assertThat(comparedSince(before)).containsExactly("person-1");

        commands.runs("memory", 1);
        commands.record("person-9");
        commands.pause("memory", true);
        assertThat(viewer.get("/api/v1/targets/memory").json().path("condition").asText())
                .isEqualTo("paused");
        commands.pause("memory", false);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("resync", "by command: 1 delivered", "person-9 of tenant t: SYNCED", "rejected, not linked")
                .contains(
                        "DataCollect has the event update-individual",
                        "memory: The newest state was refused: not taken")
                .contains("memory is paused; 'resume memory' lets it go on")
                .doesNotContain("Marked");
    }

    @Test
    void nobody_but_an_admin_sees_what_a_record_holds() {
        ObjectNode held = JsonNodeFactory.instance.objectNode().put("name", NAME);
        hub.bean(ConflictQueue.class)
                .put(
                        "memory",
                        new ConflictQueue.Unsettled(
                                "memory-house-1",
                                "house-1",
                                "household",
                                "update-update",
                                "x",
                                "Both sides changed",
                                List.of("name"),
                                List.of(),
                                held,
                                held,
                                held,
                                held,
                                null,
                                "f",
                                false));
        String id = viewer.get("/api/v1/conflicts").json().at("/items/0/id").asText();
        assertThat(viewer.get("/api/v1/conflicts?limit=1&cursor=" + id).json().path("items"))
                .as("what comes after the only one")
                .isEmpty();
        List<String> seen = new ArrayList<>();
        for (String path : List.of(
                "/api/v1/targets",
                "/api/v1/runs",
                "/api/v1/attention",
                "/api/v1/conflicts",
                "/api/v1/conflicts/" + id,
                "/api/v1/records?target=memory",
                "/api/v1/records/house-1",
                "/api/v1/sync/stats")) {
            ApiClient.Answer answer = viewer.get(path);
            assertThat(answer.status()).as(path).isEqualTo(200);
            seen.add(answer.body());
        }

        assertThat(seen).noneMatch(body -> body.contains("Marked"));
        assertThat(viewer.get("/api/v1/conflicts/" + id + "/values").status()).isEqualTo(403);
        assertThat(admin.get("/api/v1/conflicts/" + id + "/values")
                        .json()
                        .at("/internal/name")
                        .asText())
                .isEqualTo(NAME);
    }

    @Test
    void the_audit_trail_is_listed_exported_and_verified_by_who_may_see_it() throws Exception {
        operator.post("/api/v1/targets/memory/pause");
        operator.post("/api/v1/targets/memory/resume");
        ApiClient.Answer anchor = viewer.get("/api/v1/audit/root");
        String root = anchor.json().path("root").asText();

        JsonNode rows = admin.get("/api/v1/audit?target=memory&limit=4").json().path("items");
        List<JsonNode> exported = new ArrayList<>();
        for (String line : admin.get("/api/v1/audit/export").body().lines().toList()) {
            exported.add(new ObjectMapper().readTree(line));
        }

        assertThat(rows)
                .extracting(row -> row.path("operation").asText() + " "
                        + row.path("outcome").asText())
                .containsExactly("resume done", "resume begun", "pause done", "pause begun");
        assertThat(rows.get(0).path("begun").asLong())
                .isEqualTo(rows.get(1).path("id").asLong());
        assertThat(rows.get(1).path("concludedBy").asLong())
                .isEqualTo(rows.get(0).path("id").asLong());
        assertThat(rows.get(0).path("who").asText()).isEqualTo("test operator");
        assertThat(exported)
                .extracting(line -> line.path("operation").asText())
                .contains("push", "pause", "resume", "listAudit");
        assertThat(exported)
                .extracting(line ->
                        line.path("seal").asText() + ":" + line.path("hash").asText())
                .contains(root);
        assertThat(exported).noneMatch(line -> line.toString().contains("Marked"));

        JsonNode verdict = admin.get("/api/v1/audit/verification?root=" + root).json();
        assertThat(verdict.path("untouched").asBoolean()).as(verdict.toString()).isTrue();
        assertThat(verdict.path("published").asInt()).isEqualTo(1);
        ApiClient.Answer nonsense = admin.get("/api/v1/audit/verification?root=42");
        assertThat(nonsense.status()).isEqualTo(422);
        assertThat(nonsense.body()).contains("no root of the audit trail");

        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        AuditCommands commands =
                new AuditCommands(new PrintStream(printed, true, StandardCharsets.UTF_8), hub.bean(AuditTrail.class));
        String other = root.substring(0, root.indexOf(':') + 1) + "0".repeat(64);
        assertThat(commands.verify(root)).isEqualTo(ExitCode.OK);
        assertThat(commands.verify(other)).isEqualTo(ExitCode.ATTENTION);
        assertThat(commands.root()).isEqualTo(ExitCode.OK);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("all is as it was written")
                .contains("rewritten Seal " + root.substring(0, root.indexOf(':')) + " was published as 0000")
                .contains("the audit trail was tampered with");
    }

    @Test
    void what_somebody_asks_for_is_in_the_audit_trail_before_it_is_done() throws Exception {
        String newest = "SELECT operation, who, target, outcome, detail FROM hub.audit ORDER BY id DESC LIMIT 1";
        try (Connection other = store.getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT FROM hub.target WHERE name = 'memory' FOR UPDATE");

            CompletableFuture<ApiClient.Answer> asked =
                    CompletableFuture.supplyAsync(() -> operator.post("/api/v1/targets/memory/pause"));

            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(TestDatabase.value(store, newest))
                            .isEqualTo("pause|test operator|memory|begun|POST /api/v1/targets/memory/pause"));
            assertThat(asked).isNotDone();
            other.rollback();
            assertThat(asked.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
        }
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(TestDatabase.value(store, newest))
                        .isEqualTo("pause|test operator|memory|done|POST /api/v1/targets/memory/pause 200"));
        operator.post("/api/v1/targets/memory/resume");
    }

    @Test
    void the_configuration_is_shown_as_loaded_with_the_origin_of_each_setting() {
        JsonNode loaded = operator.get("/api/v1/configuration").json();

        assertThat(loaded.path("settings"))
                .anySatisfy(setting -> {
                    assertThat(setting.path("name").asText()).isEqualTo("synchub.push.cron");
                    assertThat(setting.path("value").asText()).isEqualTo("0 0/5 * * * ?");
                    assertThat(setting.path("origin").asText()).contains("application.yaml");
                })
                .anySatisfy(setting -> {
                    assertThat(setting.path("name").asText()).isEqualTo("synchub.lease");
                    assertThat(setting.path("value").asText()).isEqualTo("60s");
                });
        JsonNode target = loaded.at("/targets/0");
        assertThat(target.path("name").asText()).isEqualTo("memory");
        assertThat(target.at("/definition/kinds/household/fields/name/path").asText())
                .isEqualTo("data.household_name");
        assertThat(loaded.path("routes")).anySatisfy(route -> {
            assertThat(route.path("id").asText()).isEqualTo("push");
            assertThat(route.path("file").asText()).isEqualTo("routes/push.yaml");
            assertThat(route.path("status").asText()).isEqualTo("Started");
        });
    }

    @Test
    void what_was_begun_and_never_concluded_is_listed_as_such() throws Exception {
        TestDatabase.run(
                store,
                "INSERT INTO hub.audit (at, operation, who, via, target, outcome)"
                        + " VALUES (hub.now() - interval '1 min', 'resync', 'Ann', 'http', 'memory', 'begun')");

        JsonNode open = admin.get("/api/v1/audit?open=true").json().path("items");
        JsonNode verdict = admin.get("/api/v1/audit/verification").json();

        assertThat(open).singleElement().satisfies(row -> {
            assertThat(row.path("operation").asText()).isEqualTo("resync");
            assertThat(row.path("who").asText()).isEqualTo("Ann");
            assertThat(row.path("concludedBy").isNull()).isTrue();
        });
        assertThat(verdict.path("untouched").asBoolean()).as(verdict.toString()).isTrue();
        assertThat(verdict.path("begun").asInt()).isEqualTo(1);
        assertThat(verdict.path("open").get(0).path("who").asText()).isEqualTo("Ann");
    }

    @Test
    void what_is_no_key_in_the_address_of_a_request_does_not_get_into_the_audit_trail() throws Exception {
        operator.send("POST", "/api/v1/attention/Nuria%20Marked/retry", null);

        assertThat(TestDatabase.rows(
                        store, "SELECT detail FROM hub.audit WHERE operation = 'retryCause' ORDER BY id DESC LIMIT 2"))
                .containsExactly(
                        "POST /api/v1/attention/(not kept)/retry 404", "POST /api/v1/attention/(not kept)/retry");
    }
}
