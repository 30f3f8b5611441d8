package org.synchub.simulator.healthrecord;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.Request;
import org.synchub.simulator.http.Tokens;

/** Who may log in, and what a token is good for. */
final class Accounts {

    static final Set<String> ROLES = Set.of("Patient", "Doctor", "HospitalAdmin", "SuperAdmin");

    private static final int FAILURES = 5;
    private static final Duration LOCKED = Duration.ofMinutes(30);

    private static final class Account {
        private final String id;
        private final String email;
        private final String password;
        private final String role;
        private boolean verified = true;
        private boolean active = true;
        private int failures;
        private Instant lockedUntil = Instant.MIN;

        Account(String id, String email, String password, String role) {
            this.id = id;
            this.email = email;
            this.password = password;
            this.role = role;
        }
    }

    private final Tokens tokens;
    private final Clock clock;
    private final Duration life;
    private final List<Account> accounts = new ArrayList<>();

    Accounts(Tokens tokens, Clock clock, Duration life) {
        this.tokens = tokens;
        this.clock = clock;
        this.life = life;
    }

    void add(String id, String email, String password, String role, boolean verified, boolean active) {
        Account account = new Account(id, email, password, role);
        account.verified = verified;
        account.active = active;
        accounts.add(account);
    }

    ObjectNode login(JsonNode body) {
        List<String> wrong = new ArrayList<>();
        for (String field : List.of("email", "password")) {
            if (body.path(field).asText().isEmpty()) {
                wrong.add(field + " should not be empty");
            }
        }
        if (!ROLES.contains(body.path("role").asText())) {
            wrong.add("role must be one of the following values: Patient, Doctor, HospitalAdmin, SuperAdmin");
        }
        if (!wrong.isEmpty()) {
            throw ApiException.badRequest(wrong);
        }
        Account account = accounts.stream()
                .filter(each -> each.email.equals(body.path("email").asText()))
                .filter(each -> each.role.equals(body.path("role").asText()))
                .findFirst()
                .orElseThrow(Accounts::invalid);
        check(account, body.path("password").asText());
        String access =
                tokens.issue(life, Json.object("sub", account.id, "email", account.email, "role", account.role));
        String session = UUID.randomUUID().toString();
        return Json.object(
                "accessToken",
                access,
                "refreshToken",
                session + "." + tokens.issue(Duration.ofDays(7), Json.object("sub", account.id)),
                "expiresIn",
                900,
                "role",
                account.role,
                "email",
                account.email,
                "userId",
                account.id,
                "sessionId",
                session);
    }

    private void check(Account account, String password) {
        if (clock.instant().isBefore(account.lockedUntil)) {
            throw ApiException.unauthorized("ACCOUNT_LOCKED", "Account is locked, try again later");
        }
        if (!account.password.equals(password)) {
            account.failures++;
            if (account.failures >= FAILURES) {
                account.lockedUntil = clock.instant().plus(LOCKED);
                account.failures = 0;
            }
            throw invalid();
        }
        if (!account.verified) {
            throw ApiException.unauthorized("EMAIL_NOT_VERIFIED", "Email is not verified");
        }
        if (!account.active) {
            throw ApiException.unauthorized("ACCOUNT_INACTIVE", "Account is inactive");
        }
        account.failures = 0;
    }

    private static ApiException invalid() {
        return ApiException.unauthorized("INVALID_CREDENTIALS", "Invalid credentials");
    }

    /** The role of who asks, if it is one of these. */
    String require(Request request, String... allowed) {
        Optional<JsonNode> claims = tokens.check(request.bearer());
        String role = claims.map(each -> each.path("role").asText()).orElse("");
        if (role.isEmpty()) {
            throw ApiException.unauthorized("AUTH_1008", "Unauthorized");
        }
        if (allowed.length > 0 && !List.of(allowed).contains(role)) {
            throw ApiException.forbidden();
        }
        return role;
    }
}
