package org.synchub.simulator.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.synchub.simulator.http.Answer;
import org.synchub.simulator.http.Faults;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.Request;
import org.synchub.simulator.http.RequestLog;
import org.synchub.simulator.http.SimulatorServer;

/**
 * {@code GET, POST /api/TYPE} and {@code GET, PUT, DELETE /api/TYPE/ID}: whole records only, ids made by the client,
 * {@code updatedAt} by the server, no paging and no "since". Whether answers are wrapped in {@code data} and whether
 * there are ETags (with conditional reads and writes) is chosen when it is made. The credential is a bearer token.
 */
public final class RecordServer implements AutoCloseable {

    /** The token that lets a client in at first. */
    public static final String CREDENTIAL = "let-me-in";

    private static final String ETAG = "ETag";

    /** What is chosen of it. */
    public static final class Builder {
        private boolean wrapped;
        private boolean etags;
        private @Nullable Path file;
        private Function<JsonNode, @Nullable String> rule = record -> null;

        /** Answers are wrapped in {@code data}. */
        public Builder wrapped() {
            wrapped = true;
            return this;
        }

        /** Answers have ETags; a read of what is known is answered with 304, a write of what moved on is refused. */
        public Builder etags() {
            etags = true;
            return this;
        }

        /** Keeps the records in a file. */
        public Builder file(Path newFile) {
            file = newFile;
            return this;
        }

        /** Says why a new record is refused; null for one that is taken. */
        public Builder rule(Function<JsonNode, @Nullable String> newRule) {
            rule = newRule;
            return this;
        }

        public RecordServer start() {
            return new RecordServer(this);
        }
    }

    private final Map<String, Map<String, ObjectNode>> types = new TreeMap<>();
    private final Builder chosen;
    private final @Nullable RecordFile file;
    private final SimulatorServer server;
    private volatile String credential = CREDENTIAL;
    private Instant now = Instant.parse("2026-11-20T10:00:00Z");

    private RecordServer(Builder chosen) {
        this.chosen = chosen;
        this.file = chosen.file == null ? null : new RecordFile(chosen.file, this::keep);
        this.server = new SimulatorServer("records", new Api(), Clock.systemUTC(), true);
    }

    public static Builder builder() {
        return new Builder();
    }

    public String url() {
        return server.url();
    }

    /** Only this token lets a client in from now on. */
    public void credential(String token) {
        credential = token;
    }

    public Faults faults() {
        return server.faults();
    }

    public RequestLog requests() {
        return server.requests();
    }

    /** What the server says to requests. */
    private final class Api implements SimulatorServer.App {

        @Override
        public Answer answer(Request request) {
            synchronized (RecordServer.this) {
                return RecordServer.this.answer(request);
            }
        }

        @Override
        public String key(Request request) {
            return request.method().equals("POST")
                    ? request.path() + "/" + request.body().path("id").asText()
                    : "";
        }
    }

    private Answer answer(Request request) {
        if (!request.bearer().equals(credential)) {
            return message(401, "Unauthorized");
        }
        List<String> steps = request.steps();
        if (steps.size() < 2 || steps.size() > 3 || !steps.get(0).equals("api")) {
            return message(404, "No such route");
        }
        String type = steps.get(1);
        if (steps.size() == 2) {
            return request.method().equals("POST")
                    ? create(type, request.body())
                    : unlessKnown(request, list(of(type)));
        }
        String id = steps.get(2);
        ObjectNode record = of(type).get(id);
        if (record == null) {
            return message(404, "Not found");
        }
        String expected = request.header("If-Match");
        boolean write = !request.method().equals("GET");
        if (chosen.etags && write && !expected.isEmpty() && !expected.equals(etag(record))) {
            return message(412, "Changed meanwhile");
        }
        return switch (request.method()) {
            case "GET" -> unlessKnown(request, one(200, record));
            case "PUT" -> one(200, put(type, id, request.body()));
            case "DELETE" -> {
                put(type, id, null);
                yield Answer.empty(204);
            }
            default -> message(405, "Not allowed");
        };
    }

    private Map<String, ObjectNode> of(String type) {
        return types.computeIfAbsent(type, name -> new LinkedHashMap<>());
    }

    private Answer create(String type, JsonNode body) {
        String id = body.path("id").asText("");
        String refused = id.isEmpty() ? "A record needs an id" : chosen.rule.apply(body);
        if (refused != null) {
            return message(400, refused);
        }
        if (of(type).containsKey(id)) {
            return message(409, "Exists");
        }
        return one(201, put(type, id, body));
    }

    private ObjectNode put(String type, String id, @Nullable JsonNode body) {
        ObjectNode record = body == null ? null : body.deepCopy();
        if (record != null) {
            now = now.plusMillis(1);
            record.put("id", id).put("updatedAt", now.toString());
        }
        keep(type, id, record);
        if (file != null) {
            file.write(type, id, record);
        }
        return record == null ? Json.object() : record;
    }

    private void keep(String type, String id, @Nullable ObjectNode record) {
        if (record == null) {
            of(type).remove(id);
            return;
        }
        of(type).put(id, record);
        Instant at = Instant.parse(record.path("updatedAt").asText());
        now = at.isAfter(now) ? at : now;
    }

    private Answer list(Map<String, ObjectNode> records) {
        ArrayNode all = Json.array(records.values());
        Answer answer = Answer.json(200, chosen.wrapped ? Json.object("data", all) : all);
        return chosen.etags ? answer.with(ETAG, "\"all-" + Integer.toHexString(all.hashCode()) + "\"") : answer;
    }

    private Answer one(int status, ObjectNode record) {
        Answer answer = Answer.json(status, chosen.wrapped ? Json.object("data", record) : record);
        return chosen.etags ? answer.with(ETAG, etag(record)) : answer;
    }

    /** A conditional read is answered with 304 where the client has the same already. */
    private static Answer unlessKnown(Request request, Answer answer) {
        String known = request.header("If-None-Match");
        return known.isEmpty() || !known.equals(answer.headers().get(ETAG))
                ? answer
                : Answer.empty(304).with(ETAG, known);
    }

    private static String etag(ObjectNode record) {
        return "\"" + record.path("updatedAt").asText() + "\"";
    }

    private static Answer message(int status, String message) {
        return Answer.json(status, Json.object("message", message));
    }

    /** What the server holds, by id. */
    public synchronized Map<String, ObjectNode> records(String type) {
        Map<String, ObjectNode> copy = new LinkedHashMap<>();
        of(type).forEach((id, record) -> copy.put(id, record.deepCopy()));
        return copy;
    }

    /** Somebody else writes a field there. */
    public synchronized void edit(String type, String id, String field, @Nullable String value) {
        ObjectNode record = of(type).get(id);
        put(type, id, (record == null ? Json.object() : record.deepCopy()).put(field, value));
    }

    /** Somebody else deletes a record there. */
    public synchronized void remove(String type, String id) {
        put(type, id, null);
    }

    @Override
    public void close() {
        server.close();
        if (file != null) {
            file.close();
        }
    }
}
