package org.synchub.testing.servers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * GET, POST, PUT and DELETE per entity type, whole records only, ids made by the client, {@code updatedAt} by the server,
 * no paging and no "since". As the contract of seed 002 asks for; whether answers are wrapped in {@code data} and whether
 * there are ETags is the test's choice.
 */
public final class PlainRestServer extends JsonServer {

    public static final String CREDENTIAL = "let-me-in";

    private final Map<String, Map<String, ObjectNode>> types = new TreeMap<>();
    private final boolean wrapped;
    private final boolean etags;
    private Instant now = Instant.parse("2026-11-20T10:00:00Z");

    public PlainRestServer(boolean wrapped, boolean etags) {
        this.wrapped = wrapped;
        this.etags = etags;
    }

    @Override
    protected Told answer(Asked asked) {
        if (!asked.header("authorization").equals("Bearer " + CREDENTIAL)) {
            return message(401, "Unauthorized");
        }
        List<String> steps = asked.steps();
        if (steps.size() < 2 || steps.size() > 3 || !steps.get(0).equals("api")) {
            return message(404, "No such route");
        }
        Map<String, ObjectNode> records = types.computeIfAbsent(steps.get(1), type -> new LinkedHashMap<>());
        if (steps.size() == 2) {
            return asked.method().equals("POST") ? create(records, asked.body()) : list(records);
        }
        ObjectNode record = records.get(steps.get(2));
        if (record == null) {
            return message(404, "Not found");
        }
        String expected = asked.header("if-match");
        if (etags
                && !expected.isEmpty()
                && !expected.equals(etag(record))
                && !asked.method().equals("GET")) {
            return message(412, "Changed meanwhile");
        }
        return switch (asked.method()) {
            case "GET" -> one(200, record);
            case "PUT" -> one(200, put(records, steps.get(2), asked.body()));
            case "DELETE" -> {
                records.remove(steps.get(2));
                yield Told.of(204, null);
            }
            default -> message(405, "Not allowed");
        };
    }

    private Told create(Map<String, ObjectNode> records, JsonNode body) {
        String id = body.path("id").asText("");
        if (id.isEmpty() || body.path("firstName").asText("x").equals("refuse me")) {
            return message(400, "Refused");
        }
        if (records.containsKey(id)) {
            return message(409, "Exists");
        }
        return one(201, put(records, id, body));
    }

    private ObjectNode put(Map<String, ObjectNode> records, String id, JsonNode body) {
        ObjectNode record = body.deepCopy();
        now = now.plusMillis(1);
        record.put("id", id).put("updatedAt", now.toString());
        records.put(id, record);
        return record;
    }

    private Told list(Map<String, ObjectNode> records) {
        ArrayNode all = JSON.createArrayNode();
        records.values().forEach(all::add);
        return Told.of(200, wrapped ? object().set("data", all) : all);
    }

    private Told one(int status, ObjectNode record) {
        JsonNode body = wrapped ? object().set("data", record) : record;
        return new Told(status, body, etags ? Map.of("ETag", etag(record)) : Map.of());
    }

    private static String etag(ObjectNode record) {
        return "\"" + record.path("updatedAt").asText() + "\"";
    }

    private static Told message(int status, String message) {
        return Told.of(status, object().put("message", message));
    }

    /** What the server holds, by id. */
    public synchronized Map<String, ObjectNode> records(String type) {
        Map<String, ObjectNode> copy = new LinkedHashMap<>();
        types.getOrDefault(type, Map.of()).forEach((id, record) -> copy.put(id, record.deepCopy()));
        return copy;
    }

    /** Somebody else writes a field there. */
    public synchronized void edit(String type, String id, String field, @Nullable String value) {
        Map<String, ObjectNode> records = types.computeIfAbsent(type, t -> new LinkedHashMap<>());
        ObjectNode record = records.containsKey(id) ? records.get(id).deepCopy() : object();
        put(records, id, record.put(field, value));
    }

    /** Somebody else deletes a record there. */
    public synchronized void remove(String type, String id) {
        types.getOrDefault(type, new LinkedHashMap<>()).remove(id);
    }
}
