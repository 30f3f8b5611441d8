package org.synchub.simulator.healthrecord;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.synchub.simulator.http.Answer;
import org.synchub.simulator.http.Faults;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.Request;
import org.synchub.simulator.http.RequestLog;
import org.synchub.simulator.http.SimulatorServer;
import org.synchub.simulator.http.Throttle;
import org.synchub.simulator.http.Tokens;

/**
 * A national health record server on a free loopback port. It has the account {@code hub@example.org} with password
 * {@code hub-password} and role HospitalAdmin, and no records.
 */
public final class HealthRecordSimulator implements AutoCloseable, SimulatorServer.App {

    public static final String EMAIL = "hub@example.org";
    public static final String PASSWORD = "hub-password";
    public static final String ROLE = "HospitalAdmin";

    private static final int BODY_LIMIT = 1024 * 1024;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /**
     * What differs between deployments.
     *
     * @param clock the server's
     * @param tokenLife JWT_ACCESS_EXPIRY; a login claims 900 seconds whatever this is
     * @param requestsPerMinute THROTTLE_LIMIT of each route; 100 unless set, 10 in the example settings
     */
    public record Options(Clock clock, Duration tokenLife, int requestsPerMinute) {

        public static Options defaults() {
            return new Options(Clock.systemUTC(), Duration.ofMinutes(15), 100);
        }

        public Options clock(Clock newClock) {
            return new Options(newClock, tokenLife, requestsPerMinute);
        }

        public Options tokenLife(Duration newLife) {
            return new Options(clock, newLife, requestsPerMinute);
        }

        public Options requestsPerMinute(int newLimit) {
            return new Options(clock, tokenLife, newLimit);
        }
    }

    private final Tokens tokens;
    private final Documents documents;
    private final SyncQueue queue;
    private final Accounts accounts;
    private final Routes routes;
    private final Throttle throttle;
    private final Throttle logins;
    private final Registrar registrar;
    private final SimulatorServer server;

    public HealthRecordSimulator() {
        this(Options.defaults());
    }

    public HealthRecordSimulator(Options options) {
        Clock clock = options.clock();
        tokens = new Tokens(clock);
        documents = new Documents(clock);
        queue = new SyncQueue(documents, clock);
        accounts = new Accounts(tokens, clock, options.tokenLife());
        accounts.add(documents.newId(), EMAIL, PASSWORD, ROLE, true, true);
        routes = new Routes(accounts, queue, new Records(documents), documents);
        throttle = new Throttle(clock, options.requestsPerMinute(), MINUTE);
        logins = new Throttle(clock, 10, MINUTE);
        registrar = new Registrar(documents, queue, this);
        server = new SimulatorServer("health-record", this, clock, false);
    }

    /** Without a slash at its end, and without /api. */
    public String url() {
        return server.url();
    }

    /** The web server: its faults, its log, down and up. */
    public SimulatorServer server() {
        return server;
    }

    public Faults faults() {
        return server.faults();
    }

    public RequestLog requests() {
        return server.requests();
    }

    /** The people who work on the records over there, and what records and queue are. */
    public Registrar registrar() {
        return registrar;
    }

    /** Every token issued so far is refused from now on, as if it had expired. */
    public void expireTokens() {
        tokens.revokeAll();
    }

    /** The next operations processed are applied, but the server dies before it marks their queue items. */
    public synchronized void dieAfterApplying(int times) {
        queue.dieAfterApplying(times);
    }

    public synchronized void addAccount(String email, String password, String role) {
        accounts.add(documents.newId(), email, password, role, true, true);
    }

    public synchronized void addUnverifiedAccount(String email, String password) {
        accounts.add(documents.newId(), email, password, ROLE, false, true);
    }

    public synchronized void addInactiveAccount(String email, String password) {
        accounts.add(documents.newId(), email, password, ROLE, true, false);
    }

    @Override
    public void close() {
        server.close();
    }

    @Override
    public synchronized Answer answer(Request request) {
        String id = request.header("X-Request-ID");
        ObjectNode meta = Json.object(
                "timestamp",
                documents.now(),
                "requestId",
                id.isEmpty() ? UUID.randomUUID().toString() : id);
        Throttle.State state = null;
        Answer answer;
        try {
            Request read = read(request);
            String route = Routes.route(request);
            state = (route.equals("POST /api/auth/login") ? logins : throttle).count(route);
            if (state.refused()) {
                throw ApiException.tooMany();
            }
            Routes.Result result = routes.answer(route, read);
            answer = result.status() == 204
                    ? Answer.empty(204)
                    : Answer.json(result.status(), Json.object("success", true, "data", result.data(), "meta", meta));
        } catch (ApiException e) {
            answer = Answer.json(e.status(), error(e, request, meta));
            if (e.status() == 429 && state != null) {
                answer = answer.with("Retry-After", Long.toString(state.retryAfter()));
            }
        }
        answer = answer.with("X-Request-ID", meta.path("requestId").asText());
        return state == null
                ? answer
                : answer.with("X-RateLimit-Limit", Integer.toString(state.limit()))
                        .with("X-RateLimit-Remaining", Integer.toString(Math.max(0, state.left())))
                        .with("X-RateLimit-Reset", Long.toString(state.retryAfter()));
    }

    /** The body with its texts made safe; who logs in is left alone. */
    private static Request read(Request request) {
        if (request.text().getBytes(StandardCharsets.UTF_8).length > BODY_LIMIT) {
            throw ApiException.internal("request entity too large");
        }
        if (!request.text().isBlank() && request.body().isMissingNode()) {
            throw ApiException.badRequest("Unexpected token in JSON");
        }
        JsonNode body = request.body().isMissingNode() ? Json.object() : request.body();
        return request.withBody(request.path().startsWith("/api/auth/") ? body : Sanitizer.clean(body));
    }

    private static ObjectNode error(ApiException e, Request request, ObjectNode meta) {
        ObjectNode error = Json.object("code", e.code(), "message", e.message());
        error.set("timestamp", meta.path("timestamp"));
        error.put("path", request.path());
        error.set("requestId", meta.path("requestId"));
        error.put("statusCode", e.status());
        return Json.object("success", false, "error", error, "meta", meta);
    }

    /** For a queue request "CREATE patient {data}", with the resource id where there is one; else method, path, body. */
    @Override
    public String key(Request request) {
        if (request.method().equals("GET") || request.path().startsWith("/api/auth/")) {
            return "";
        }
        JsonNode body = request.body();
        return request.path().endsWith("/sync/queue")
                ? body.path("operation").asText() + " "
                        + body.path("resourceType").asText() + " "
                        + body.path("resourceId").asText("") + " " + body.path("data")
                : request.method() + " " + request.path() + " " + request.text();
    }
}
