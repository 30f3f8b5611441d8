package org.synchub.simulator.collectpay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synchub.simulator.http.Answer;
import org.synchub.simulator.http.Faults;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.Request;
import org.synchub.simulator.http.RequestLog;
import org.synchub.simulator.http.SimulatorServer;
import org.synchub.simulator.http.Throttle;
import org.synchub.simulator.http.Tokens;

/**
 * A CollectPay server (branch dev-20) on a free loopback port. It has the user {@code hub@example.org} with password
 * {@code hub-password}, role admin, and no records.
 */
public final class CollectPaySimulator implements AutoCloseable, SimulatorServer.App {

    public static final String EMAIL = "hub@example.org";
    public static final String PASSWORD = "hub-password";

    /**
     * What differs between deployments.
     *
     * @param clock the server's; whole seconds of it are seen
     * @param tokenLife JWT_TTL
     * @param requestsPerMinute of one route before 429; 0 for no limit, as the branch has it
     * @param refusesTrailingZ whether a pull since a time that ends in Z fails, as on MySQL 8 instead of MariaDB
     */
    public record Options(Clock clock, Duration tokenLife, int requestsPerMinute, boolean refusesTrailingZ) {

        public static Options defaults() {
            return new Options(Clock.systemUTC(), Duration.ofHours(1), 0, false);
        }

        public Options clock(Clock newClock) {
            return new Options(newClock, tokenLife, requestsPerMinute, refusesTrailingZ);
        }

        public Options tokenLife(Duration newLife) {
            return new Options(clock, newLife, requestsPerMinute, refusesTrailingZ);
        }

        public Options requestsPerMinute(int newLimit) {
            return new Options(clock, tokenLife, newLimit, refusesTrailingZ);
        }

        public Options refusingTrailingZ() {
            return new Options(clock, tokenLife, requestsPerMinute, true);
        }
    }

    private final Options options;
    private final Database database;
    private final Tokens tokens;
    private final SyncApi sync;
    private final RestApi rest;
    private final AuthApi auth;
    private final Throttle throttle;
    private final Registrar registrar;
    private final SimulatorServer server;

    public CollectPaySimulator() {
        this(Options.defaults());
    }

    public CollectPaySimulator(Options options) {
        this.options = options;
        database = new Database(options.clock());
        tokens = new Tokens(options.clock());
        sync = new SyncApi(database, options.clock(), options.refusesTrailingZ());
        rest = new RestApi(database);
        auth = new AuthApi(tokens, options.tokenLife(), sync);
        auth.add("Hub", EMAIL, PASSWORD, "admin", true);
        throttle = new Throttle(options.clock(), options.requestsPerMinute(), Duration.ofMinutes(1));
        registrar = new Registrar(database, this);
        server = new SimulatorServer("collectpay", this, options.clock(), false);
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

    /** The people who work on the records over there, and what the records are. */
    public Registrar registrar() {
        return registrar;
    }

    /** Every token issued so far is refused from now on, as if it had expired. */
    public void expireTokens() {
        tokens.revokeAll();
    }

    /** Adds a user whose login answers 403. */
    public synchronized void addInactiveUser(String email, String password) {
        auth.add("Inactive", email, password, "collector", false);
    }

    @Override
    public void close() {
        server.close();
    }

    @Override
    public synchronized Answer answer(Request asked) {
        if (options.requestsPerMinute() > 0) {
            Throttle.State state = throttle.count(asked.method() + " " + asked.path());
            if (state.refused()) {
                return Answer.json(429, Json.object("message", "Too Many Attempts."))
                        .with("Retry-After", Long.toString(state.retryAfter()));
            }
        }
        Request request = asked.withBody(trimmed("", asked.body()));
        try {
            Answer answer = auth.open(request);
            if (answer == null && request.path().startsWith("/api/v1/")) {
                answer = firstOf(auth.refusal(request), request);
            }
            return answer != null ? answer : noSuchRoute(request);
        } catch (PhpError | SqlException e) {
            return Answer.json(500, Json.object("message", "Server Error"));
        }
    }

    private @Nullable Answer firstOf(@Nullable Answer refusal, Request request) {
        Answer answer = refusal;
        answer = answer != null ? answer : auth.answer(request);
        answer = answer != null ? answer : sync.answer(request);
        return answer != null ? answer : rest.answer(request);
    }

    private static Answer noSuchRoute(Request request) {
        String route = request.path().substring(1);
        return Answer.json(404, Json.object("message", "The route " + route + " could not be found."));
    }

    /** Texts lose the space around them, and are null where nothing is left; passwords stay. */
    private static JsonNode trimmed(String name, JsonNode value) {
        if (value instanceof ObjectNode object) {
            ObjectNode copy = Json.object();
            object.properties().forEach(field -> copy.set(field.getKey(), trimmed(field.getKey(), field.getValue())));
            return copy;
        }
        if (value instanceof ArrayNode array) {
            ArrayNode copy = Json.array();
            array.forEach(each -> copy.add(trimmed(name, each)));
            return copy;
        }
        if (!value.isTextual() || name.startsWith("password")) {
            return value;
        }
        String text = value.asText().strip();
        return text.isEmpty() ? NullNode.getInstance() : TextNode.valueOf(text);
    }

    /** For a push "suppliers create S1 {content}" by item; for REST the method, the path and the content. */
    @Override
    public String key(Request request) {
        if (request.method().equals("GET")
                || request.path().endsWith("/pull")
                || request.path().contains("/auth/")) {
            return "";
        }
        if (!request.path().startsWith("/api/v1/sync")) {
            return request.method() + " " + request.path() + " " + request.text();
        }
        List<String> keys = new ArrayList<>();
        for (JsonNode item : request.body().path("batch")) {
            keys.add(item.path("entity_type").asText() + " "
                    + item.path("operation").asText() + " " + item.path("data"));
        }
        return String.join(", ", keys);
    }
}
