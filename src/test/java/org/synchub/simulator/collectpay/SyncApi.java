package org.synchub.simulator.collectpay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.simulator.http.Answer;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.Request;

/** Push, pull, both at once, and the status, below /api/v1/sync. */
final class SyncApi {

    private static final int PAGE = 100;
    private static final Set<String> OPERATIONS = Set.of("create", "update", "delete");
    private static final DateTimeFormatter ATOM =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'+00:00'").withZone(ZoneOffset.UTC);

    private final Database database;
    private final Clock clock;
    private final boolean refusesTrailingZ;

    SyncApi(Database database, Clock clock, boolean refusesTrailingZ) {
        this.database = database;
        this.clock = clock;
        this.refusesTrailingZ = refusesTrailingZ;
    }

    /** Null for what is none of its requests. */
    @Nullable
    Answer answer(Request request) {
        return switch (request.method() + " " + request.path()) {
            case "POST /api/v1/sync/push" -> push(request.body());
            case "POST /api/v1/sync/pull" -> pull(request.body());
            case "POST /api/v1/sync" -> pushThenPull(request.body());
            case "GET /api/v1/sync/status" -> status(request);
            default -> null;
        };
    }

    String now() {
        return ATOM.format(clock.instant());
    }

    private Answer status(Request request) {
        return request.parameter("device_id").isEmpty()
                ? new Errors()
                        .add("device_id", "The device id field is required.")
                        .answer()
                : Answer.json(200, Json.object("success", true, "server_time", now(), "status", "online"));
    }

    private Answer push(JsonNode body) {
        Errors errors =
                new Errors().require("device_id", body.path("device_id")).require("batch", body.path("batch"));
        for (int i = 0; i < body.path("batch").size(); i++) {
            JsonNode item = body.path("batch").path(i);
            String at = "batch." + i + ".";
            errors.requireOneOf(
                            at + "entity_type",
                            item.path("entity_type"),
                            database.tables().keySet())
                    .requireOneOf(at + "operation", item.path("operation"), OPERATIONS)
                    .require(at + "data", item.path("data"));
        }
        if (errors.any()) {
            return errors.answer();
        }
        Push push = apply(body.path("batch"));
        return Answer.json(
                200,
                Json.object(
                        "success",
                        true,
                        "message",
                        "Sync push completed",
                        "results",
                        push.results(),
                        "summary",
                        push.summary()));
    }

    private Push apply(JsonNode batch) {
        Push push = new Push(database);
        database.begin();
        try {
            batch.forEach(push::apply);
        } catch (PhpError e) {
            database.rollBack();
            throw e;
        }
        return push;
    }

    private Answer pull(JsonNode body) {
        Errors errors =
                pullErrors(body).require("device_id", body.path("device_id")).require("entity_types", types(body));
        for (int i = 0; i < types(body).size(); i++) {
            errors.requireOneOf(
                    "entity_types." + i, types(body).path(i), database.tables().keySet());
        }
        if (errors.any()) {
            return errors.answer();
        }
        try {
            return Answer.json(
                    200,
                    Json.object(
                            "success",
                            true,
                            "message",
                            "Sync pull completed",
                            "changes",
                            changes(body),
                            "sync_timestamp",
                            now()));
        } catch (SqlException e) {
            return failed("Sync pull failed", e);
        }
    }

    private static Answer failed(String message, SqlException e) {
        return Answer.json(500, Json.object("success", false, "message", message, "error", e.getMessage()));
    }

    private static JsonNode types(JsonNode body) {
        return body.path("entity_types");
    }

    private static Errors pullErrors(JsonNode body) {
        JsonNode since = body.path("last_sync_at");
        Errors errors = new Errors();
        return Json.isNothing(since) || Times.isTime(since.asText())
                ? errors
                : errors.add("last_sync_at", "The last sync at field must be a valid date.");
    }

    /** The push stays although the pull fails. Items are not checked, types that do not exist have no changes. */
    private Answer pushThenPull(JsonNode body) {
        Errors errors = pullErrors(body).require("device_id", body.path("device_id"));
        if (errors.any()) {
            return errors.answer();
        }
        Push push = body.path("batch").isEmpty() ? null : apply(body.path("batch"));
        try {
            return Answer.json(
                    200,
                    Json.object(
                            "success",
                            true,
                            "message",
                            "Full sync completed",
                            "push_results",
                            push == null ? null : push.results(),
                            "pull_changes",
                            changes(body),
                            "sync_timestamp",
                            now()));
        } catch (SqlException e) {
            return failed("Full sync failed", e);
        }
    }

    private ObjectNode changes(JsonNode body) {
        ObjectNode changes = Json.object();
        for (JsonNode type : types(body)) {
            changes.set(type.asText(), changes(type.asText(), body.path("last_sync_at")));
        }
        return changes;
    }

    /** Strictly later than the time given, the earliest 100; not a word about more. */
    private ArrayNode changes(String type, JsonNode since) {
        if (!database.has(type)) {
            return Json.array();
        }
        Table table = database.table(type);
        if (type.equals("collections") || type.equals("payments")) {
            // The user's own rows are asked for by the other table's column.
            table.find(type.equals("collections") ? "processed_by" : "collector_id", "");
        }
        if (refusesTrailingZ && since.asText().endsWith("Z")) {
            throw new SqlException(
                    "HY000", "General error: 1525 Incorrect DATETIME value: '" + since.asText() + "'", type);
        }
        Instant after = Json.isNothing(since) ? Instant.MIN : Times.parse(since.asText());
        return Json.array(table.rows().stream()
                .filter(row -> !row.deleted() && row.updated().isAfter(after))
                .sorted(Comparator.comparing(Row::updated))
                .limit(PAGE)
                .map(table::shown)
                .toList());
    }
}
