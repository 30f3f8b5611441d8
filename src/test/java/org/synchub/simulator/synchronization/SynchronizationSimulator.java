package org.synchub.simulator.synchronization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.synchub.simulator.http.Answer;
import org.synchub.simulator.http.Faults;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.Request;
import org.synchub.simulator.http.RequestLog;
import org.synchub.simulator.http.SimulatorServer;
import org.synchub.simulator.http.Tokens;

/**
 * A Synchronization System 6.x on a free loopback port, as its document lets one build it. Its user is {@code hub} with
 * password {@code hub-password}; it has no records and knows no device.
 */
public final class SynchronizationSimulator implements AutoCloseable, SimulatorServer.App {

    public static final String USER = "hub";
    public static final String PASSWORD = "hub-password";

    private static final String BASE = "/api/sync";

    private final Choices choices;
    private final Tokens tokens;
    private final Records records;
    private final Registrar registrar;
    private final SimulatorServer server;
    private final Set<String> devices = new HashSet<>();

    public SynchronizationSimulator() {
        this(Choices.defaults());
    }

    public SynchronizationSimulator(Choices choices) {
        this.choices = choices;
        tokens = new Tokens(choices.clock());
        records = new Records(choices);
        registrar = new Registrar(records, this);
        server = new SimulatorServer("synchronization", this, choices.clock(), true);
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

    /** The people who work on the records over there, and what records and conflicts are. */
    public Registrar registrar() {
        return registrar;
    }

    /** Every token issued so far is refused from now on, as if it had expired. */
    public void expireTokens() {
        tokens.revokeAll();
    }

    @Override
    public void close() {
        server.close();
    }

    @Override
    public synchronized Answer answer(Request request) {
        if (request.path().length() > 1 && request.path().endsWith("/")) {
            String path = request.path().substring(0, request.path().length() - 1);
            return Answer.empty(301).with("Location", path);
        }
        try {
            return switch (request.method() + " " + request.path()) {
                case "POST " + BASE + "/initialize" -> initialize(authorized(request));
                case "POST " + BASE + "/upload" -> upload(authorized(request).body());
                case "GET " + BASE + "/download" -> download(authorized(request));
                case "POST " + BASE + "/resolve-conflict" ->
                    resolve(authorized(request).body());
                default -> token(request);
            };
        } catch (Refusal e) {
            return Answer.json(e.status(), Json.object(choices.errorField(), e.getMessage()));
        }
    }

    private Answer token(Request request) {
        if (!request.method().equals("POST") || !request.path().equals(choices.tokenPath())) {
            throw new Refusal(404, "Not found");
        }
        if (!request.body().path("username").asText().equals(USER)
                || !request.body().path("password").asText().equals(PASSWORD)) {
            throw new Refusal(401, "Wrong username or password");
        }
        return Answer.json(
                200,
                Json.object(
                        choices.tokenField(),
                        tokens.issue(choices.tokenLife(), Json.object("sub", USER)),
                        "expires_in",
                        choices.tokenLife().toSeconds()));
    }

    private Request authorized(Request request) {
        if (tokens.check(request.bearer()).isEmpty()) {
            throw new Refusal(401, "Token is missing or has expired");
        }
        return request;
    }

    private ObjectNode withServerTime(ObjectNode answer) {
        return choices.serverTimeField().isEmpty()
                ? answer
                : answer.put(
                        choices.serverTimeField(), choices.clock().instant().toString());
    }

    private Answer initialize(Request request) {
        JsonNode body = request.body();
        String device = body.path("device_id").asText();
        if (device.isEmpty() || body.path("app_version").asText().isEmpty() || !body.has("last_sync")) {
            throw new Refusal(422, "device_id, app_version and last_sync are required");
        }
        devices.add(device);
        return Answer.json(200, withServerTime(Json.object()));
    }

    private Answer upload(JsonNode body) {
        if (!body.isArray()) {
            throw new Refusal(400, "The body must be an array");
        }
        for (JsonNode item : body) {
            if (!devices.contains(item.path("device_id").asText())) {
                throw new Refusal(403, "Unknown device");
            }
        }
        boolean empty = choices.uploadAnswer() == Choices.UploadAnswer.EMPTY;
        List<ObjectNode> results = new ArrayList<>();
        boolean partial = false;
        for (JsonNode item : body) {
            ObjectNode result = result(item).put("index", results.size());
            boolean completed = result.path("status").asText().equals("completed");
            if (empty && !completed) {
                throw new Refusal(422, result.path("error").asText("The item conflicts"));
            }
            partial |= !completed;
            results.add(result);
        }
        return switch (choices.uploadAnswer()) {
            case RESULTS -> Answer.json(200, withServerTime(Json.object("results", results)));
            case RESULTS_207 -> Answer.json(partial ? 207 : 200, withServerTime(Json.object("results", results)));
            case BARE -> Answer.json(200, Json.array(results));
            case EMPTY -> Answer.empty(204);
        };
    }

    private ObjectNode result(JsonNode json) {
        try {
            return records.apply(Item.read(json));
        } catch (IllegalArgumentException e) {
            ObjectNode result = Json.object("status", "failed", "error", e.getMessage());
            return result.set("object_id", json.path("object_id"));
        }
    }

    /** Strictly after {@code since}, by when the server took the change; everything without it. */
    private Answer download(Request request) {
        Instant since = since(request);
        boolean first = since.equals(Instant.EPOCH);
        List<ObjectNode> all = records.all().stream()
                .filter(record -> record.updated().isAfter(since))
                .filter(record -> !record.deleted() || !first)
                .sorted(Comparator.comparing(ServerRecord::updated))
                .map(record -> record.asChange(since))
                .toList();
        int from = request.parameter("offset", 0);
        int size = choices.pageSize() == 0 ? Integer.MAX_VALUE : choices.pageSize();
        ArrayNode changes = Json.array(all.stream().skip(from).limit(size).toList());
        String etag = "\"" + Integer.toHexString(changes.toString().hashCode()) + "\"";
        if (request.header("If-None-Match").equals(etag)) {
            return Answer.empty(304).with("ETag", etag);
        }
        if (choices.downloadIsBare()) {
            return Answer.json(200, changes).with("ETag", etag);
        }
        ObjectNode answer = withServerTime(Json.object("changes", changes));
        if (choices.pageSize() > 0) {
            boolean more = all.size() > from + changes.size();
            answer.put("has_more", more);
            if (more) {
                answer.put("next", BASE + "/download?since=" + since + "&offset=" + (from + changes.size()));
            }
        }
        return Answer.json(200, answer).with("ETag", etag);
    }

    private static Instant since(Request request) {
        String since = request.parameter("since");
        try {
            return since.isEmpty() ? Instant.EPOCH : Item.time(since);
        } catch (IllegalArgumentException e) {
            throw new Refusal(422, "since must be ISO 8601 with an offset; is its + encoded?");
        }
    }

    private Answer resolve(JsonNode body) {
        records.resolve(
                body.path("conflict_id").asInt(), body.path("resolution").asText(), body.path("resolved_data"));
        return Answer.json(200, Json.object("status", "resolved"));
    }

    /** The items of an upload by device, model, id, operation and time; the conflict of a resolution. */
    @Override
    public String key(Request request) {
        if (request.path().equals(BASE + "/upload")) {
            List<String> keys = new ArrayList<>();
            request.body().forEach(item -> keys.add(Item.key(item)));
            return String.join(", ", keys);
        }
        return request.path().equals(BASE + "/resolve-conflict")
                ? "conflict " + request.body().path("conflict_id").asText()
                : "";
    }
}
