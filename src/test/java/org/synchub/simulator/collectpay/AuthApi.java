package org.synchub.simulator.collectpay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.simulator.http.Answer;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.Request;
import org.synchub.simulator.http.Tokens;

/** Who may ask: registration, login, refresh. No role is ever looked at. */
final class AuthApi {

    record User(int id, String name, String email, String password, String role, boolean active) {}

    private static final Set<String> ROLES = Set.of("admin", "collector", "manager");

    private final Tokens tokens;
    private final Duration life;
    private final SyncApi times;
    private final List<User> users = new ArrayList<>();

    /** {@code life} is JWT_TTL. */
    AuthApi(Tokens tokens, Duration life, SyncApi times) {
        this.tokens = tokens;
        this.life = life;
        this.times = times;
    }

    User add(String name, String email, String password, String role, boolean active) {
        User user = new User(users.size() + 1, name, email, password, role, active);
        users.add(user);
        return user;
    }

    /** What needs no token; null for everything else. */
    @Nullable
    Answer open(Request request) {
        return switch (request.method() + " " + request.path()) {
            case "POST /api/v1/auth/login" -> login(request.body());
            case "POST /api/v1/auth/register" -> register(request.body());
            case "GET /api/health" -> Answer.json(200, Json.object("status", "ok", "timestamp", times.now()));
            default -> null;
        };
    }

    /** Null where the token is good. Who does not ask for JSON is sent to a login page that does not exist. */
    @Nullable
    Answer refusal(Request request) {
        if (tokens.check(request.bearer()).isPresent()) {
            return null;
        }
        return request.acceptsJson()
                ? Answer.json(401, Json.object("message", "Unauthenticated."))
                : Answer.html(500, "<title>Server Error</title><p>Route [login] not defined.</p>");
    }

    /** What needs a token; null for what is none of its requests. */
    @Nullable
    Answer answer(Request request) {
        JsonNode claims = tokens.check(request.bearer()).orElseThrow();
        User user = users.get(claims.path("sub").asInt() - 1);
        return switch (request.method() + " " + request.path()) {
            case "POST /api/v1/auth/refresh" -> {
                tokens.revoke(claims);
                yield Answer.json(
                        200, Json.object("success", true, "token", token(user), "expires_in", life.toSeconds()));
            }
            case "POST /api/v1/auth/logout" -> {
                tokens.revoke(claims);
                yield Answer.json(200, Json.object("success", true, "message", "Logout successful"));
            }
            case "GET /api/v1/auth/me" -> Answer.json(200, Json.object("success", true, "user", shown(user)));
            default -> null;
        };
    }

    private Answer login(JsonNode body) {
        Errors errors = new Errors().require("email", body.path("email")).require("password", body.path("password"));
        if (errors.any()) {
            return errors.answer();
        }
        Optional<User> found = users.stream()
                .filter(user -> user.email().equals(body.path("email").asText())
                        && user.password().equals(body.path("password").asText()))
                .findFirst();
        if (found.isEmpty()) {
            return Answer.json(401, Json.object("success", false, "message", "Invalid credentials"));
        }
        if (!found.get().active()) {
            return Answer.json(403, Json.object("success", false, "message", "Account is inactive"));
        }
        return Answer.json(
                200,
                Json.object(
                        "success", true,
                        "message", "Login successful",
                        "user", shown(found.get()),
                        "token", token(found.get()),
                        "expires_in", life.toSeconds()));
    }

    private Answer register(JsonNode body) {
        Errors errors = new Errors()
                .require("name", body.path("name"))
                .require("email", body.path("email"))
                .require("password", body.path("password"));
        String password = body.path("password").asText();
        if (password.length() < 8) {
            errors.add("password", "The password field must be at least 8 characters.");
        }
        if (!password.equals(body.path("password_confirmation").asText())) {
            errors.add("password", "The password field confirmation does not match.");
        }
        if (users.stream()
                .anyMatch(user -> user.email().equals(body.path("email").asText()))) {
            errors.add("email", "The email has already been taken.");
        }
        if (body.hasNonNull("role")) {
            errors.requireOneOf("role", body.path("role"), ROLES);
        }
        if (errors.any()) {
            return errors.answer();
        }
        User user = add(
                body.path("name").asText(),
                body.path("email").asText(),
                password,
                body.path("role").asText("collector"),
                true);
        return Answer.json(
                201,
                Json.object(
                        "success",
                        true,
                        "message",
                        "User registered successfully",
                        "user",
                        shown(user),
                        "token",
                        token(user)));
    }

    private String token(User user) {
        return tokens.issue(
                life,
                Json.object(
                        "iss", "http://localhost/api/v1/auth/login",
                        "sub", Integer.toString(user.id()),
                        "prv", "23bd5c8949f600adb39e701c400872db7a5976f7",
                        "role", user.role(),
                        "permissions", Json.array()));
    }

    private static ObjectNode shown(User user) {
        return Json.object(
                "id", user.id(),
                "name", user.name(),
                "email", user.email(),
                "role", user.role(),
                "permissions", Json.array(),
                "is_active", user.active(),
                "email_verified_at", null,
                "created_at", "2026-01-01T00:00:00.000000Z",
                "updated_at", "2026-01-01T00:00:00.000000Z");
    }
}
