package org.synchub.simulator.synchronization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Set;
import org.synchub.simulator.http.Json;

/** One operation of an upload. */
record Item(String operation, String model, int objectId, ObjectNode data, Instant timestamp, String deviceId) {

    private static final Set<String> OPERATIONS = Set.of("create", "update", "delete");

    /** Fails with what is wrong with it, for its own result. */
    static Item read(JsonNode json) {
        String operation = json.path("operation").asText();
        require(OPERATIONS.contains(operation), "operation must be create, update or delete");
        String model = json.path("model").asText();
        require(model.matches("[A-Z][A-Za-z]*"), "model must be the name of a class");
        require(json.path("object_id").isInt(), "object_id must be an integer");
        require(json.path("data").isObject(), "data must be an object");
        require(!json.path("device_id").asText().isEmpty(), "device_id is required");
        return new Item(
                operation,
                model,
                json.path("object_id").asInt(),
                json.withObject("/data").deepCopy(),
                time(json.path("timestamp").asText()),
                json.path("device_id").asText());
    }

    private static void require(boolean good, String otherwise) {
        if (!good) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** ISO 8601 with an offset, or fails. */
    static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("timestamp must be ISO 8601 with an offset", e);
        }
    }

    /** Two items with one key are one operation, sent twice. */
    String key() {
        return String.join(" ", deviceId, model, Integer.toString(objectId), operation, timestamp.toString());
    }

    static String key(JsonNode json) {
        return String.join(
                " ",
                json.path("device_id").asText(),
                json.path("model").asText(),
                json.path("object_id").asText(),
                json.path("operation").asText(),
                json.path("timestamp").asText());
    }

    ObjectNode result(String status) {
        return Json.object("object_id", objectId, "status", status);
    }
}
