package org.synchub.simulator.collectpay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synchub.simulator.http.Fault;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.Request;
import org.synchub.simulator.http.SimulatorClient.Reply;

/** Facts of CollectPay's login (1.1), and of what stands before every route. */
class LoginTest {

    private final Session session = new Session();

    @AfterEach
    void stop() {
        session.close();
    }

    private Reply me() {
        return session.client.get("/api/v1/auth/me");
    }

    @Test
    void a_login_answers_a_token_and_its_life_in_seconds() {
        Reply reply = session.login(CollectPaySimulator.EMAIL, CollectPaySimulator.PASSWORD);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.at("/success").asBoolean()).isTrue();
        assertThat(reply.at("/expires_in").asInt()).isEqualTo(3600);
        assertThat(reply.at("/user/role").asText()).isEqualTo("admin");
        session.client.token(reply.at("/token").asText());
        assertThat(me().at("/user/email").asText()).isEqualTo(CollectPaySimulator.EMAIL);
    }

    @Test
    void the_token_is_a_jwt_that_tells_its_end() {
        String claims = session.client.token().split("\\.", -1)[1];

        JsonNode json = Json.parse(new String(Base64.getUrlDecoder().decode(claims), StandardCharsets.UTF_8));
        assertThat(json.path("exp").asLong()).isEqualTo(session.clock.instant().getEpochSecond() + 3600);
        assertThat(json.fieldNames())
                .toIterable()
                .contains("iss", "iat", "exp", "nbf", "sub", "jti", "prv", "role", "permissions");
    }

    @Test
    void a_wrong_password_is_401_with_success_false() {
        Reply reply = session.login(CollectPaySimulator.EMAIL, "wrong");

        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.json()).isEqualTo(Json.object("success", false, "message", "Invalid credentials"));
    }

    @Test
    void an_inactive_account_is_403() {
        session.simulator.addInactiveUser("gone@example.org", "pass-word");

        Reply reply = session.login("gone@example.org", "pass-word");
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.at("/message").asText()).isEqualTo("Account is inactive");
    }

    @Test
    void a_login_without_its_fields_is_422_by_field() {
        Reply reply = session.client.post("/api/v1/auth/login", Json.object("email", "hub@example.org"));

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.at("/errors/password/0").asText()).isNotEmpty();
    }

    @Test
    void anyone_may_register_with_any_role_and_sync_at_once() {
        Reply reply = session.client.post(
                "/api/v1/auth/register",
                Json.object(
                        "name",
                        "Any",
                        "email",
                        "any@example.org",
                        "password",
                        "12345678",
                        "password_confirmation",
                        "12345678",
                        "role",
                        "collector"));

        assertThat(reply.status()).isEqualTo(201);
        session.client.token(reply.at("/token").asText());
        assertThat(session.push("suppliers", "create", "code", "S1", "name", "One")
                        .at("/summary/success")
                        .asInt())
                .isOne();
    }

    @Test
    void a_registration_needs_eight_characters_twice() {
        Reply reply = session.client.post(
                "/api/v1/auth/register", Json.object("name", "Any", "email", "a@example.org", "password", "1234567"));

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.at("/errors/password")).hasSize(2);
    }

    @Test
    void without_a_token_it_is_401_without_a_success_key() {
        session.client.token("");

        Reply reply = session.pull(null, "suppliers");
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.json()).isEqualTo(Json.object("message", "Unauthenticated."));
    }

    @Test
    void without_a_token_and_without_asking_for_json_it_is_500_with_html() {
        session.client.token("");

        Reply reply = session.client.send("GET", "/api/v1/suppliers", null, "Accept", "*/*");
        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.header("Content-Type")).startsWith("text/html");
    }

    @Test
    void a_refresh_gives_a_new_token_and_the_old_one_is_dead_at_once() {
        String old = session.client.token();

        Reply reply = session.client.send("POST", "/api/v1/auth/refresh", null);
        assertThat(reply.at("/expires_in").asInt()).isEqualTo(3600);
        assertThat(me().status()).isEqualTo(401);
        session.client.token(reply.at("/token").asText());
        assertThat(me().status()).isEqualTo(200);
        session.client.token(old);
        assertThat(session.client.send("POST", "/api/v1/auth/refresh", null).status())
                .isEqualTo(401);
    }

    @Test
    void an_expired_token_cannot_be_refreshed() {
        session.clock.tick(Duration.ofHours(1));

        assertThat(me().status()).isEqualTo(401);
        assertThat(session.client.send("POST", "/api/v1/auth/refresh", null).status())
                .isEqualTo(401);
    }

    @Test
    void tokens_can_be_made_to_expire_by_a_test() {
        session.simulator.expireTokens();

        assertThat(me().status()).isEqualTo(401);
    }

    @Test
    void a_logout_kills_the_token() {
        Reply reply = session.client.send("POST", "/api/v1/auth/logout", null);

        assertThat(reply.at("/message").asText()).isEqualTo("Logout successful");
        assertThat(me().status()).isEqualTo(401);
    }

    @Test
    void health_is_open_and_the_status_wants_a_device() {
        assertThat(session.client.get("/api/v1/sync/status").status()).isEqualTo(422);
        assertThat(session.client.get("/api/v1/sync/status?device_id=hub").json())
                .isEqualTo(
                        Json.object("success", true, "server_time", "2026-11-20T15:20:10+00:00", "status", "online"));
        session.client.token("");
        assertThat(session.client.get("/api/health").at("/status").asText()).isEqualTo("ok");
    }

    @Test
    void a_deployment_may_limit_the_requests_of_a_minute() {
        try (Session limited =
                new Session(CollectPaySimulator.Options.defaults().requestsPerMinute(2))) {
            limited.clock.tick(Duration.ofSeconds(15));
            limited.pull(null, "suppliers");
            limited.clock.tick(Duration.ofSeconds(15));
            limited.pull(null, "suppliers");

            Reply reply = limited.pull(null, "suppliers");
            assertThat(reply.status()).isEqualTo(429);
            assertThat(reply.header("Retry-After")).isEqualTo("45");
            limited.clock.tick(Duration.ofSeconds(45));
            assertThat(limited.pull(null, "suppliers").status()).isEqualTo(200);
        }
    }

    @Test
    void the_log_tells_what_was_sent_twice_and_what_never_arrived() {
        session.simulator
                .faults()
                .next(1, Request.to("POST", "/api/v1/sync/push"), Fault.status(503, Duration.ofSeconds(7)));

        assertThat(session.push("suppliers", "create", "code", "S1", "name", "One")
                        .header("Retry-After"))
                .isEqualTo("7");
        session.supplier("S2");
        assertThat(session.simulator.requests().repeats()).isEmpty();
        session.supplier("S2");
        assertThat(session.simulator.requests().repeats().keySet())
                .singleElement()
                .asString()
                .startsWith("suppliers create {\"code\":\"S2\"");
        assertThat(session.simulator.requests().count("POST", "/api/v1/sync/push"))
                .isEqualTo(3);
    }
}
