package org.synchub.admin.security;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.synchub.ledger.ApiLogins;
import org.synchub.testing.ApiClient;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** Users who log in by name and password, over real HTTP, at two hubs of one database. */
class LocalLoginTest {

    private static final String TARGETS = "/api/v1/targets";
    private static final String PASSWORD = "correct horse battery";
    private static final ObjectMapper JSON = new ObjectMapper();

    private static DataSource store;
    private static TestHub hub;
    private static TestHub other;
    private static ApiClient known;

    @BeforeAll
    static void start() throws Exception {
        store = TestDatabase.dataCollect();
        hub = TestHub.on(store)
                .memoryTarget("memory", "t")
                .set("server.port", 0)
                .set("synchub.audit.key", "a key of the audit trail")
                .start();
        other = TestHub.on(store)
                .memoryTarget("memory", "t")
                .set("server.port", 0)
                .start();
        known = hub.api(Role.VIEWER);
        known.get(TARGETS);
    }

    @AfterAll
    static void stop() {
        hub.close();
        other.close();
    }

    /** The failures of one test do not slow the next: a login of somebody known clears the address. */
    @AfterEach
    void forget() throws Exception {
        TestHub.clock(store, "0");
        assertThat(known.get(TARGETS).status()).isEqualTo(200);
    }

    private static String user(Role role) {
        String name = "user-" + UUID.randomUUID();
        hub.bean(Users.class).add(name, role, PASSWORD, "test");
        return name;
    }

    private static ApiClient.Answer login(TestHub at, String user, String password) throws Exception {
        String body = JSON.writeValueAsString(
                JSON.createObjectNode().put("user", user).put("password", password));
        return new ApiClient(at.port(), null).post("/api/v1/auth/login", body);
    }

    private static JsonNode loggedIn(String user) throws Exception {
        ApiClient.Answer answer = login(hub, user, PASSWORD);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static ApiClient.Answer refresh(JsonNode pair) {
        return auth("refresh", pair);
    }

    private static ApiClient.Answer auth(String what, JsonNode pair) {
        return new ApiClient(hub.port(), null)
                .post(
                        "/api/v1/auth/" + what,
                        "{\"refreshToken\": \"" + pair.path("refreshToken").asText() + "\"}");
    }

    private static int asks(TestHub at, JsonNode pair) {
        return asks(at, pair.path("accessToken").asText());
    }

    private static int asks(TestHub at, String token) {
        return new ApiClient(at.port(), token).get(TARGETS).status();
    }

    private static JsonNode part(JsonNode pair, int n) throws Exception {
        String text = pair.path("accessToken").asText().split("\\.", -1)[n];
        return JSON.readTree(Base64.getUrlDecoder().decode(text));
    }

    private static List<String> audited(String user) throws Exception {
        return TestDatabase.rows(
                store,
                "SELECT operation, via, address, outcome, detail FROM hub.audit WHERE who = '" + user
                        + "' ORDER BY id");
    }

    @Test
    void a_login_gives_a_short_access_token_and_a_refresh_token_kept_by_nobody() throws Exception {
        String user = user(Role.OPERATOR);

        ApiClient.Answer answer = login(hub, " " + user.toUpperCase(java.util.Locale.ROOT), PASSWORD);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Cache-Control"))
                .hasValueSatisfying(v -> assertThat(v).contains("no-store"));
        assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
        JsonNode pair = answer.json();
        assertThat(pair.path("tokenType").asText()).isEqualTo("Bearer");
        assertThat(pair.path("expiresIn").asLong()).isEqualTo(600);
        assertThat(pair.path("refreshExpiresIn").asLong()).isEqualTo(30 * 24 * 3600);
        assertThat(part(pair, 0).path("alg").asText()).isEqualTo("HS256");
        assertThat(part(pair, 0).path("kid").asText()).hasSize(8);
        JsonNode claims = part(pair, 1);
        assertThat(claims.path("iss").asText()).isEqualTo("sync-hub");
        assertThat(claims.path("sub").asText()).isEqualTo(user);
        assertThat(claims.path("role").asText()).isEqualTo("operator");
        assertThat(claims.path("aud").toString())
                .contains("sync-hub:" + TestDatabase.value(store, "SELECT id FROM hub.installation"));
        assertThat(claims.path("exp").asLong() - claims.path("iat").asLong()).isEqualTo(600);
        assertThat(claims.path("jti").asText()).isNotBlank();
        assertThat(audited(user)).containsExactly("login|http|127.0.0.1|done|password, operator");
    }

    @ParameterizedTest
    @CsvSource({
        "VIEWER, GET, /api/v1/targets, 200",
        "VIEWER, POST, /api/v1/targets/memory/resume, 403",
        "OPERATOR, POST, /api/v1/targets/memory/resume, 200",
        "OPERATOR, GET, /api/v1/audit, 403",
        "ADMIN, GET, /api/v1/audit, 200"
    })
    void a_user_may_what_the_role_may_and_is_audited_by_name(Role role, String method, String path, int status)
            throws Exception {
        String user = user(role);
        JsonNode pair = loggedIn(user);

        ApiClient.Answer answer =
                new ApiClient(hub.port(), pair.path("accessToken").asText()).send(method, path, null);

        assertThat(answer.status()).isEqualTo(status);
        if (status == 403 || method.equals("POST") || role == Role.ADMIN) {
            assertThat(audited(user)).hasSizeGreaterThan(1);
        }
    }

    @Test
    void an_access_token_ends_with_its_tenth_minute_by_the_databases_clock_and_is_no_failed_login() throws Exception {
        String user = user(Role.VIEWER);
        JsonNode pair = loggedIn(user);

        TestHub.clock(store, "9 minutes 50 seconds");
        assertThat(asks(hub, pair)).isEqualTo(200);
        TestHub.clock(store, "10 minutes 1 second");
        for (int i = 0; i < 2 * LoginGuard.FREE; i++) {
            assertThat(asks(hub, pair)).isEqualTo(401);
        }

        JsonNode next = refresh(pair).json();
        assertThat(asks(hub, next)).isEqualTo(200);
        assertThat(audited(user)).hasSize(1);
    }

    @Test
    void two_hubs_of_a_database_accept_each_others_tokens() throws Exception {
        JsonNode pair = loggedIn(user(Role.VIEWER));

        assertThat(asks(other, pair)).isEqualTo(200);
        ApiClient.Answer refreshed = new ApiClient(other.port(), null)
                .post(
                        "/api/v1/auth/refresh",
                        "{\"refreshToken\": \"" + pair.path("refreshToken").asText() + "\"}");
        assertThat(asks(hub, refreshed.json())).isEqualTo(200);
    }

    @Test
    void a_refresh_token_that_is_used_again_later_ends_its_login_and_no_other() throws Exception {
        String user = user(Role.VIEWER);
        JsonNode elsewhere = loggedIn(user);
        JsonNode first = loggedIn(user);
        JsonNode second = refresh(first).json();
        TestHub.clock(store, "11 seconds");

        ApiClient.Answer stolen = refresh(first);

        assertThat(stolen.status()).isEqualTo(401);
        assertThat(stolen.problem()).isEqualTo("urn:synchub:problem:login-needed");
        assertThat(refresh(second).status()).isEqualTo(401);
        assertThat(asks(hub, second)).as("its access token too").isEqualTo(401);
        assertThat(asks(hub, elsewhere)).isEqualTo(200);
        assertThat(refresh(elsewhere).status()).isEqualTo(200);
        assertThat(audited(user)).contains("refresh-reuse|http|127.0.0.1|refused|the login was ended");
    }

    @Test
    void who_lost_the_answer_asks_again_within_seconds_and_only_the_newest_token_is_good() throws Exception {
        JsonNode first = loggedIn(user(Role.VIEWER));
        JsonNode lost = refresh(first).json();
        TestHub.clock(store, "8 seconds");

        JsonNode again = refresh(first).json();

        assertThat(asks(hub, again)).isEqualTo(200);
        JsonNode next = refresh(again).json();
        assertThat(asks(hub, next)).isEqualTo(200);
        assertThat(refresh(lost).status())
                .as("the lost one, by whoever found it")
                .isEqualTo(401);
        assertThat(refresh(next).status()).isEqualTo(401);
    }

    @Test
    void asking_again_does_not_make_the_seconds_longer() throws Exception {
        JsonNode first = loggedIn(user(Role.VIEWER));
        refresh(first);
        TestHub.clock(store, "8 seconds");
        assertThat(refresh(first).status()).isEqualTo(200);
        TestHub.clock(store, "16 seconds");

        assertThat(refresh(first).status()).isEqualTo(401);
    }

    @Test
    void a_token_whose_successor_was_used_is_not_taken_for_one_with_a_lost_answer() throws Exception {
        JsonNode first = loggedIn(user(Role.VIEWER));
        JsonNode second = refresh(first).json();
        JsonNode third = refresh(second).json();

        assertThat(refresh(first).status()).isEqualTo(401);
        assertThat(refresh(third).status()).isEqualTo(401);
    }

    @Test
    void a_login_ends_when_it_is_idle_for_thirty_days_and_after_ninety_in_any_case() throws Exception {
        JsonNode idle = loggedIn(user(Role.VIEWER));
        JsonNode busy = loggedIn(user(Role.VIEWER));
        for (int days = 20; days < 90; days += 20) {
            TestHub.clock(store, days + " days");
            ApiClient.Answer refreshed = refresh(busy);
            assertThat(refreshed.status()).as("after %d days", days).isEqualTo(200);
            busy = refreshed.json();
        }
        assertThat(busy.path("refreshExpiresIn").asLong()).isLessThanOrEqualTo(10 * 24 * 3600);

        assertThat(refresh(idle).status()).isEqualTo(401);
        TestHub.clock(store, "90 days 1 minute");
        assertThat(refresh(busy).status()).isEqualTo(401);
        assertThat(hub.bean(ApiLogins.class).forget()).isPositive();
        TestHub.clock(store, "92 days");
        hub.bean(ApiLogins.class).forget();
        assertThat(TestDatabase.value(store, "SELECT count(*) FROM hub.login")).isEqualTo("0");
    }

    @Test
    void a_logout_ends_refresh_and_access_tokens_of_this_login_only_and_may_be_asked_twice() throws Exception {
        String user = user(Role.VIEWER);
        JsonNode pair = loggedIn(user);
        JsonNode elsewhere = loggedIn(user);

        assertThat(auth("logout", pair).status()).isEqualTo(204);
        assertThat(auth("logout", pair).status()).isEqualTo(204);

        assertThat(asks(hub, pair)).isEqualTo(401);
        assertThat(asks(other, pair)).isEqualTo(401);
        assertThat(refresh(pair).status()).isEqualTo(401);
        assertThat(asks(hub, elsewhere)).isEqualTo(200);
        assertThat(audited(user))
                .containsOnlyOnce("logout|http|127.0.0.1|done|the login was ended")
                .contains("login|http|127.0.0.1|refused|access token of a login that is over");
    }

    @Test
    void who_is_disabled_removed_or_gets_another_password_is_out_at_once_at_every_hub() throws Exception {
        Users users = hub.bean(Users.class);
        String disabled = user(Role.ADMIN);
        String removed = user(Role.ADMIN);
        String changed = user(Role.ADMIN);
        List<JsonNode> pairs = List.of(loggedIn(disabled), loggedIn(removed), loggedIn(changed));

        users.disable(disabled, "test");
        users.remove(removed, "test");
        users.password(changed, "another long password", "test");

        for (JsonNode pair : pairs) {
            assertThat(asks(hub, pair)).isEqualTo(401);
            assertThat(asks(other, pair)).isEqualTo(401);
            assertThat(refresh(pair).status()).isEqualTo(401);
        }
        assertThat(login(hub, disabled, PASSWORD).status()).isEqualTo(401);
        assertThat(login(hub, changed, "another long password").status()).isEqualTo(200);
        users.enable(disabled, "test");
        assertThat(refresh(pairs.get(0)).status()).as("what was ended stays so").isEqualTo(401);
        loggedIn(disabled);
        users.add(removed, Role.VIEWER, PASSWORD, "test");
        assertThat(asks(hub, pairs.get(1))).as("of another user of that name").isEqualTo(401);
    }

    @Test
    void another_role_takes_effect_at_once_and_the_next_refresh_brings_it() throws Exception {
        String user = user(Role.ADMIN);
        JsonNode pair = loggedIn(user);

        hub.bean(Users.class).role(user, Role.VIEWER, "test");

        assertThat(asks(hub, pair)).isEqualTo(401);
        ApiClient.Answer refreshed = refresh(pair);
        assertThat(part(refreshed.json(), 1).path("role").asText()).isEqualTo("viewer");
        ApiClient client =
                new ApiClient(hub.port(), refreshed.json().path("accessToken").asText());
        assertThat(client.get(TARGETS).status()).isEqualTo(200);
        assertThat(client.get("/api/v1/audit").status()).isEqualTo(403);
    }

    @Test
    void an_unknown_user_and_a_wrong_password_are_answered_alike_and_only_the_trail_tells_them_apart()
            throws Exception {
        String user = user(Role.VIEWER);

        ApiClient.Answer wrong = login(hub, user, "wrong password");
        ApiClient.Answer unknown = login(hub, "nobody-" + user, PASSWORD);

        assertThat(unknown.status()).isEqualTo(wrong.status()).isEqualTo(401);
        assertThat(unknown.body()).isEqualTo(wrong.body());
        assertThat(unknown.headers().map().keySet())
                .isEqualTo(wrong.headers().map().keySet())
                .contains("www-authenticate");
        assertThat(audited(user)).containsExactly("login|http|127.0.0.1|refused|password");
        assertThat(TestDatabase.value(store, "SELECT who FROM hub.audit ORDER BY id DESC LIMIT 1"))
                .startsWith("hmac:")
                .doesNotContain(user);
    }

    @Test
    void who_guesses_waits_and_the_right_password_is_not_looked_at_meanwhile() throws Exception {
        String user = user(Role.VIEWER);
        for (int i = 0; i < LoginGuard.FREE; i++) {
            assertThat(login(hub, user, "guess number " + i).status()).isEqualTo(401);
        }

        ApiClient.Answer slowed = login(hub, user, PASSWORD);

        assertThat(slowed.status()).isEqualTo(429);
        assertThat(slowed.problem()).isEqualTo("urn:synchub:problem:too-many-failed-logins");
        assertThat(Integer.parseInt(slowed.headers().firstValue("Retry-After").orElseThrow()))
                .isPositive();
    }

    @Test
    void the_oldest_login_goes_when_a_user_has_more_than_twenty() throws Exception {
        String user = user(Role.VIEWER);
        JsonNode oldest = loggedIn(user);
        JsonNode second = loggedIn(user);
        for (int i = 0; i < ApiLogins.MOST - 1; i++) {
            loggedIn(user);
        }

        assertThat(asks(hub, oldest)).isEqualTo(401);
        assertThat(asks(hub, second)).isEqualTo(200);
    }

    private static String signed(String header, String claims, byte[] key) throws Exception {
        Base64.Encoder text = Base64.getUrlEncoder().withoutPadding();
        String content = text.encodeToString(header.getBytes(StandardCharsets.UTF_8)) + "."
                + text.encodeToString(claims.getBytes(StandardCharsets.UTF_8));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return content + "." + text.encodeToString(mac.doFinal(content.getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void what_is_forged_tampered_with_unsigned_or_of_elsewhere_is_refused() throws Exception {
        JsonNode pair = loggedIn(user(Role.VIEWER));
        String good = pair.path("accessToken").asText();
        String header = part(pair, 0).toString();
        String claims = part(pair, 1).toString();
        byte[] key = HexFormat.of()
                .parseHex(TestDatabase.value(store, "SELECT encode(login_key, 'hex') FROM hub.installation"));
        assertThat(asks(hub, signed(header, claims, key)))
                .as("made as the hub does it")
                .isEqualTo(200);
        String[] parts = good.split("\\.", -1);
        Base64.Encoder text = Base64.getUrlEncoder().withoutPadding();
        String admin = text.encodeToString(claims.replace("viewer", "admin").getBytes(StandardCharsets.UTF_8));

        List<String> bad = List.of(
                signed(header, claims, new byte[32]),
                signed(header, claims.replace("viewer", "admin"), key),
                signed(header, claims.replace("\"sync-hub\"", "\"elsewhere\""), key),
                signed(header, claims.replaceAll("sync-hub:[0-9a-f-]+", "sync-hub:" + UUID.randomUUID()), key),
                signed(header, claims.replaceAll("\"sid\":\"[0-9a-f]+\"", "\"sid\":\"00\""), key),
                signed(header, claims.replaceAll("\"exp\":[0-9]+,?", ""), key),
                signed(header.replace("HS256", "HS512"), claims, key),
                text.encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8)) + "." + parts[1] + ".",
                parts[0] + "." + admin + "." + parts[2],
                parts[0] + "." + parts[1] + ".",
                pair.path("refreshToken").asText());

        for (String token : bad) {
            assertThat(asks(hub, token)).as(token).isEqualTo(401);
            assertThat(known.get(TARGETS).status()).isEqualTo(200);
        }
    }

    @Test
    void a_token_of_another_installation_is_refused_even_where_both_were_given_one_key() throws Exception {
        String key = Base64.getEncoder()
                .encodeToString("one key for two installations, 1".getBytes(StandardCharsets.US_ASCII));
        try (TestHub one = withKey(key);
                TestHub another = withKey(key)) {
            one.bean(Users.class).add("ann", Role.VIEWER, PASSWORD, "test");
            another.bean(Users.class).add("ann", Role.VIEWER, PASSWORD, "test");

            JsonNode pair = login(one, "ann", PASSWORD).json();

            assertThat(asks(one, pair)).isEqualTo(200);
            assertThat(asks(another, pair)).isEqualTo(401);
        }
    }

    private static TestHub withKey(String key) throws Exception {
        return withKey(TestDatabase.dataCollect(), key);
    }

    private static TestHub withKey(DataSource store, String key) {
        return TestHub.on(store)
                .memoryTarget("memory", "t")
                .set("server.port", 0)
                .set("synchub.security.login.key", key)
                .start();
    }

    @Test
    void another_key_ends_access_tokens_and_refresh_tokens_go_on() throws Exception {
        JsonNode pair = loggedIn(user(Role.VIEWER));
        String key = Base64.getEncoder()
                .encodeToString("a key given as a setting, 32 byt".getBytes(StandardCharsets.US_ASCII));
        try (TestHub later = withKey(store, key)) {
            assertThat(asks(later, pair)).isEqualTo(401);

            ApiClient.Answer refreshed = new ApiClient(later.port(), null)
                    .post(
                            "/api/v1/auth/refresh",
                            "{\"refreshToken\": \"" + pair.path("refreshToken").asText() + "\"}");

            assertThat(asks(later, refreshed.json())).isEqualTo(200);
            assertThat(part(refreshed.json(), 0).path("kid"))
                    .isNotEqualTo(part(pair, 0).path("kid"));
        }
    }

    @Test
    void neither_the_log_nor_any_table_holds_a_password_or_a_token() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(log);
        String user = user(Role.ADMIN);
        List<String> secrets = new ArrayList<>(List.of(PASSWORD));
        try {
            JsonNode pair = loggedIn(user);
            JsonNode next = refresh(pair).json();
            asks(hub, next);
            login(hub, user, "Zq7x wrong password");
            login(hub, "Zq7x-typed-as-user", PASSWORD);
            new ApiClient(hub.port(), null).post("/api/v1/auth/login", "{\"user\": \"ann\", \"password\": \"Zq7x");
            TestHub.clock(store, "1 minute");
            refresh(pair);
            asks(hub, next);
            secrets.add("Zq7x");
            for (JsonNode each : List.of(pair, next)) {
                String refresh = each.path("refreshToken").asText();
                secrets.add(refresh.substring(16, 48));
                secrets.add(refresh.substring(49));
                secrets.add(each.path("accessToken").asText());
                secrets.add(part(each, 1).path("sid").asText());
            }
        } finally {
            root.detachAppender(log);
        }
        List<String> kept = new ArrayList<>();
        log.list.forEach(event -> kept.add(event.getFormattedMessage()));
        for (String table : TestDatabase.rows(
                store,
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'hub' AND table_type = 'BASE TABLE'")) {
            kept.addAll(TestDatabase.rows(store, "SELECT t::text FROM hub." + table + " AS t"));
        }

        assertThat(kept).anyMatch(row -> row.contains(user));
        for (String secret : secrets) {
            String hex = HexFormat.of().formatHex(secret.getBytes(StandardCharsets.UTF_8));
            assertThat(kept).noneMatch(row -> row.contains(secret) || row.contains(hex));
        }
        assertThat(TestDatabase.value(store, "SELECT hash FROM hub.api_user WHERE name = '" + user + "'"))
                .startsWith("{bcrypt-hmac-sha256}$2a$11$");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{\"user\": \"ann\"}", "{\"user\": \"\", \"password\": \"x\"}", "{\"refreshToken\": null}"
            })
    void what_is_missing_is_named(String body) {
        for (String what : List.of("login", "refresh", "logout")) {
            ApiClient.Answer answer = new ApiClient(hub.port(), null).post("/api/v1/auth/" + what, body);

            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.json().path("detail").asText()).endsWith(" is missing");
        }
    }

    /** Seeded: pieces of right and wrong bodies, in any order. */
    @Test
    void whatever_is_sent_to_the_login_is_answered_by_4xx() {
        Random random = new Random(20_261_122);
        List<String> pieces = List.of(
                "{",
                "}",
                "[",
                "]",
                "\"user\":",
                "\"password\":",
                "\"refreshToken\":",
                "\"ann\"",
                "\"\\u0000\"",
                "null",
                "7",
                "1e999",
                "true",
                ",",
                "\"\uD83D\uDE00\"",
                "\"synchub-refresh_\"",
                "\"" + "x".repeat(3_000) + "\"",
                "\"synchub-refresh_" + "0".repeat(32) + "_" + "A".repeat(43) + "\"",
                "\"a\\ud83d\"",
                "\u0000",
                "[".repeat(2_000));
        ApiClient stranger = new ApiClient(hub.port(), null);
        for (int i = 0; i < 600; i++) {
            StringBuilder body = new StringBuilder(random.nextInt(3) > 0 ? "{" : "");
            for (int n = random.nextInt(7); n > 0; n--) {
                body.append(pieces.get(random.nextInt(pieces.size())));
            }
            body.append(random.nextBoolean() ? "}" : "");
            String what = List.of("login", "refresh", "logout").get(i % 3);

            ApiClient.Answer answer = stranger.post("/api/v1/auth/" + what, body.toString());

            assertThat(answer.status()).as("%s %s", what, body).isBetween(400, 499);
            assertThat(answer.problem()).startsWith("urn:synchub:problem:");
        }
        assertThat(stranger.post("/api/v1/auth/login", "{\"user\": \"" + "x".repeat(1_100_000) + "\"}")
                        .status())
                .isEqualTo(413);
        for (String odd : List.of(
                "{\"user\": \"ann\u0000\", \"password\": \"x\"}",
                "{\"user\": \"ann\", \"password\": \"" + "x".repeat(900_000) + "\"}")) {
            assertThat(stranger.post("/api/v1/auth/login", odd).status()).isBetween(400, 499);
        }
    }
}
