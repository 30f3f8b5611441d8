package org.synchub.simulator.collectpay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.synchub.simulator.http.Answer;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.Request;

/** Suppliers, products and collections one by one. Rates and payments have no routes of their own. */
final class RestApi {

    private static final Pattern PATH = Pattern.compile("/api/v1/(suppliers|products|collections)(?:/([^/]+))?");
    private static final Map<String, String> SINGULAR =
            Map.of("suppliers", "supplier", "products", "product", "collections", "collection");

    private final Database database;

    RestApi(Database database) {
        this.database = database;
    }

    /** Null for what is none of its requests. */
    @Nullable
    Answer answer(Request request) {
        Matcher path = PATH.matcher(request.path());
        if (!path.matches()) {
            return null;
        }
        Table table = database.table(path.group(1));
        if (path.group(2) == null) {
            return switch (request.method()) {
                case "GET" -> list(table, request);
                case "POST" -> create(table, request.body());
                default -> null;
            };
        }
        String id = path.group(2);
        Optional<Row> row = id.matches("\\d{1,9}") ? table.find(Integer.parseInt(id)) : Optional.empty();
        if (row.isEmpty()) {
            return Answer.json(404, Json.object("message", "No query results for model [" + model(table) + "] " + id));
        }
        return switch (request.method()) {
            case "GET" ->
                Answer.json(200, Json.object("success", true, SINGULAR.get(table.name()), whole(table, row.get())));
            case "PUT", "PATCH" -> update(table, row.get(), request.body());
            case "DELETE" -> {
                table.delete(row.get());
                yield Answer.json(200, Json.object("success", true, "message", name(table) + " deleted successfully"));
            }
            default -> null;
        };
    }

    private static String name(Table table) {
        String singular = SINGULAR.get(table.name());
        return singular.substring(0, 1).toUpperCase(Locale.ROOT) + singular.substring(1);
    }

    private static String model(Table table) {
        return "App\\Models\\" + name(table);
    }

    /** Sorted by name, and rows of one name fall as they like: differently on every request. */
    private static Answer list(Table table, Request request) {
        int size = Math.max(1, request.parameter("per_page", 50));
        int page = Math.max(1, request.parameter("page", 1));
        String search = request.parameter("search").toLowerCase(Locale.ROOT);
        List<Row> found = table.rows().stream()
                .filter(row -> !row.deleted() && (search.isEmpty() || hasText(row, search)))
                .filter(row -> isAsked(row, request.parameter("is_active")))
                .sorted(order(table).thenComparing(row -> (row.id() * 31L + request.number()) * 2654435761L % 4093))
                .toList();
        List<ObjectNode> data = found.stream()
                .skip((long) (page - 1) * size)
                .limit(size)
                .map(row -> {
                    ObjectNode shown = table.shown(row);
                    shown.putNull("creator");
                    shown.putNull("updater");
                    return shown;
                })
                .toList();
        int last = Math.max(1, (found.size() + size - 1) / size);
        return Answer.json(
                200,
                Json.object(
                        "success",
                        true,
                        table.name(),
                        Json.object(
                                "current_page", page,
                                "data", data,
                                "last_page", last,
                                "per_page", size,
                                "total", found.size(),
                                "next_page_url", page < last ? request.path() + "?page=" + (page + 1) : null)));
    }

    private static Comparator<Row> order(Table table) {
        return table.has("collection_date")
                ? Comparator.comparing((Row row) ->
                                row.values().path("collection_date").asText())
                        .reversed()
                : Comparator.comparing(row -> row.values().path("name").asText());
    }

    private static boolean hasText(Row row, String text) {
        return List.of("code", "name", "phone", "email").stream()
                .anyMatch(column -> row.values()
                        .path(column)
                        .asText()
                        .toLowerCase(Locale.ROOT)
                        .contains(text));
    }

    private static boolean isAsked(Row row, String isActive) {
        return isActive.isEmpty()
                || row.values().path("is_active").asBoolean() == (isActive.equals("true") || isActive.equals("1"));
    }

    private ObjectNode whole(Table table, Row row) {
        ObjectNode shown = table.shown(row);
        String key = SINGULAR.get(table.name()) + "_id";
        for (Table other : database.tables().values()) {
            if (!table.name().equals("collections") && other.has(key)) {
                shown.set(
                        other.name(),
                        Json.array(other.rows().stream()
                                .filter(each -> !each.deleted()
                                        && each.values().path(key).asInt() == row.id())
                                .map(other::shown)
                                .toList()));
            }
        }
        return shown;
    }

    private Answer create(Table table, JsonNode body) {
        if (table.name().equals("collections")) {
            return createCollection(table, body);
        }
        Errors errors = new Errors().require("code", body.path("code")).require("name", body.path("name"));
        requireFreeCode(errors, table, body, 0);
        return errors.any() ? errors.answer() : answer(201, table, table.insert(body), "created");
    }

    private static void requireFreeCode(Errors errors, Table table, JsonNode body, int exceptId) {
        if (body.hasNonNull("code") && table.isTaken("code", body.path("code").asText(), exceptId)) {
            errors.add("code", "The code has already been taken.");
        }
    }

    private static Answer answer(int status, Table table, Row row, String done) {
        return Answer.json(
                status,
                Json.object(
                        "success",
                        true,
                        "message",
                        name(table) + " " + done + " successfully",
                        SINGULAR.get(table.name()),
                        table.shown(row)));
    }

    /** No version is looked at. */
    private static Answer update(Table table, Row row, JsonNode body) {
        Errors errors = new Errors();
        if (table.has("code")) {
            requireFreeCode(errors, table, body, row.id());
        }
        return errors.any() ? errors.answer() : answer(200, table, table.update(row, body, false), "updated");
    }

    /** Takes the rate of this supplier where none is given, and counts the amount into the supplier's balance. */
    private Answer createCollection(Table table, JsonNode body) {
        Errors errors = new Errors();
        for (String field : List.of("supplier_id", "product_id", "collection_date", "quantity", "unit")) {
            errors.require(field, body.path(field));
        }
        if (errors.any()) {
            return errors.answer();
        }
        JsonNode rate = body.hasNonNull("rate_applied") ? body.path("rate_applied") : rateOf(body);
        if (Json.isNothing(rate)) {
            return Answer.json(
                    422, Json.object("success", false, "message", "No active rate for this supplier and product"));
        }
        BigDecimal amount = new BigDecimal(body.path("quantity").asText()).multiply(new BigDecimal(rate.asText()));
        ObjectNode data = body.deepCopy();
        data.put("uuid", body.path("uuid").asText(UUID.randomUUID().toString()));
        data.set("rate_applied", rate);
        data.set("amount", TextNode.valueOf(amount.toPlainString()));
        Row made = table.insert(data);
        Table suppliers = database.table("suppliers");
        suppliers.find(body.path("supplier_id").asInt()).ifPresent(supplier -> {
            BigDecimal before =
                    new BigDecimal(supplier.values().path("current_balance").asText());
            suppliers.update(
                    supplier, Json.object("current_balance", before.add(amount).toPlainString()), false);
        });
        return answer(201, table, made, "created");
    }

    private JsonNode rateOf(JsonNode body) {
        return database.table("rates").rows().stream()
                .filter(row -> !row.deleted())
                .filter(row -> row.values().path("supplier_id").asInt()
                        == body.path("supplier_id").asInt())
                .filter(row -> row.values().path("product_id").asInt()
                        == body.path("product_id").asInt())
                .map(row -> row.values().path("rate"))
                .findFirst()
                .orElse(MissingNode.getInstance());
    }
}
