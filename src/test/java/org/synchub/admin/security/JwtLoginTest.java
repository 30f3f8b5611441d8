package org.synchub.admin.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synchub.testing.ApiClient;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** Who is let in by a JWT of a configured key. */
class JwtLoginTest {

    private static final String PAUSE = "/api/v1/targets/memory/resume";

    @TempDir
    static Path folder;

    private static KeyPair keys;
    private static TestHub hub;

    @BeforeAll
    static void start() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        keys = generator.generateKeyPair();
        Path key = folder.resolve("issuer.pem");
        Files.writeString(
                key,
                "-----BEGIN PUBLIC KEY-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(keys.getPublic().getEncoded())
                        + "\n-----END PUBLIC KEY-----\n");
        hub = TestHub.on(TestDatabase.dataCollect())
                .memoryTarget("memory", "t")
                .set("server.port", 0)
                .set("spring.security.oauth2.resourceserver.jwt.public-key-location", key.toUri())
                .set("spring.security.oauth2.resourceserver.jwt.audiences", "sync-hub")
                .set("synchub.security.roles-claim", "realm_access.roles")
                .start();
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    private static String jwt(PrivateKey key, String roles, Instant expires) throws Exception {
        Base64.Encoder text = Base64.getUrlEncoder().withoutPadding();
        String claims = "{\"sub\": \"ann@example.org\", \"aud\": \"sync-hub\", \"exp\": " + expires.getEpochSecond()
                + ", \"realm_access\": {\"roles\": " + roles + "}}";
        String signed = text.encodeToString("{\"alg\": \"RS256\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + text.encodeToString(claims.getBytes(StandardCharsets.UTF_8));
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(key);
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + text.encodeToString(signature.sign());
    }

    private static ApiClient with(String token) {
        return new ApiClient(hub.port(), token);
    }

    private static Instant soon() {
        return Instant.now().plusSeconds(300);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "[\"synchub-viewer\"]; 403",
                "[\"other\", \"synchub-operator\"]; 200",
                "\"synchub-viewer synchub-admin\"; 200",
                "[\"admin\", \"operator\", \"synchub-\"]; 403",
                "{\"synchub-admin\": true}; 403",
                "[]; 403"
            })
    void the_roles_are_read_from_the_claim_that_the_setting_names(String roles, int status) throws Exception {
        assertThat(with(jwt(keys.getPrivate(), roles, soon())).post(PAUSE).status())
                .isEqualTo(status);
    }

    @Test
    void a_jwt_of_another_key_and_one_that_has_ended_are_refused() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        String forged = jwt(generator.generateKeyPair().getPrivate(), "[\"synchub-admin\"]", soon());
        String old = jwt(keys.getPrivate(), "[\"synchub-admin\"]", Instant.now().minusSeconds(300));

        assertThat(with(forged).post(PAUSE).status()).isEqualTo(401);
        assertThat(with(old).post(PAUSE).status()).isEqualTo(401);
        assertThat(with(forged).post(PAUSE).problem()).isEqualTo("urn:synchub:problem:login-needed");
    }

    @Test
    void users_log_in_by_password_beside_the_issuer_and_neither_ones_jwts_pass_for_the_others() throws Exception {
        hub.bean(Users.class).add("bea", Role.OPERATOR, "correct horse battery", "test");
        String own = with(null)
                .post("/api/v1/auth/login", "{\"user\": \"bea\", \"password\": \"correct horse battery\"}")
                .json()
                .path("accessToken")
                .asText();
        String issuers = jwt(keys.getPrivate(), "[\"synchub-operator\"]", soon());
        String[] mine = own.split("\\.", -1);
        String[] theirs = issuers.split("\\.", -1);

        assertThat(with(own).post(PAUSE).status()).isEqualTo(200);
        assertThat(with(issuers).post(PAUSE).status()).isEqualTo(200);
        assertThat(with(mine[0] + "." + mine[1] + "." + theirs[2]).post(PAUSE).status())
                .isEqualTo(401);
        assertThat(with(theirs[0] + "." + mine[1] + "." + theirs[2]).post(PAUSE).status())
                .isEqualTo(401);
        assertThat(with(mine[0] + "." + theirs[1] + "." + mine[2]).post(PAUSE).status())
                .isEqualTo(401);
        assertThat(with(own).post(PAUSE).status()).isEqualTo(200);
    }

    @Test
    void no_one_time_token_is_made_where_an_issuer_is_configured() {
        FirstLogin first = hub.bean(FirstLogin.class);

        assertThat(first.isConfigured()).isTrue();
        assertThat(first.oneTimeToken()).isEmpty();
    }
}
