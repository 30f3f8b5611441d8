package org.synchub.simulator.synchronization;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.SimulatorClient.Reply;

/** The document, and its sensible reading, on tokens (1), initialize (2), errors (16) and paths (17). */
class InitializeTest {

    private final Session session = new Session();

    @AfterEach
    void stop() {
        session.close();
    }

    @Test
    void initialize_tells_the_servers_time() {
        assertThat(session.initialize().json()).isEqualTo(Json.object("server_time", "2026-11-20T15:00:00Z"));
    }

    @Test
    void the_servers_time_may_have_another_name_or_stand_in_the_header_alone() {
        try (Session other = new Session(Choices.defaults().serverTimeField("server_timestamp"));
                Session none = new Session(Choices.defaults().serverTimeField(""))) {
            assertThat(other.initialize().at("/server_timestamp").asText()).isEqualTo("2026-11-20T15:00:00Z");
            assertThat(none.initialize().json()).isEqualTo(Json.object());
            assertThat(none.initialize().header("Date")).endsWith("GMT");
        }
    }

    @Test
    void initialize_needs_its_three_fields_of_which_last_sync_may_be_null() {
        Reply reply = session.client.post("/api/sync/initialize", Json.object("device_id", "hub", "app_version", "1"));

        assertThat(reply.status()).isEqualTo(422);
        assertThat(session.initialize().status()).isEqualTo(200);
    }

    @Test
    void a_device_that_was_not_initialized_is_403() {
        Reply reply = session.upload(session.item("create", 1).put("device_id", "stranger"));

        assertThat(reply.status()).isEqualTo(403);
        assertThat(session.simulator.registrar().everMade(Session.MODEL)).isZero();
    }

    @Test
    void without_a_token_or_with_an_expired_one_it_is_401() {
        session.clock.tick(Duration.ofHours(1));

        assertThat(session.download("").status()).isEqualTo(401);
        session.client.token("");
        assertThat(session.download("").status()).isEqualTo(401);
    }

    @Test
    void tokens_can_be_made_to_expire_by_a_test() {
        session.simulator.expireTokens();

        assertThat(session.download("").status()).isEqualTo(401);
    }

    @Test
    void path_field_and_life_of_tokens_are_a_choice() {
        try (Session other = new Session(Choices.defaults().token("/login", "access", Duration.ofSeconds(5)))) {
            assertThat(other.download("").status()).isEqualTo(200);
            other.clock.tick(Duration.ofSeconds(5));
            assertThat(other.download("").status()).isEqualTo(401);
        }
    }

    @Test
    void a_wrong_password_is_401() {
        assertThat(session.client
                        .post("/api/auth/token", Json.object("username", "hub", "password", "x"))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void an_error_has_a_text_whose_name_is_a_choice() {
        try (Session other = new Session(Choices.defaults().errorField("message"))) {
            session.client.token("");
            other.client.token("");

            assertThat(session.download("").at("/error").asText()).isNotEmpty();
            assertThat(other.download("").at("/message").asText()).isNotEmpty();
        }
    }

    @Test
    void a_slash_at_the_end_is_redirected_and_nothing_done() {
        Reply reply = session.client.post("/api/sync/upload/", Json.array(session.item("create", 1)));

        assertThat(reply.status()).isEqualTo(301);
        assertThat(reply.header("Location")).isEqualTo("/api/sync/upload");
        assertThat(session.simulator.registrar().everMade(Session.MODEL)).isZero();
    }

    @Test
    void a_path_that_is_none_is_404() {
        assertThat(session.client.get("/api/sync/status").status()).isEqualTo(404);
    }
}
