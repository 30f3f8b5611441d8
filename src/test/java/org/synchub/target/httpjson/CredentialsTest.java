package org.synchub.target.httpjson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synchub.simulator.http.Answer;
import org.synchub.simulator.http.Fault;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.Request;
import org.synchub.simulator.http.RequestLog;
import org.synchub.target.Outcome;
import org.synchub.target.TargetTrouble;

/** What {@code auth} sends, against a server that checks it. */
class CredentialsTest {

    private static final String REQUESTS = """
            write: {repeat: safe, lookFirst: when-uncertain}
            requests:
              create: {method: POST, path: /people, body: {key: "{key}", "*": "{record}"}}
              probe: {method: GET, path: /people}
            """;

    /** How the server's tokens look and how long it says they are good for. */
    private enum Told {
        SECONDS,
        SECONDS_AS_TEXT,
        JWT,
        NOTHING
    }

    @TempDir
    private Path directory;

    private final AtomicInteger tokens = new AtomicInteger();
    private final AtomicInteger people = new AtomicInteger();
    private final Site site = new Site(this::answer);
    private Told told = Told.SECONDS;
    private String header = "Authorization";
    private String scheme = "Bearer ";
    private String letIn = "";
    private int loginStatus = 200;
    private Rig rig;

    @AfterEach
    void stop() {
        site.close();
    }

    private Answer answer(Request request) {
        if (request.path().equals("/token")) {
            return loginStatus == 200
                    ? Answer.json(200, token())
                    : Answer.json(loginStatus, Json.object("error", "invalid_client"));
        }
        return letIn.isEmpty() || request.header(header).equals(letIn)
                ? Answer.json(201, Json.object("id", people.incrementAndGet()))
                : Answer.json(401, Json.object("error", "invalid_token"));
    }

    private JsonNode token() {
        Instant end = rig.clock.instant().plus(Duration.ofMinutes(10));
        String token = told == Told.JWT
                ? "e30."
                        + Base64.getUrlEncoder()
                                .withoutPadding()
                                .encodeToString(("{\"exp\":" + end.getEpochSecond() + ",\"n\":"
                                                + tokens.incrementAndGet() + "}")
                                        .getBytes(StandardCharsets.UTF_8))
                        + ".x"
                : "token-" + tokens.incrementAndGet();
        letIn = scheme + token;
        return switch (told) {
            case SECONDS -> Json.object("access_token", token, "token_type", "Bearer", "expires_in", 600);
            case SECONDS_AS_TEXT -> Json.object("access_token", token, "expires_in", "600");
            case JWT, NOTHING -> Json.object("access_token", token);
        };
    }

    private void auth(String auth) {
        rig = site.rig("auth: " + auth + "\n" + REQUESTS);
    }

    private void clientCredentials(String more) {
        auth("{type: client-credentials, path: /token, clientId: hub, clientSecret: \"s:cr+t\"" + more + "}");
    }

    private List<RequestLog.Entry> logins() {
        return site.log().stream()
                .filter(asked -> asked.path().equals("/token"))
                .toList();
    }

    private RequestLog.Entry last() {
        return site.log().get(site.log().size() - 1);
    }

    @Test
    void basic_sends_name_and_password_as_the_standard_writes_them() {
        auth("{type: basic, username: hub, password: \"pä:ss\"}");

        rig.accepted("p1", Site.ANN);

        assertThat(last().header("Authorization"))
                .isEqualTo("Basic " + Base64.getEncoder().encodeToString("hub:pä:ss".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void bearer_sends_the_token_and_is_not_renewed() {
        auth("{type: bearer, token: t1}");
        letIn = "Bearer other";

        assertThatThrownBy(() -> rig.adapter.prepare())
                .isInstanceOfSatisfying(
                        TargetTrouble.class,
                        trouble -> assertThat(trouble.kind()).isEqualTo(TargetTrouble.Kind.LOGIN_REFUSED))
                .hasMessageContaining("check auth in 'adapter' of mappings")
                .hasMessageNotContaining("t1");
        assertThat(site.lines()).containsExactly("GET /people");
    }

    @ParameterizedTest
    @CsvSource({"'', X-Api-Key", "', header: X-Partner', X-Partner"})
    void an_api_key_goes_into_its_header(String more, String header) {
        auth("{type: api-key, apiKey: k1" + more + "}");

        rig.accepted("p1", Site.ANN);

        assertThat(last().header(header)).isEqualTo("k1");
    }

    @Test
    void client_credentials_ask_for_a_token_with_the_secret_in_the_header() {
        clientCredentials(", scope: people.write");

        rig.accepted("p1", Site.ANN);

        RequestLog.Entry login = logins().get(0);
        assertThat(login.header("Authorization"))
                .isEqualTo("Basic "
                        + Base64.getEncoder().encodeToString("hub:s%3Acr%2Bt".getBytes(StandardCharsets.UTF_8)));
        assertThat(login.header("Content-Type")).isEqualTo("application/x-www-form-urlencoded");
        assertThat(login.text()).isEqualTo("grant_type=client_credentials&scope=people.write");
        assertThat(last().header("Authorization")).isEqualTo("Bearer token-1");
    }

    @Test
    void client_credentials_can_go_into_the_body() {
        clientCredentials(", sendIn: body");

        rig.accepted("p1", Site.ANN);

        assertThat(logins().get(0).header("Authorization")).isEmpty();
        assertThat(logins().get(0).text())
                .isEqualTo("grant_type=client_credentials&client_id=hub&client_secret=s%3Acr%2Bt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SECONDS", "SECONDS_AS_TEXT", "JWT"})
    void a_token_is_renewed_ahead_of_its_end_wherever_the_end_is_told(String where) {
        told = Told.valueOf(where);
        clientCredentials(", renewBefore: 60s");
        rig.accepted("p1", Site.ANN);

        rig.clock.later(Duration.ofSeconds(539));
        rig.accepted("p2", Site.ANN);
        assertThat(logins()).hasSize(1);

        rig.clock.later(Duration.ofSeconds(1));
        rig.accepted("p3", Site.ANN);
        assertThat(logins()).hasSize(2);
        assertThat(site.log()).noneMatch(asked -> asked.status() == 401);
    }

    @Test
    void a_token_whose_end_nobody_told_is_renewed_when_it_is_refused_and_the_record_is_sent_again() {
        told = Told.NOTHING;
        clientCredentials("");
        rig.accepted("p1", Site.ANN);
        letIn = "Bearer another";

        rig.accepted("p2", Site.ANN);

        assertThat(site.lines())
                .containsExactly("POST /token", "POST /people", "POST /people", "POST /token", "POST /people");
        assertThat(people).hasValue(2);
    }

    @Test
    void a_token_that_cannot_be_renewed_yet_is_used_until_its_end() {
        clientCredentials("");
        rig.accepted("p1", Site.ANN);
        loginStatus = 500;

        rig.clock.later(Duration.ofSeconds(570));
        rig.accepted("p2", Site.ANN);

        rig.clock.later(Duration.ofSeconds(30));
        assertThat(rig.put("p3", Site.ANN)).isInstanceOf(Outcome.Unsent.class);
        assertThat(people).hasValue(2);
    }

    @Test
    void many_threads_share_one_login_and_one_renewal() throws Exception {
        clientCredentials("");
        atOnce(12);
        assertThat(logins()).as("the first login").hasSize(1);

        rig.clock.later(Duration.ofMinutes(10));
        atOnce(12);
        assertThat(logins()).as("with one renewal").hasSize(2);

        letIn = "Bearer revoked";
        atOnce(12);
        assertThat(logins()).as("after the token was revoked").hasSize(3);
        assertThat(people).hasValue(36);
    }

    /** As many records, each sent by a thread of its own, all let go at the same moment. */
    private void atOnce(int threads) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch go = new CountDownLatch(1);
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                String guid = "p" + people.get() + "-" + i;
                all.add(CompletableFuture.runAsync(
                        () -> {
                            try {
                                go.await();
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                            assertThat(rig.adapter
                                            .send(List.of(rig.write(guid, Site.ANN, false)))
                                            .get(0))
                                    .isInstanceOf(Outcome.Accepted.class);
                        },
                        pool));
            }
            go.countDown();
            for (CompletableFuture<Void> one : all) {
                one.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 423})
    void a_refused_login_is_not_repeated_until_its_time_has_come(int status) {
        clientCredentials(", retryAfter: 10m");
        loginStatus = status;

        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> rig.adapter.prepare())
                    .isInstanceOfSatisfying(TargetTrouble.class, trouble -> {
                        assertThat(trouble.kind()).isEqualTo(TargetTrouble.Kind.LOGIN_REFUSED);
                        assertThat(trouble.retryAfter()).isEqualTo(Duration.ofMinutes(10));
                    })
                    .hasMessageNotContaining("s:cr+t");
        }
        assertThat(logins()).hasSize(1);

        loginStatus = 200;
        rig.clock.later(Duration.ofMinutes(10));
        assertThatCode(() -> rig.adapter.prepare()).doesNotThrowAnyException();
        assertThat(logins()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "type: client-credentials, path: /token, clientId: hub, clientSecret: ",
                "type: client-credentials, path: /token, clientId: hub, sendIn: body, clientSecret: ",
                "type: login, path: /token, tokenAt: access_token, body: {user: hub, password: "
            })
    void a_changed_secret_is_tried_at_once_though_the_one_before_was_refused(String how) throws Exception {
        Path file = Files.writeString(directory.resolve("secret"), "old-one");
        auth("{" + how + "\"${file:" + file + "}\"}" + (how.contains("{") ? "}" : ""));
        loginStatus = 401;
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> rig.adapter.prepare())
                    .isInstanceOf(TargetTrouble.class)
                    .hasMessageNotContaining("old-one");
        }
        assertThat(logins()).hasSize(1);

        loginStatus = 200;
        Files.writeString(file, "new-one");

        assertThatCode(() -> rig.adapter.prepare()).doesNotThrowAnyException();
        assertThat(logins()).hasSize(2);
        RequestLog.Entry login = logins().get(1);
        String sent = login.header("Authorization").isEmpty()
                ? login.text()
                : new String(
                        Base64.getDecoder().decode(login.header("Authorization").substring("Basic ".length())),
                        StandardCharsets.UTF_8);
        assertThat(sent).contains("new-one").doesNotContain("old-one");
    }

    @Test
    void a_signature_is_made_with_the_secret_that_counts_at_that_moment() throws Exception {
        Path file = Files.writeString(directory.resolve("secret"), "old-one");
        auth("{type: hmac, over: fixed, secret: \"${file:" + file + "}\"}");
        rig.accepted("p1", Site.ANN);
        String before = last().header("X-Signature");

        Files.writeString(file, "new-one");
        rig.accepted("p2", Site.ANN);

        assertThat(before).isEqualTo(signature("old-one"));
        assertThat(last().header("X-Signature")).isEqualTo(signature("new-one"));
    }

    private static String signature(String secret) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return HexFormat.of().formatHex(mac.doFinal("fixed".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void a_login_that_the_server_could_not_answer_is_no_refusal() {
        clientCredentials("");
        site.faults().next(1, Request.to("POST", "/token"), Fault.status(500));

        assertThatThrownBy(() -> rig.adapter.prepare()).isInstanceOfSatisfying(TargetTrouble.class, trouble -> {
            assertThat(trouble.kind()).isEqualTo(TargetTrouble.Kind.UNREACHABLE);
            assertThat(trouble.maybeApplied()).isFalse();
        });
        assertThatCode(() -> rig.adapter.prepare()).doesNotThrowAnyException();
    }

    @Test
    void a_login_whose_answer_was_lost_leaves_no_record_in_doubt() {
        clientCredentials("");
        site.faults().next(1, Request.to("POST", "/token"), Fault.cut(Fault.Cut.BEFORE_ANSWER));

        assertThat(rig.put("p1", Site.ANN)).isInstanceOf(Outcome.Unsent.class);
        rig.accepted("p1", Site.ANN);
        assertThat(people).hasValue(1);
    }

    @Test
    void an_answer_without_a_token_counts_as_refused() {
        auth("{type: login, path: /token, body: {user: hub, password: p}, tokenAt: data.token}");

        assertThatThrownBy(() -> rig.adapter.prepare()).hasMessageContaining("The login gave no token (HTTP 200)");
        assertThatThrownBy(() -> rig.adapter.prepare()).hasMessageContaining("does not try again before");
        assertThat(logins()).hasSize(1);
    }

    @Test
    void a_login_puts_the_token_where_the_file_says() {
        auth(
                "{type: login, path: /token, body: {user: hub, password: p}, tokenAt: access_token, expiresInAt: expires_in,"
                        + " header: X-Session, prefix: \"Token \"}");

        header = "X-Session";
        scheme = "Token ";

        rig.accepted("p1", Site.ANN);

        assertThat(last().header("X-Session")).isEqualTo("Token token-1");
        assertThat(last().header("Authorization")).isEmpty();
        assertThat(logins().get(0).body()).isEqualTo(Json.object("user", "hub", "password", "p"));
    }

    @ParameterizedTest
    @CsvSource({"sha256, HmacSHA256, hex", "sha512, HmacSHA512, hex", "sha1, HmacSHA1, base64"})
    void hmac_signs_what_the_file_says_of_the_very_bytes_that_leave(String algorithm, String name, String encoding) {
        auth("{type: hmac, secret: s1, algorithm: " + algorithm + ", encoding: " + encoding
                + ", over: \"{method}|{path}|{timestamp}|{body}\", timestampHeader: X-Time}");

        rig.accepted("p1", Rig.form("individual", "name", "Zoë \"Z\""));

        RequestLog.Entry sent = last();
        String time = Long.toString(rig.clock.instant().getEpochSecond());
        assertThat(sent.header("X-Time")).isEqualTo(time);
        byte[] expected = mac(name, "POST|/people|" + time + "|" + sent.text());
        assertThat(sent.header("X-Signature"))
                .isEqualTo(
                        encoding.equals("hex")
                                ? HexFormat.of().formatHex(expected)
                                : Base64.getEncoder().encodeToString(expected));
    }

    @Test
    void hmac_signs_the_body_alone_unless_told_otherwise() {
        auth("{type: hmac, secret: s1, header: X-Hub-Signature}");

        rig.accepted("p1", Site.ANN);

        assertThat(last().header("X-Hub-Signature"))
                .isEqualTo(HexFormat.of().formatHex(mac("HmacSHA256", last().text())));
    }

    private static byte[] mac(String algorithm, String text) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec("s1".getBytes(StandardCharsets.UTF_8), algorithm));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
