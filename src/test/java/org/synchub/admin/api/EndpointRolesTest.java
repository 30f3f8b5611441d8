package org.synchub.admin.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.synchub.admin.security.Role;
import org.synchub.admin.security.Users;
import org.synchub.target.Outcome;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;
import org.synchub.testing.ApiClient;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/**
 * Every endpoint in the hub's own description of its API, called by everybody: the role it names gets 2xx, a lesser one
 * 403, a stranger 401. An endpoint that has no role, or for which there is no request here, fails.
 */
class EndpointRolesTest {

    /** How somebody who may calls an endpoint so that it has something to do; the ids are those of {@link #fill}. */
    private record Call(String path, String body) {}

    private static final String PASSWORD = "correct horse battery";

    /** What lets in who is not logged in; beside it only the health is open. */
    private static final Set<String> OPEN =
            Set.of("POST /api/v1/auth/login", "POST /api/v1/auth/refresh", "POST /api/v1/auth/logout");

    private static final Map<String, Call> CALLS = new LinkedHashMap<>();

    static {
        call("GET /api/v1/targets", "/api/v1/targets", null);
        call("GET /api/v1/targets/{target}", "/api/v1/targets/memory", null);
        call("POST /api/v1/targets/{target}/push", "/api/v1/targets/memory/push", null);
        call("POST /api/v1/targets/{target}/pull", "/api/v1/targets/memory/pull", null);
        call("POST /api/v1/targets/{target}/pause", "/api/v1/targets/other/pause", null);
        call("POST /api/v1/targets/{target}/resume", "/api/v1/targets/other/resume", null);
        call("POST /api/v1/targets/{target}/resync", "/api/v1/targets/memory/resync", "{\"kinds\": [\"household\"]}");
        call("GET /api/v1/targets/{target}/resync", "/api/v1/targets/memory/resync", null);
        call("DELETE /api/v1/targets/{target}/resync", "/api/v1/targets/memory/resync", null);
        call("POST /api/v1/targets/{target}/reconcile", "/api/v1/targets/memory/reconcile", "{\"restored\": \"hub\"}");
        call("POST /api/v1/targets/{target}/deletions/confirm", "/api/v1/targets/other/deletions/confirm", null);
        call("GET /api/v1/drift", "/api/v1/drift?tenant=t", null);
        call("GET /api/v1/drift/{tenant}/{guid}/values", "/api/v1/drift/t/house-1/values", null);
        call("POST /api/v1/drift/{tenant}/{guid}/dismiss", "/api/v1/drift/t/house-1/dismiss", null);
        call("GET /api/v1/runs", "/api/v1/runs?target=memory&limit=1", null);
        call("GET /api/v1/runs/{id}", "/api/v1/runs/1", null);
        call("GET /api/v1/attention", "/api/v1/attention", null);
        call("GET /api/v1/attention/{cause}", "/api/v1/attention/{retried}", null);
        call("GET /api/v1/attention/{cause}/records", "/api/v1/attention/{retried}/records", null);
        call("GET /api/v1/attention/{cause}/exchange", "/api/v1/attention/{discarded}/exchange", null);
        call(
                "GET /api/v1/attention/{cause}/exchange/values",
                "/api/v1/attention/{discarded}/exchange/values?key=person-2",
                null);
        call("POST /api/v1/attention/{cause}/retry", "/api/v1/attention/{retried}/retry", null);
        call(
                "POST /api/v1/attention/{cause}/discard",
                "/api/v1/attention/{discarded}/discard",
                "{\"reason\": \"left the programme\"}");
        call("GET /api/v1/targets/{target}/inspection", "/api/v1/targets/memory/inspection", null);
        call(
                "GET /api/v1/targets/{target}/records/{guid}/preview",
                "/api/v1/targets/memory/records/house-1/preview",
                null);
        call("GET /api/v1/conflicts", "/api/v1/conflicts?target=memory", null);
        call("GET /api/v1/conflicts/{id}", "/api/v1/conflicts/1", null);
        call("GET /api/v1/conflicts/{id}/values", "/api/v1/conflicts/1/values", null);
        call("GET /api/v1/conflicts/{id}/alike", "/api/v1/conflicts/3/alike", null);
        call(
                "POST /api/v1/conflicts/{id}/alike/resolve",
                "/api/v1/conflicts/3/alike/resolve",
                "{\"choice\": \"ignore\", \"code\": \"{code}\"}");
        call("POST /api/v1/conflicts/{id}/resolve", "/api/v1/conflicts/1/resolve", "{\"choice\": \"ignore\"}");
        call("POST /api/v1/conflicts/{id}/link", "/api/v1/conflicts/2/link", "{\"guid\": \"house-2\"}");
        call("GET /api/v1/records", "/api/v1/records?target=memory&state=DELIVERED&limit=1", null);
        call("GET /api/v1/records/{guid}", "/api/v1/records/house-1", null);
        call("GET /api/v1/records/{guid}/timeline", "/api/v1/records/house-1/timeline", null);
        call("GET /api/v1/audit", "/api/v1/audit?target=memory", null);
        call("GET /api/v1/audit/verification", "/api/v1/audit/verification", null);
        call("GET /api/v1/audit/root", "/api/v1/audit/root", null);
        call("GET /api/v1/audit/export", "/api/v1/audit/export", null);
        call("GET /api/v1/alerts", "/api/v1/alerts", null);
        call("GET /api/v1/configuration", "/api/v1/configuration", null);
        call(
                "POST /api/v1/auth/login",
                "/api/v1/auth/login",
                "{\"user\": \"ann\", \"password\": \"" + PASSWORD + "\"}");
        call("POST /api/v1/auth/refresh", "/api/v1/auth/refresh", "{\"refreshToken\": \"{refresh}\"}");
        call("POST /api/v1/auth/logout", "/api/v1/auth/logout", "{\"refreshToken\": \"{refresh}\"}");
        call("POST /api/v1/webhooks/{target}", "/api/v1/webhooks/memory", "{}");
        call("GET /api/v1/events", "/api/v1/events?kind=run", null);
        call("GET /api/v1/sync/stats", "/api/v1/sync/stats?target=memory", null);
        call("GET /api/v1/sync/statistics/recorders", "/api/v1/sync/statistics/recorders?target=other&by=user", null);
        call("GET /api/v1/sync/statistics", "/api/v1/sync/statistics?target=memory&by=hour", null);
    }

    private static void call(String endpoint, String path, String body) {
        CALLS.put(endpoint, new Call(path, body));
    }

    private static DataSource store;
    private static TestHub hub;
    private static JsonNode document;
    private static final Map<String, String> CAUSES = new TreeMap<>();
    private static final Map<String, String> CODE = new TreeMap<>();
    private static final Map<Role, ApiClient> CLIENTS = new EnumMap<>(Role.class);

    @BeforeAll
    static void start() throws Exception {
        store = TestDatabase.dataCollect();
        hub = TestHub.on(store)
                .memoryTarget("memory", "t")
                .mapping(
                        "other",
                        TestHub.memoryMapping("other", "t")
                                .replace("lane:", "recordedBy: {user: data.enumerator}\n    lane:"))
                .set("server.port", 0)
                .start();
        for (Role role : Role.values()) {
            CLIENTS.put(role, hub.api(role));
        }
        hub.bean(Users.class).add("ann", Role.VIEWER, PASSWORD, "test");
        fill(store);
        document = CLIENTS.get(Role.VIEWER).get("/api/openapi").json();
    }

    /** Two households that arrive, two people that are refused for different reasons, and a conflict of each sort. */
    private static void fill(DataSource store) throws Exception {
        hub.memory("memory")
                .answer(write -> write.guid().equals("person-1")
                        ? new Outcome.Rejected("first", "refused", null)
                        : write.guid().equals("person-2") ? new Outcome.Rejected("second", "refused", null) : null);
        TestStore field = new TestStore(store, "t");
        field.household("house-1")
                .household("house-2")
                .person("person-1", "house-1")
                .person("person-2", "house-1");
        hub.push("memory");
        for (JsonNode cause : CLIENTS.get(Role.VIEWER).get("/api/v1/attention").json()) {
            CAUSES.put(cause.path("code").asText(), cause.path("id").asText());
        }
        hub.memory("memory")
                .born(new RemoteChange(
                        "household",
                        "born-1",
                        null,
                        null,
                        RemoteState.PRESENT,
                        JsonNodeFactory.instance.objectNode().put("name", "House"),
                        null,
                        null));
        String conflict = "INSERT INTO hub.conflict (target, external_id, guid, kind, conflict_kind, likeness, reason,"
                + " fingerprint, state) VALUES ('memory', ";
        TestDatabase.run(store, conflict + "'push:house-2', 'house-2', 'household', 'x', 'x', 'refused', 'f', 'open')");
        TestDatabase.run(store, conflict + "'born-1', NULL, 'household', 'x', 'x', 'several', 'f', 'open')");
        TestDatabase.run(store, conflict + "'push:house-1', 'house-1', 'household', 'x', 'y', 'refused', 'f', 'open')");
        TestDatabase.run(
                store, "INSERT INTO hub.drift (tenant, guid, events, state) VALUES ('t', 'house-1', '{one}', 'found')");
        CODE.put(
                "{code}",
                CLIENTS.get(Role.VIEWER)
                        .get("/api/v1/conflicts/3/alike")
                        .json()
                        .path("code")
                        .asText());
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    private static Map<String, JsonNode> endpoints() {
        Map<String, JsonNode> endpoints = new LinkedHashMap<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(method -> endpoints.put(
                                method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(), method.getValue())));
        return endpoints;
    }

    @Test
    void every_endpoint_has_a_request_here_and_every_request_an_endpoint() {
        assertThat(new TreeSet<>(CALLS.keySet()))
                .isEqualTo(new TreeSet<>(endpoints().keySet()));
    }

    @Test
    void every_endpoint_is_in_the_document_for_people_with_its_role() throws Exception {
        String page = Files.readString(Path.of("docs/api.md"));

        assertThat(endpoints())
                .isNotEmpty()
                .allSatisfy((endpoint, operation) -> assertThat(page)
                        .contains("| `" + endpoint + "` | "
                                + operation.path("x-role").asText() + " |"));
    }

    @TestFactory
    List<DynamicTest> a_stranger_is_not_let_in_a_lesser_role_may_not_and_the_named_role_may() {
        List<DynamicTest> tests = new ArrayList<>();
        CALLS.forEach((endpoint, call) -> tests.add(DynamicTest.dynamicTest(endpoint, () -> check(endpoint, call))));
        return tests;
    }

    private static void check(String endpoint, Call call) throws SQLException {
        String method = endpoint.substring(0, endpoint.indexOf(' '));
        String path = call.path()
                .replace("{retried}", CAUSES.getOrDefault("first", "?"))
                .replace("{discarded}", CAUSES.getOrDefault("second", "?"));
        if (call.path().contains("/attention/{")) {
            // What was reconciled just now is on its way to be refused again.
            String cause = path.split("/", -1)[4];
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !TestDatabase.rows(store, "SELECT 1 FROM hub.attention WHERE cause = '" + cause + "'")
                            .isEmpty());
        }
        String body = call.body() == null ? null : call.body().replace("{code}", CODE.getOrDefault("{code}", "?"));
        if (endpoints().get(endpoint).path("x-role").asText().equals("signature")) {
            // No token lets anybody in; WebhookTest shows what does.
            assertThat(new ApiClient(hub.port(), null).send(method, path, body).status())
                    .isEqualTo(401);
            assertThat(CLIENTS.get(Role.ADMIN).send(method, path, body).status())
                    .isEqualTo(401);
            return;
        }
        if (OPEN.contains(endpoint)) {
            checkOpen(method, path, String.valueOf(body));
            return;
        }
        Role named = Role.of(endpoints().get(endpoint).path("x-role").asText());

        ApiClient.Answer stranger = new ApiClient(hub.port(), null).send(method, path, body);
        assertThat(stranger.status()).isEqualTo(401);
        for (Role role : Role.values()) {
            if (role.compareTo(named) < 0) {
                ApiClient.Answer lesser = CLIENTS.get(role).send(method, path, body);
                assertThat(lesser.status()).as("as %s", role).isEqualTo(403);
                assertThat(lesser.problem()).isEqualTo("urn:synchub:problem:forbidden");
                assertThat(TestDatabase.value(
                                store,
                                "SELECT operation || '|' || who || '|' || (address IS NOT NULL) || '|' || outcome || '|' || detail"
                                        + " FROM hub.audit WHERE via = 'http' ORDER BY id DESC LIMIT 1"))
                        .isEqualTo(endpoints().get(endpoint).path("operationId").asText() + "|test " + role.word()
                                + "|true|refused|" + endpoint + " 403");
            }
        }
        ApiClient.Answer allowed = CLIENTS.get(named).send(method, path, body);
        assertThat(allowed.status()).as("%s: %s", named, allowed.body()).isBetween(200, 299);
    }

    /** What they send is their login: without that nobody is let in, and a token that is not good is not looked at. */
    private static void checkOpen(String method, String path, String body) {
        String refresh = new ApiClient(hub.port(), null)
                .post("/api/v1/auth/login", CALLS.get("POST /api/v1/auth/login").body())
                .json()
                .path("refreshToken")
                .asText();
        ApiClient stranger = new ApiClient(hub.port(), null);

        assertThat(stranger.send(
                                method,
                                path,
                                body.replace(PASSWORD, "another password").replace("{refresh}", "none"))
                        .status())
                .isEqualTo(401);
        assertThat(new ApiClient(hub.port(), "not.good.anymore")
                        .send(method, path, body.replace("{refresh}", refresh))
                        .status())
                .isBetween(200, 299);
    }

    @Test
    void the_login_is_open_and_a_webhook_is_signed_and_nothing_else_goes_without_a_role() {
        Map<String, Set<String>> byRole = new TreeMap<>();
        endpoints()
                .forEach((endpoint, operation) -> byRole.computeIfAbsent(
                                operation.path("x-role").asText(), role -> new TreeSet<>())
                        .add(endpoint));

        assertThat(byRole).containsOnlyKeys("viewer", "operator", "admin", "open", "signature");
        assertThat(byRole.get("open")).isEqualTo(OPEN);
        assertThat(byRole.get("signature")).containsExactly("POST /api/v1/webhooks/{target}");
        assertThat(document.at("/paths/~1api~1v1~1auth~1login/post/security"))
                .as("its clients send no token")
                .isEmpty();
    }

    @Test
    void the_description_is_openapi_3_names_the_login_and_the_problems_and_every_reference_leads_somewhere() {
        assertThat(document.path("openapi").asText()).startsWith("3.");
        assertThat(document.at("/components/securitySchemes/token/scheme").asText())
                .isEqualTo("bearer");
        endpoints().forEach((endpoint, operation) -> {
            assertThat(operation.path("summary").asText()).as(endpoint).isNotBlank();
            assertThat(operation
                            .at("/responses/422/content/application~1problem+json/schema/$ref")
                            .asText())
                    .as(endpoint)
                    .isEqualTo("#/components/schemas/Problem");
        });
        List<String> operationIds = endpoints().values().stream()
                .map(operation -> operation.path("operationId").asText())
                .toList();
        assertThat(operationIds).doesNotHaveDuplicates().doesNotContain("");
        List<JsonNode> references = document.findValues("$ref");
        assertThat(references)
                .isNotEmpty()
                .allSatisfy(reference -> assertThat(
                                document.at(reference.asText().substring(1)).isMissingNode())
                        .as(reference.asText())
                        .isFalse());
    }
}
