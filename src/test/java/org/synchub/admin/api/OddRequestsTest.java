package org.synchub.admin.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synchub.admin.security.Role;
import org.synchub.testing.ApiClient;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/** Requests that no honest client sends: none makes the hub fail, and none is answered with what is inside it. */
class OddRequestsTest {

    private static final int REQUESTS = Integer.getInteger("synchub.fuzz", 10_000);
    private static final long SEED = 20_261_121;

    private static final List<String> ODD = List.of(
            "",
            " ",
            "0",
            "-1",
            "1",
            "2",
            "99999999999999999999",
            "memory",
            "house-1",
            "\u0000",
            "'; DROP TABLE hub.run; --",
            "%",
            "_",
            "..",
            "../..",
            "a/b",
            ";x=1",
            "null",
            "true",
            "ö",
            "قرية",
            "\uD83D\uDE00",
            "\uD83D",
            "x".repeat(2_000),
            "{{synchub.schedules}}",
            "${camel}",
            "PENDING",
            "1e9",
            "NaN");

    private static final List<String> BODIES = List.of(
            "",
            "{",
            "[]",
            "null",
            "7",
            "\"x\"",
            "{}",
            "{\"kinds\": 7}",
            "{\"kinds\": [null]}",
            "{\"guids\": [\"\\u0000\"]}",
            "{\"guids\": {}}",
            "{\"choice\": null}",
            "{\"choice\": \"merged\", \"fields\": {\"a\": {\"b\": [1]}}}",
            "{\"choice\": \"ignore\", \"fingerprint\": 7}",
            "{\"guid\": null}",
            "{\"guid\": \"\"}",
            "{\"reason\": \"\"}",
            "{\"reason\": \"\\u0000\"}",
            "{\"dryRun\": \"maybe\"}",
            "{\"dryRun\": true, \"guids\": [\"x\"]}");

    private static TestHub hub;
    private static ApiClient admin;

    @BeforeAll
    static void start() throws Exception {
        DataSource store = TestDatabase.dataCollect();
        hub = TestHub.on(store)
                .memoryTarget("memory", "t")
                .set("server.port", 0)
                .set("synchub.security.requests-per-minute", 1_000_000)
                .start();
        admin = hub.api(Role.ADMIN);
        new TestStore(store, "t").household("house-1");
        hub.push("memory");
        // The numbers that paths are filled with find something: a conflict that asks who is meant, and one of both
        // sides.
        String conflict = "INSERT INTO hub.conflict (target, external_id, guid, kind, conflict_kind, likeness, reason,"
                + " fingerprint, state) VALUES ('memory', ";
        TestDatabase.run(store, conflict + "'gone', NULL, 'household', 'x', 'x', 'several', 'f', 'open')");
        TestDatabase.run(store, conflict + "'memory-house-1', 'house-1', 'household', 'x', 'x', 'both', 'f', 'open')");
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    private record Endpoint(String method, String path, List<String> parameters) {}

    private static List<Endpoint> endpoints() {
        List<Endpoint> endpoints = new ArrayList<>();
        admin.get("/api/openapi")
                .json()
                .path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(method -> {
                    List<String> parameters = new ArrayList<>();
                    for (JsonNode parameter : method.getValue().path("parameters")) {
                        if (parameter.path("in").asText().equals("query")) {
                            parameters.add(parameter.path("name").asText());
                        }
                    }
                    endpoints.add(new Endpoint(method.getKey().toUpperCase(Locale.ROOT), path.getKey(), parameters));
                }));
        return endpoints;
    }

    private static String pick(List<String> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Test
    void none_of_many_odd_requests_over_all_endpoints_makes_the_hub_fail_or_show_its_inside() throws Exception {
        Random random = new Random(SEED);
        List<Endpoint> endpoints = endpoints();
        List<Callable<Stream<String>>> requests = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            Endpoint endpoint = endpoints.get(i % endpoints.size());
            StringBuilder path = new StringBuilder(endpoint.path());
            for (int open = path.indexOf("{"); open >= 0; open = path.indexOf("{")) {
                path.replace(open, path.indexOf("}") + 1, encoded(pick(ODD, random)));
            }
            String separator = "?";
            for (String parameter : endpoint.parameters()) {
                if (random.nextBoolean()) {
                    path.append(separator).append(parameter).append('=').append(encoded(pick(ODD, random)));
                    separator = "&";
                }
            }
            String body = endpoint.method().equals("POST") ? pick(BODIES, random) : null;
            String address = path.toString();
            requests.add(() -> failure(endpoint.method(), address, body));
        }
        List<String> failures = new ArrayList<>();
        ExecutorService clients = Executors.newFixedThreadPool(4);
        try {
            for (Future<Stream<String>> asked : clients.invokeAll(requests)) {
                failures.addAll(asked.get().toList());
            }
        } finally {
            clients.shutdownNow();
        }

        assertThat(failures).as("with seed %d", SEED).isEmpty();
    }

    private static Stream<String> failure(String method, String address, String body) {
        ApiClient.Answer answer = admin.send(method, address, body);
        boolean failed = answer.status() >= 500
                || answer.body().contains("\tat ")
                || answer.body().contains("Exception")
                || answer.body().contains("SELECT ");
        return failed
                ? Stream.of(method + " " + address + " " + body + " -> " + answer.status() + " " + answer.body())
                : Stream.empty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"guids\": [", "{\"a\": {\"a\": "})
    void json_that_is_too_deep_is_refused(String level) {
        ApiClient.Answer answer = admin.post("/api/v1/targets/memory/resync", level.repeat(5_000));

        assertThat(answer.status()).isEqualTo(400);
    }

    @Test
    void a_body_that_is_too_large_is_refused_whether_or_not_it_says_so_beforehand() {
        String body = "{\"guids\": [\"" + "x".repeat(1_500_000) + "\"]}";

        ApiClient.Answer announced = admin.post("/api/v1/targets/memory/resync", body);
        ApiClient.Answer inPieces = admin.postInPieces("/api/v1/targets/memory/resync", body);

        assertThat(announced.status()).isEqualTo(413);
        assertThat(announced.problem()).isEqualTo("urn:synchub:problem:too-large");
        assertThat(inPieces.status()).isEqualTo(413);
        assertThat(inPieces.problem()).isEqualTo("urn:synchub:problem:too-large");
    }
}
