package org.synchub.admin.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.AdviceWith;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synchub.sync.PullRequest;
import org.synchub.testing.ApiClient;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** A signed webhook pulls its target sooner; nothing else does anything. */
class WebhookTest {

    private static final String SECRET = "a secret of both sides";
    private static final String BODY = "{\"changed\": [7]}";

    private DataSource store;
    private TestHub hub;
    private TestHub other;

    @BeforeEach
    void start() throws Exception {
        store = TestDatabase.dataCollect();
        hub = start(store);
        other = start(store);
    }

    private static TestHub start(DataSource store) {
        return TestHub.on(store)
                .memoryTarget("memory", "t")
                .memoryTarget("silent", "t")
                .set("server.port", 0)
                .set("synchub.webhooks.memory", SECRET)
                .start();
    }

    @AfterEach
    void stop() {
        hub.close();
        other.close();
    }

    private static String now() {
        return String.valueOf(Instant.now().getEpochSecond());
    }

    private static String sign(String secret, String timestamp, String body) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        byte[] signed = (timestamp + "." + body).getBytes(StandardCharsets.UTF_8);
        return "sha256=" + HexFormat.of().formatHex(mac.doFinal(signed));
    }

    private static ApiClient.Answer send(TestHub to, String target, String timestamp, String signature, String body) {
        return new ApiClient(to.port(), null)
                .send(
                        "POST",
                        "/api/v1/webhooks/" + target,
                        body,
                        "X-Hub-Timestamp",
                        timestamp,
                        "X-Hub-Signature",
                        signature);
    }

    @Test
    void a_signed_webhook_pulls_and_the_same_one_again_does_not_at_any_hub() throws Exception {
        List<PullRequest> asked = new CopyOnWriteArrayList<>();
        AdviceWith.adviceWith(
                hub.bean(CamelContext.class),
                "pull-queue",
                route -> route.weaveAddFirst()
                        .process(exchange -> asked.add(exchange.getMessage().getBody(PullRequest.class))));
        String timestamp = now();
        String signature = sign(SECRET, timestamp, BODY);

        ApiClient.Answer taken = send(hub, "memory", timestamp, signature, BODY);

        assertThat(taken.status()).as(taken.body()).isEqualTo(202);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(asked)
                        .extracting(request -> request.target() + " by " + request.by())
                        .containsExactly("memory by webhook"));
        assertThat(send(hub, "memory", timestamp, signature, BODY).status()).isEqualTo(409);
        assertThat(send(other, "memory", timestamp, signature, BODY).status()).isEqualTo(409);
        assertThat(TestDatabase.rows(
                        store, "SELECT outcome FROM hub.audit WHERE operation = 'takeWebhook' ORDER BY id"))
                .containsExactly("done", "refused", "refused");
    }

    @Test
    void whatever_is_not_signed_so_lately_and_for_this_target_is_refused() throws Exception {
        String timestamp = now();
        String old = String.valueOf(Instant.now().minusSeconds(400).getEpochSecond());

        assertThat(send(hub, "memory", old, sign(SECRET, old, BODY), BODY).status())
                .isEqualTo(401);
        assertThat(send(hub, "memory", timestamp, sign(SECRET, timestamp, BODY), BODY + " ")
                        .status())
                .isEqualTo(401);
        assertThat(send(hub, "memory", timestamp, sign("another secret of theirs", timestamp, BODY), BODY)
                        .status())
                .isEqualTo(401);
        assertThat(send(other, "silent", timestamp, sign(SECRET, timestamp, BODY), BODY)
                        .status())
                .isEqualTo(401);
        assertThat(send(other, "nowhere", timestamp, sign(SECRET, timestamp, BODY), BODY)
                        .status())
                .isEqualTo(401);
        assertThat(send(other, "memory", timestamp, "sha256=zz", BODY).problem())
                .isEqualTo("urn:synchub:problem:login-needed");
        assertThat(TestDatabase.value(store, "SELECT count(*) FROM hub.webhook_taken"))
                .isEqualTo("0");
    }

    @Test
    void whoever_guesses_is_slowed() throws Exception {
        String timestamp = now();
        for (int i = 0; i < LoginGuard.FREE; i++) {
            assertThat(send(hub, "memory", timestamp, "sha256=00", BODY).status())
                    .isEqualTo(401);
        }

        ApiClient.Answer slowed = send(hub, "memory", timestamp, sign(SECRET, timestamp, BODY), BODY);

        assertThat(slowed.status()).isEqualTo(429);
        assertThat(slowed.headers().firstValue("Retry-After")).isPresent();
    }
}
