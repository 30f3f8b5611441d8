package org.synchub.admin.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synchub.testing.ApiClient;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** Who is let in by a token, over real HTTP. */
class LoginTest {

    private static final String TARGETS = "/api/v1/targets";

    private static DataSource store;
    private static TestHub hub;

    @BeforeAll
    static void start() throws Exception {
        store = TestDatabase.dataCollect();
        hub = TestHub.on(store)
                .memoryTarget("memory", "t")
                .set("server.port", 0)
                .start();
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    @AfterEach
    void forgetTheClock() throws Exception {
        TestHub.clock(store, "0");
    }

    private static ApiClient with(String token) {
        return new ApiClient(hub.port(), token);
    }

    private static Tokens.Issued issue(Role role) {
        return hub.bean(Tokens.class).create("test", role, Duration.ofHours(1), "test");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness"})
    void health_is_open_and_says_no_more_than_how_the_hub_is(String path) {
        ApiClient.Answer answer = with(null).get(path);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("status").asText()).isEqualTo("UP");
        assertThat(answer.json().has("components")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                TARGETS,
                "/api/v1/nowhere",
                "/api/openapi",
                "/actuator",
                "/error",
                "/",
                "/v3/api-docs",
                "/api/v1/auth/nowhere"
            })
    void nothing_else_is_open(String path) {
        ApiClient.Answer answer = with(null).get(path);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.problem()).isEqualTo("urn:synchub:problem:login-needed");
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
    }

    @ParameterizedTest
    @CsvSource({
        "VIEWER, GET, /api/v1/targets/memory, 200",
        "VIEWER, POST, /api/v1/targets/memory/pause, 403",
        "OPERATOR, POST, /api/v1/targets/memory/resume, 200",
        "ADMIN, POST, /api/v1/targets/memory/resume, 200",
        "VIEWER, GET, /api/v1/targets/nowhere, 404",
        "VIEWER, GET, /api/v1/nowhere, 404",
        "ADMIN, GET, /elsewhere, 403",
        "VIEWER, DELETE, /api/v1/targets/memory, 405"
    })
    void a_role_allows_what_it_should_and_no_more(Role role, String method, String path, int status) {
        ApiClient.Answer answer = with(issue(role).text()).send(method, path, null);

        assertThat(answer.status()).isEqualTo(status);
        if (status >= 400) {
            assertThat(answer.problem()).startsWith("urn:synchub:problem:");
            assertThat(answer.json().path("status").asInt()).isEqualTo(status);
        }
    }

    /** Ends as it began: a login of the known bearer clears what the address has failed. */
    @Test
    void who_fails_often_has_to_wait_and_who_is_known_does_not() {
        ApiClient known = with(issue(Role.VIEWER).text());
        assertThat(known.get(TARGETS).status()).isEqualTo(200);
        ApiClient newcomer = with(issue(Role.VIEWER).text());
        List<Integer> answers = new ArrayList<>();
        ApiClient.Answer last;
        do {
            last = with("synchub_0123456789_wrong").get(TARGETS);
            answers.add(last.status());
        } while (last.status() == 401 && answers.size() < 30);

        assertThat(answers).startsWith(401, 401, 401, 401, 401).last().isEqualTo(429);
        assertThat(last.problem()).isEqualTo("urn:synchub:problem:too-many-failed-logins");
        assertThat(Integer.parseInt(last.headers().firstValue("Retry-After").orElseThrow()))
                .isPositive();
        assertThat(known.get(TARGETS).status()).isEqualTo(200);
        assertThat(newcomer.get(TARGETS).status()).isEqualTo(200);
    }

    @Test
    void a_revoked_token_is_refused_at_once_although_it_was_used_a_moment_ago() {
        Tokens.Issued token = issue(Role.VIEWER);
        assertThat(with(token.text()).get(TARGETS).status()).isEqualTo(200);

        hub.bean(Tokens.class).revoke(token.id(), "test");

        assertThat(with(token.text()).get(TARGETS).status()).isEqualTo(401);
    }

    @Test
    void an_expired_token_is_refused() throws Exception {
        Tokens.Issued token = issue(Role.VIEWER);
        assertThat(with(token.text()).get(TARGETS).status()).isEqualTo(200);

        TestHub.clock(store, "61 minutes");

        assertThat(with(token.text()).get(TARGETS).status()).isEqualTo(401);
    }

    @Test
    void a_token_with_another_secret_or_another_tokens_id_is_refused_and_audited() throws Exception {
        Tokens.Issued one = issue(Role.VIEWER);
        Tokens.Issued other = issue(Role.ADMIN);
        String crossed = one.text().replace(one.id(), other.id());
        hub.bean(Refusals.class).close();
        int before = refusals().size();

        assertThat(with(crossed).get(TARGETS).status()).isEqualTo(401);

        assertThat(refusals()).hasSize(before + 1).last().isEqualTo("login|unknown|http|127.0.0.1|refused|token");
    }

    private static List<String> refusals() throws Exception {
        return TestDatabase.rows(
                store,
                "SELECT operation, who, via, address, outcome, detail FROM hub.audit WHERE operation = 'login' ORDER BY id");
    }

    @Test
    void no_table_holds_a_tokens_secret() throws Exception {
        Tokens.Issued token = issue(Role.ADMIN);
        with(token.text()).get(TARGETS);
        String secret = token.text().substring(token.text().lastIndexOf('_') + 1);

        List<String> everything = new ArrayList<>();
        for (String table : Set.of("hub.api_token", "hub.audit")) {
            everything.addAll(TestDatabase.rows(store, "SELECT t::text FROM " + table + " AS t"));
        }

        assertThat(everything).isNotEmpty().noneMatch(row -> row.contains(secret));
        assertThat(TestDatabase.value(store, "SELECT hash FROM hub.api_token WHERE id = '" + token.id() + "'"))
                .startsWith("{pbkdf2}");
        assertThat(token.toString()).doesNotContain(secret);
    }

    @Test
    void what_somebody_does_is_audited_and_what_somebody_looks_at_is_not() throws Exception {
        TestDatabase.run(
                store,
                "INSERT INTO hub.audit (operation, who, via, outcome) VALUES ('mark', 'test', 'command', 'done')");
        ApiClient operator = with(issue(Role.OPERATOR).text());

        operator.get(TARGETS);
        operator.post("/api/v1/targets/memory/pause");
        operator.post("/api/v1/targets/memory/resume");

        assertThat(TestDatabase.rows(
                        store,
                        "SELECT operation, who, via, address, target, outcome, duration_ms IS NOT NULL FROM hub.audit WHERE via = 'http' AND id >"
                                + " (SELECT max(id) FROM hub.audit WHERE operation = 'mark') ORDER BY id"))
                .containsExactly(
                        "pause|test|http|127.0.0.1|memory|begun|f",
                        "pause|test|http|127.0.0.1|memory|done|t",
                        "resume|test|http|127.0.0.1|memory|begun|f",
                        "resume|test|http|127.0.0.1|memory|done|t");
        assertThatThrownBy(() -> TestDatabase.run(store, "DELETE FROM hub.audit"))
                .hasMessageContaining("only ever appended to");
    }

    @Test
    void answers_are_not_cached_and_not_framed_and_other_pages_may_not_ask() {
        ApiClient viewer = with(issue(Role.VIEWER).text());

        ApiClient.Answer answer = viewer.get(TARGETS);
        ApiClient.Answer elsewhere = viewer.send("GET", TARGETS, null, "Origin", "https://evil.example");

        assertThat(answer.headers().firstValue("Cache-Control"))
                .as("kept by nobody but who asked, and never used unasked")
                .hasValue("no-cache, private");
        assertThat(viewer.get("/api/v1/records?guid=nobody").headers().firstValue("Cache-Control"))
                .hasValueSatisfying(v -> assertThat(v).contains("no-store"));
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(answer.headers().firstValue("Content-Security-Policy"))
                .contains("default-src 'none'; frame-ancestors 'none'");
        assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(elsewhere.status()).isEqualTo(403);
        assertThat(elsewhere.headers().firstValue("Access-Control-Allow-Origin"))
                .isEmpty();
    }

    @Test
    void a_body_that_is_no_json_is_refused_without_being_quoted() {
        ApiClient.Answer answer =
                with(issue(Role.OPERATOR).text()).post("/api/v1/targets/memory/resync", "{\"guids\": Nuria Marked");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.problem()).isEqualTo("urn:synchub:problem:malformed");
        assertThat(answer.body()).doesNotContain("Nuria");
    }

    @Test
    void a_kind_that_the_mapping_does_not_have_is_named() {
        ApiClient.Answer answer =
                with(issue(Role.OPERATOR).text()).post("/api/v1/targets/memory/resync", "{\"kinds\": [\"camel\"]}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.problem()).isEqualTo("urn:synchub:problem:invalid");
        assertThat(answer.json().path("detail").asText()).contains("no record kind 'camel'");
    }

    @ParameterizedTest
    @CsvSource({"'', 90, name", "ci, 0, 'at least a second'", "ci, 367, 'at most 366 days'"})
    void a_token_without_a_name_or_with_an_odd_term_is_refused(String name, int days, String why) {
        assertThatThrownBy(() -> hub.bean(Tokens.class).create(name, Role.VIEWER, Duration.ofDays(days), "test"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }
}
