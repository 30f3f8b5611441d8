package org.synchub.simulator.healthrecord;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.SimulatorClient.Reply;

/** Facts of the health record server's envelope, login and throttle (3.1, 3.2). */
class LoginTest {

    private static final String LIST = "/api/v1/patients";
    private static final String PASSWORD = HealthRecordSimulator.PASSWORD;
    private static final String CODE = "/error/code";

    private final Session session = new Session();

    @AfterEach
    void stop() {
        session.close();
    }

    @Test
    void every_answer_has_an_envelope_and_echoes_the_request_id() {
        Reply reply = session.client.send("GET", LIST, null, "X-Request-ID", "r-1");

        assertThat(reply.at("/success").asBoolean()).isTrue();
        assertThat(reply.at("/meta"))
                .isEqualTo(Json.object("timestamp", "2026-11-20T15:12:37.505Z", "requestId", "r-1"));
        assertThat(reply.header("X-Request-ID")).isEqualTo("r-1");
    }

    @Test
    void an_error_tells_its_status_within() {
        Reply reply = session.client.get(LIST + "/" + Session.ID);

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.at("/success").asBoolean(true)).isFalse();
        assertThat(reply.at(CODE).asText()).isEqualTo("RES_5001");
        assertThat(reply.at("/error/statusCode").asInt()).isEqualTo(404);
        assertThat(reply.at("/error/path").asText()).isEqualTo(LIST + "/" + Session.ID);
    }

    @Test
    void the_code_is_the_same_for_400_and_500() {
        Reply bad = session.client.post("/api/v1/sync/queue", Json.object());
        Reply failed = session.process("no-object-id");

        assertThat(bad.status()).isEqualTo(400);
        assertThat(bad.at("/error/message").isArray()).isTrue();
        assertThat(failed.status()).isEqualTo(500);
        assertThat(failed.at("/error/message").asText()).startsWith("Cast to ObjectId failed");
        assertThat(bad.at(CODE)).isEqualTo(failed.at(CODE));
    }

    @Test
    void a_body_over_a_megabyte_is_500_and_broken_json_400() {
        Reply large = session.client.post(
                "/api/v1/sync/queue", session.operation("CREATE", "patient", "", "x", "y".repeat(1024 * 1024)));
        Reply broken = session.client.send("POST", "/api/v1/sync/queue", "{");

        assertThat(large.status()).isEqualTo(500);
        assertThat(large.at("/error/message").asText()).isEqualTo("request entity too large");
        assertThat(broken.status()).isEqualTo(400);
    }

    @Test
    void a_login_needs_a_role_and_stands_at_an_unversioned_path() {
        assertThat(session.login(HealthRecordSimulator.EMAIL, PASSWORD, "HospitalAdmin")
                        .at("/data/role")
                        .asText())
                .isEqualTo("HospitalAdmin");
        assertThat(session.client
                        .post(
                                "/api/auth/login",
                                Json.object("email", HealthRecordSimulator.EMAIL, "password", PASSWORD))
                        .status())
                .isEqualTo(400);
        assertThat(session.client.post("/api/v1/auth/login", Json.object()).status())
                .isEqualTo(404);
    }

    @Test
    void a_wrong_role_is_a_wrong_password() {
        Reply reply = session.login(HealthRecordSimulator.EMAIL, PASSWORD, "Doctor");

        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.at(CODE).asText()).isEqualTo("INVALID_CREDENTIALS");
    }

    @Test
    void five_failures_lock_the_account_for_half_an_hour() {
        for (int i = 0; i < 5; i++) {
            session.login(HealthRecordSimulator.EMAIL, "wrong", "HospitalAdmin");
        }

        Reply locked = session.login(HealthRecordSimulator.EMAIL, PASSWORD, "HospitalAdmin");
        assertThat(locked.status()).isEqualTo(401);
        assertThat(locked.at(CODE).asText()).isEqualTo("ACCOUNT_LOCKED");
        session.clock.tick(Duration.ofMinutes(30));
        assertThat(session.login(HealthRecordSimulator.EMAIL, PASSWORD, "HospitalAdmin")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void unverified_and_inactive_accounts_have_codes_of_their_own() {
        session.simulator.addUnverifiedAccount("new@example.org", "p");
        session.simulator.addInactiveAccount("gone@example.org", "p");

        assertThat(session.login("new@example.org", "p", "HospitalAdmin")
                        .at(CODE)
                        .asText())
                .isEqualTo("EMAIL_NOT_VERIFIED");
        assertThat(session.login("gone@example.org", "p", "HospitalAdmin")
                        .at(CODE)
                        .asText())
                .isEqualTo("ACCOUNT_INACTIVE");
    }

    @Test
    void a_login_claims_900_seconds_and_the_token_knows_better() {
        try (Session brief =
                new Session(HealthRecordSimulator.Options.defaults().tokenLife(Duration.ofSeconds(2)))) {
            JsonNode data = brief.login(HealthRecordSimulator.EMAIL, PASSWORD, "HospitalAdmin")
                    .at("/data");

            assertThat(data.path("expiresIn").asInt()).isEqualTo(900);
            String claims = data.path("accessToken").asText().split("\\.", -1)[1];
            assertThat(Json.parse(new String(Base64.getUrlDecoder().decode(claims), StandardCharsets.UTF_8))
                            .path("exp")
                            .asLong())
                    .isEqualTo(brief.clock.instant().getEpochSecond() + 2);
            brief.clock.tick(Duration.ofSeconds(2));
            assertThat(brief.client.get(LIST).status()).isEqualTo(401);
        }
    }

    @Test
    void a_refresh_never_works_and_a_logout_does() {
        JsonNode data = session.login(HealthRecordSimulator.EMAIL, PASSWORD, "HospitalAdmin")
                .at("/data");
        JsonNode body = Json.object("refreshToken", data.path("refreshToken"));

        Reply refresh = session.client.post("/api/auth/refresh", body);
        assertThat(refresh.status()).isEqualTo(401);
        assertThat(refresh.at("/error/message").asText()).isEqualTo("Invalid or expired refresh token");
        assertThat(session.client.post("/api/auth/logout", body).status()).isEqualTo(200);
    }

    @Test
    void no_token_a_bad_one_and_an_expired_one_are_the_same_401() {
        Reply expired = refusedWith(() -> session.simulator.expireTokens());
        Reply bad = refusedWith(() -> session.client.token("a.b.c"));
        Reply none = refusedWith(() -> session.client.token(""));

        for (Reply reply : new Reply[] {expired, bad, none}) {
            assertThat(reply.status()).isEqualTo(401);
            assertThat(reply.at(CODE).asText()).isEqualTo("AUTH_1008");
            assertThat(reply.at("/error/message").asText()).isEqualTo("Unauthorized");
        }
    }

    private Reply refusedWith(Runnable change) {
        change.run();
        return session.client.get(LIST);
    }

    @Test
    void a_route_takes_100_requests_a_minute_and_its_headers_tell_how_many_are_left() {
        for (int i = 0; i < 99; i++) {
            session.process(Session.ID);
        }
        session.clock.tick(Duration.ofSeconds(20));

        Reply last = session.process("fedcba98765432100123456f");
        assertThat(last.header("X-RateLimit-Limit")).isEqualTo("100");
        assertThat(last.header("X-RateLimit-Remaining")).isEqualTo("0");
        Reply refused = session.process(Session.ID);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.at(CODE).asText()).isEqualTo("RATE_8001");
        assertThat(refused.header("Retry-After")).isEqualTo("40");
        assertThat(session.client.get(LIST).status()).isEqualTo(200);
        session.clock.tick(Duration.ofSeconds(40));
        assertThat(session.process(Session.ID).status()).isEqualTo(404);
    }

    @Test
    void a_minute_has_ten_logins() {
        for (int i = 0; i < 9; i++) {
            session.login("nobody@example.org", "p", "Doctor");
        }

        assertThat(session.login(HealthRecordSimulator.EMAIL, PASSWORD, "HospitalAdmin")
                        .status())
                .isEqualTo(429);
    }

    @Test
    void a_super_admin_may_not_queue_and_only_he_cleans_up() {
        assertThat(session.client
                        .send("DELETE", "/api/v1/sync/cleanup?days=30", null)
                        .status())
                .isEqualTo(403);
        session.simulator.addAccount("root@example.org", PASSWORD, "SuperAdmin");
        session.as("root@example.org", "SuperAdmin");

        Reply queued = session.client.post("/api/v1/sync/queue", session.operation("CREATE", "patient", ""));
        assertThat(queued.status()).isEqualTo(403);
        assertThat(queued.at(CODE).asText()).isEqualTo("INSUFFICIENT_PERMISSIONS");
        assertThat(session.client.get("/api/v1/sync/stats").status()).isEqualTo(200);
        assertThat(session.client
                        .send("DELETE", "/api/v1/sync/cleanup?days=30", null)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void a_patient_may_queue_but_not_resolve_nor_see_the_statistics() {
        session.simulator.addAccount("ann@example.org", PASSWORD, "Patient");
        session.as("ann@example.org", "Patient");

        assertThat(session.client
                        .post("/api/v1/sync/queue", session.operation("CREATE", "patient", ""))
                        .status())
                .isEqualTo(201);
        assertThat(session.client
                        .send("PATCH", "/api/v1/sync/resolve/" + Session.ID + "?resolution=SERVER_WINS", null)
                        .status())
                .isEqualTo(403);
        assertThat(session.client.get("/api/v1/sync/stats").status()).isEqualTo(403);
    }
}
