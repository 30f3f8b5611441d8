package org.synchub.simulator.collectpay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.synchub.simulator.http.Json;

/** Applies the items of one push. Nothing ties a result to its item but the order within its bucket. */
final class Push {

    private final Database database;
    private final ArrayNode success = Json.array();
    private final ArrayNode conflicts = Json.array();
    private final ArrayNode errors = Json.array();
    private int total;

    Push(Database database) {
        this.database = database;
    }

    /** An item that fails leaves the others as they are; only a {@link PhpError} ends them all. */
    void apply(JsonNode item) {
        total++;
        String type = item.path("entity_type").asText();
        String operation = item.path("operation").asText();
        JsonNode data = item.path("data");
        if (!database.has(type)) {
            error("Invalid entity type");
            return;
        }
        Table table = database.table(type);
        try {
            switch (operation) {
                case "create" -> create(table, data);
                case "update" -> update(table, data);
                case "delete" -> delete(table, data);
                default -> error("Invalid operation");
            }
        } catch (SqlException e) {
            errors.add(Json.object(
                    "status", "error", "message", e.getMessage(), "entity_type", type, "operation", operation));
        }
    }

    ObjectNode results() {
        return Json.object("success", success, "conflicts", conflicts, "errors", errors);
    }

    ObjectNode summary() {
        return Json.object(
                "total", total, "success", success.size(), "conflicts", conflicts.size(), "errors", errors.size());
    }

    /** What was there before is answered as it is; what the client sent with it is ignored. */
    private void create(Table table, JsonNode sent) {
        Optional<Row> known = Json.isNothing(sent.get("uuid"))
                ? Optional.empty()
                : table.find("uuid", sent.path("uuid").asText());
        if (known.isPresent()) {
            success("Already exists (idempotent)", table.shown(known.get()));
            return;
        }
        ObjectNode data = sent.deepCopy();
        if (table.has("uuid")) {
            addWhatTheModelAdds(table, data);
        }
        List<String> set = new ArrayList<>();
        data.fieldNames().forEachRemaining(set::add);
        success("Created successfully", table.shown(table.insert(data), set));
    }

    private static void addWhatTheModelAdds(Table table, ObjectNode data) {
        if (Json.isNothing(data.get("uuid"))) {
            data.put("uuid", UUID.randomUUID().toString());
        }
        if (table.has("reference_number") && Json.isNothing(data.get("reference_number"))) {
            String day = DateTimeFormatter.BASIC_ISO_DATE.format(LocalDate.ofInstant(table.now(), ZoneOffset.UTC));
            String end = UUID.randomUUID().toString().substring(0, 6).toUpperCase(Locale.ROOT);
            data.put("reference_number", "PAY-" + day + "-" + end);
        }
        boolean hasFactors = data.hasNonNull("quantity") && data.hasNonNull("rate_applied");
        if (table.has("quantity") && hasFactors && Json.isNothing(data.get("amount"))) {
            BigDecimal quantity = new BigDecimal(data.path("quantity").asText());
            data.put(
                    "amount",
                    quantity.multiply(new BigDecimal(data.path("rate_applied").asText()))
                            .toPlainString());
        }
    }

    private void update(Table table, JsonNode data) {
        if (!isIdentified(data)) {
            error("Missing identifier");
            return;
        }
        Optional<Row> found = find(table, data);
        if (found.isEmpty()) {
            error("Entity not found");
            return;
        }
        Row row = found.get();
        if (row.version() > Table.version(data)) {
            conflicts.add(Json.object(
                    "status",
                    "conflict",
                    "message",
                    "Version conflict detected",
                    "client_version",
                    Table.version(data),
                    "server_version",
                    row.version(),
                    "server_data",
                    table.shown(row),
                    "client_data",
                    data));
        } else if (data.hasNonNull("updated_at")
                && row.updated().isAfter(Times.parse(data.path("updated_at").asText()))) {
            conflicts.add(Json.object(
                    "status",
                    "conflict",
                    "message",
                    "Timestamp conflict detected",
                    "server_data",
                    table.shown(row),
                    "client_data",
                    data));
        } else {
            success("Updated successfully", table.shown(table.update(row, data, true)));
        }
    }

    private void delete(Table table, JsonNode data) {
        if (!isIdentified(data)) {
            error("Missing identifier");
            return;
        }
        Optional<Row> row = find(table, data);
        if (row.isEmpty()) {
            success("Already deleted (idempotent)", null);
        } else if (row.get().version() > Table.version(data)) {
            conflicts.add(Json.object(
                    "status", "conflict",
                    "message", "Version conflict on delete",
                    "server_data", table.shown(row.get())));
        } else {
            table.delete(row.get());
            success("Deleted successfully", null);
        }
    }

    private static boolean isIdentified(JsonNode data) {
        return data.hasNonNull("uuid") || data.hasNonNull("id");
    }

    /** By uuid where one is given, else by id; never by code. */
    private static Optional<Row> find(Table table, JsonNode data) {
        return data.hasNonNull("uuid")
                ? table.find("uuid", data.path("uuid").asText())
                : table.find(data.path("id").asInt());
    }

    private void success(String message, @Nullable ObjectNode entity) {
        ObjectNode result = Json.object("status", "success", "message", message);
        if (entity != null) {
            result.set("entity", entity);
        }
        success.add(result);
    }

    private void error(String message) {
        errors.add(Json.object("status", "error", "message", message));
    }
}
