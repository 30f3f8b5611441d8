package org.synchub.testing.servers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * CollectPay's suppliers as its branch dev-20 serves them: sync push and pull, REST beside them, tokens that are refreshed
 * before they end. With what was seen when it ran: results without a tie to their items, versions bumped by every update,
 * pages of 100 rows cut off silently, seconds as the finest time, soft deletes that nobody sees and that keep their code.
 */
public final class CollectPayServer extends JsonServer {

    public static final String EMAIL = "hub@example.org";
    public static final String PASSWORD = "collect";

    private static final List<String> COLUMNS = List.of(
            "code", "name", "address", "phone", "email", "credit_limit", "current_balance", "metadata", "is_active");
    private static final DateTimeFormatter OUT = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'.000000Z'");
    private static final int PAGE = 100;
    private static final int LIFETIME = 3600;

    private static final class Row {
        private final ObjectNode fields = object();
        private long version = 1;
        private Instant updatedAt;
        private boolean deleted;

        private Row(Instant now) {
            updatedAt = now;
        }
    }

    private final Map<Integer, Row> rows = new TreeMap<>();
    private final Map<String, Instant> tokens = new TreeMap<>();
    private final Set<String> blacklisted = new HashSet<>();
    private Instant now = Instant.parse("2026-11-20T12:00:00Z");
    private int nextId = 1;
    private int nextToken = 1;

    @Override
    protected Told answer(Asked asked) {
        return switch (asked.line()) {
            case "POST /api/v1/auth/login" -> login(asked.body());
            case "POST /api/v1/auth/refresh" -> guarded(asked, () -> refresh(asked));
            case "POST /api/v1/sync/push" -> guarded(asked, () -> push(asked.body()));
            case "POST /api/v1/sync/pull" -> guarded(asked, () -> pull(asked.body()));
            case "GET /api/v1/sync/status" -> guarded(asked, () -> status(asked));
            case "GET /api/v1/suppliers" -> guarded(asked, () -> list(asked));
            default ->
                asked.path().startsWith("/api/v1/suppliers/") && asked.method().equals("GET")
                        ? guarded(asked, () -> one(asked.steps().get(3)))
                        : Told.of(404, object().put("message", "The route could not be found."));
        };
    }

    private interface Answering {
        Told answer();
    }

    private Told guarded(Asked asked, Answering answering) {
        String credential = asked.header("authorization");
        Instant end = credential.startsWith("Bearer ") ? tokens.get(credential.substring(7)) : null;
        boolean good = end != null && now.isBefore(end) && !blacklisted.contains(credential.substring(7));
        if (good) {
            return answering.answer();
        }
        return asked.header("accept").equals("application/json")
                ? Told.of(401, object().put("message", "Unauthenticated."))
                : Told.of(500, "<html>Route [login] not defined.</html>");
    }

    private Told login(JsonNode body) {
        if (body.path("email").asText().isEmpty()) {
            return Told.of(422, object().put("success", false));
        }
        return body.path("email").asText().equals(EMAIL)
                        && body.path("password").asText().equals(PASSWORD)
                ? Told.of(200, token().put("message", "Login successful"))
                : Told.of(401, object().put("success", false).put("message", "Invalid credentials"));
    }

    private Told refresh(Asked asked) {
        blacklisted.add(asked.header("authorization").substring(7));
        return Told.of(200, token());
    }

    private ObjectNode token() {
        String token = "token-" + nextToken++;
        tokens.put(token, now.plusSeconds(LIFETIME));
        return object().put("success", true).put("token", token).put("expires_in", LIFETIME);
    }

    private Told status(Asked asked) {
        return asked.query().containsKey("device_id")
                ? Told.of(200, object().put("success", true).put("status", "online"))
                : Told.of(422, object().put("success", false));
    }

    private Told push(JsonNode body) {
        JsonNode batch = body.path("batch");
        boolean valid = !body.path("device_id").asText().isEmpty() && batch.isArray() && !batch.isEmpty();
        for (JsonNode item : batch) {
            valid &= item.path("data").isObject() && !item.path("data").isEmpty();
        }
        if (!valid) {
            return Told.of(422, object().put("success", false));
        }
        ObjectNode results = object();
        results.putArray("success");
        results.putArray("conflicts");
        results.putArray("errors");
        for (JsonNode item : batch) {
            JsonNode version = item.path("data").path("version");
            if (version.isTextual() && !version.asText().matches("\\d+")) {
                return Told.of(500, object().put("message", "Server Error"));
            }
            apply(item, results);
        }
        ObjectNode answer = object().put("success", true).put("message", "Sync push completed");
        answer.set("results", results);
        answer.putObject("summary")
                .put("total", batch.size())
                .put("success", results.path("success").size())
                .put("conflicts", results.path("conflicts").size())
                .put("errors", results.path("errors").size());
        return Told.of(200, answer);
    }

    private void apply(JsonNode item, ObjectNode results) {
        JsonNode data = item.path("data");
        String operation = item.path("operation").asText();
        if (data.has("uuid")) {
            error(
                    results,
                    "SQLSTATE[42S22]: Column not found: 1054 Unknown column 'uuid' in 'where clause'",
                    operation);
            return;
        }
        switch (operation) {
            case "create" -> create(data, results);
            case "update" -> update(data, results);
            case "delete" -> delete(data, results);
            default -> bare(results, "Invalid operation");
        }
    }

    private static void error(ObjectNode results, String message, String operation) {
        ((ArrayNode) results.path("errors"))
                .addObject()
                .put("status", "error")
                .put("message", message)
                .put("entity_type", "suppliers")
                .put("operation", operation);
    }

    /** Some errors say neither which type nor which operation they are about. */
    private static void bare(ObjectNode results, String message) {
        ((ArrayNode) results.path("errors")).addObject().put("status", "error").put("message", message);
    }

    private static ObjectNode success(ObjectNode results, String message) {
        return ((ArrayNode) results.path("success"))
                .addObject()
                .put("status", "success")
                .put("message", message);
    }

    private void create(JsonNode data, ObjectNode results) {
        String code = data.path("code").asText();
        boolean taken = rows.values().stream()
                .anyMatch(row -> row.fields.path("code").asText().equals(code));
        if (taken) {
            error(
                    results,
                    "SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate entry '" + code
                            + "' for key 'suppliers_code_unique' (SQL: insert into `suppliers` …)",
                    "create");
            return;
        }
        if (data.path("name").asText("").isBlank()) {
            error(results, "SQLSTATE[HY000]: General error: 1364 Field 'name' doesn't have a default value", "create");
            return;
        }
        Row row = new Row(now);
        row.version = data.has("version") ? data.path("version").asLong() + 1 : 1;
        write(row, data);
        rows.put(nextId, row);
        ObjectNode entity = success(results, "Created successfully").putObject("entity");
        row.fields.properties().forEach(field -> entity.set(field.getKey(), out(field.getKey(), field.getValue())));
        stamp(entity, nextId++, row);
    }

    private void update(JsonNode data, ObjectNode results) {
        if (!data.has("id")) {
            bare(results, "Missing identifier");
            return;
        }
        Row row = living(data.path("id").asInt());
        if (row == null) {
            bare(results, "Entity not found");
            return;
        }
        long theirs = data.path("version").asLong(1);
        if (row.version > theirs) {
            ObjectNode conflict =
                    ((ArrayNode) results.path("conflicts")).addObject().put("status", "conflict");
            conflict.put("message", "Version conflict detected")
                    .put("client_version", theirs)
                    .put("server_version", row.version)
                    .set("server_data", full(data.path("id").asInt(), row));
            return;
        }
        change(row, data);
        success(results, "Updated successfully")
                .set("entity", full(data.path("id").asInt(), row));
    }

    private void delete(JsonNode data, ObjectNode results) {
        Row row = living(data.path("id").asInt());
        if (row == null) {
            success(results, "Already deleted (idempotent)");
        } else if (row.version > data.path("version").asLong(1)) {
            ((ArrayNode) results.path("conflicts"))
                    .addObject()
                    .put("status", "conflict")
                    .put("message", "Version conflict on delete")
                    .set("server_data", full(data.path("id").asInt(), row));
        } else {
            row.deleted = true;
            success(results, "Deleted successfully");
        }
    }

    private @Nullable Row living(int id) {
        Row row = rows.get(id);
        return row == null || row.deleted ? null : row;
    }

    private void change(Row row, JsonNode data) {
        write(row, data);
        row.version++;
        row.updatedAt = now;
    }

    /** Unknown keys are dropped, texts trimmed, empty ones become null. */
    private static void write(Row row, JsonNode data) {
        for (String column : COLUMNS) {
            JsonNode value = data.get(column);
            if (value != null) {
                boolean empty = value.isTextual() && value.asText().isBlank();
                row.fields.set(
                        column,
                        empty
                                ? NullNode.instance
                                : value.isTextual()
                                        ? object().textNode(value.asText().strip())
                                        : value);
            }
        }
    }

    private static JsonNode out(String column, JsonNode value) {
        boolean decimal = column.equals("credit_limit") || column.equals("current_balance");
        return decimal && !value.isNull()
                ? object().textNode(new BigDecimal(value.asText()).setScale(2).toPlainString())
                : value;
    }

    private ObjectNode full(int id, Row row) {
        ObjectNode entity = object();
        COLUMNS.forEach(column -> entity.set(
                column,
                out(column, row.fields.path(column).isMissingNode() ? NullNode.instance : row.fields.path(column))));
        stamp(entity, id, row);
        return entity;
    }

    private static void stamp(ObjectNode entity, int id, Row row) {
        entity.put("id", id).put("version", row.version).put("updated_at", written(row.updatedAt));
    }

    private static String written(Instant time) {
        return OUT.format(time.atOffset(ZoneOffset.UTC));
    }

    private Told pull(JsonNode body) {
        List<String> types = new ArrayList<>();
        body.path("entity_types").forEach(type -> types.add(type.asText()));
        if (types.isEmpty()) {
            return Told.of(422, object().put("success", false));
        }
        if (types.contains("collections") || types.contains("payments")) {
            return Told.of(500, object().put("success", false).put("message", "Sync pull failed"));
        }
        String since = body.path("last_sync_at").asText("1970-01-01 00:00:00");
        Instant after = OffsetDateTime.parse(since.replace(' ', 'T') + "Z").toInstant();
        ArrayNode found = JSON.createArrayNode();
        rows.entrySet().stream()
                .filter(row ->
                        !row.getValue().deleted && row.getValue().updatedAt.isAfter(after))
                .sorted(Comparator.comparing(row -> row.getValue().updatedAt))
                .limit(PAGE)
                .forEach(row -> found.add(full(row.getKey(), row.getValue())));
        ObjectNode answer = object().put("success", true);
        answer.putObject("changes").set("suppliers", found);
        return Told.of(200, answer.put("sync_timestamp", now.toString()));
    }

    private Told list(Asked asked) {
        String search = asked.query().getOrDefault("search", "");
        int size = Integer.parseInt(asked.query().getOrDefault("per_page", "50"));
        int page = Integer.parseInt(asked.query().getOrDefault("page", "1"));
        List<ObjectNode> all = rows.entrySet().stream()
                .filter(row -> !row.getValue().deleted)
                .map(row -> full(row.getKey(), row.getValue()))
                .filter(row -> row.path("code").asText().contains(search)
                        || row.path("name").asText().contains(search))
                .sorted(Comparator.comparing(row -> row.path("name").asText()))
                .toList();
        ObjectNode pages = object().put("current_page", page);
        ArrayNode data = pages.putArray("data");
        all.stream().skip((page - 1L) * size).limit(size).forEach(data::add);
        pages.put("last_page", Math.max(1, (all.size() + size - 1) / size))
                .put("per_page", size)
                .put("total", all.size());
        return Told.of(200, object().put("success", true).set("suppliers", pages));
    }

    private Told one(String id) {
        Row row = living(Integer.parseInt(id));
        if (row == null) {
            return Told.of(404, object().put("message", "No query results for model [App\\Models\\Supplier] " + id));
        }
        ObjectNode supplier = full(Integer.parseInt(id), row);
        supplier.putArray("payments");
        return Told.of(200, object().put("success", true).set("supplier", supplier));
    }

    /** The server's clock. */
    public synchronized void later(Duration by) {
        now = now.plus(by);
    }

    /** Somebody at the server writes a field. */
    public synchronized void edit(int id, String column, @Nullable Object value) {
        Row row = rows.get(id);
        if (row != null) {
            change(row, object().set(column, JSON.valueToTree(value)));
        }
    }

    /** Somebody at the server deletes a supplier. */
    public synchronized void remove(int id) {
        rows.get(id).deleted = true;
    }

    /** Somebody at the server makes a supplier of his own. */
    public synchronized int add(String code, String name) {
        Row row = new Row(now);
        row.fields.put("code", code).put("name", name);
        rows.put(nextId, row);
        return nextId++;
    }

    /** A supplier as the server shows it; null if there is none. */
    public synchronized @Nullable ObjectNode supplier(int id) {
        Row row = living(id);
        return row == null ? null : full(id, row);
    }

    /** How many suppliers there are, deleted ones not counted. */
    public synchronized int suppliers() {
        return (int) rows.values().stream().filter(row -> !row.deleted).count();
    }
}
