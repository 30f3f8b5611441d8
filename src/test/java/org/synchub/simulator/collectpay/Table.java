package org.synchub.simulator.collectpay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.synchub.simulator.http.Json;

/** A table with its constraints. Rows that are deleted stay, and so do their codes. */
final class Table {

    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final String name;
    private final Map<String, Column> columns = new LinkedHashMap<>();
    private final Map<Integer, Row> rows = new TreeMap<>();
    private final Clock clock;
    private final Consumer<Runnable> undo;
    private int lastId;

    /** {@code undo} is told, with every change, how to take it back. */
    Table(String name, String columns, Clock clock, Consumer<Runnable> undo) {
        this.name = name;
        this.clock = clock;
        this.undo = undo;
        Arrays.stream(columns.strip().split("\\s+"))
                .map(Column::parse)
                .forEach(column -> this.columns.put(column.name(), column));
    }

    String name() {
        return name;
    }

    boolean has(String column) {
        return columns.containsKey(column);
    }

    /** In the order of their ids, deleted ones as well. */
    Collection<Row> rows() {
        return rows.values();
    }

    Optional<Row> find(int id) {
        return Optional.ofNullable(rows.get(id)).filter(row -> !row.deleted());
    }

    /** The row that has this text in a column and is not deleted. */
    Optional<Row> find(String column, String value) {
        if (!has(column)) {
            throw new SqlException("42S22", "Column not found: 1054 Unknown column '" + column + "' in 'WHERE'", name);
        }
        return rows.values().stream()
                .filter(row ->
                        !row.deleted() && row.values().path(column).asText().equals(value))
                .findFirst();
    }

    /** Keys that are no columns are dropped. {@code version} is counted on from the one given, if any. */
    Row insert(JsonNode data) {
        ObjectNode values = Json.MAPPER.createObjectNode();
        for (Column column : columns.values()) {
            JsonNode given = data.get(column.name());
            if (given != null) {
                values.set(column.name(), column.stored(given, name));
            } else if (column.required()) {
                throw new SqlException(
                        "HY000",
                        "General error: 1364 Field '" + column.name() + "' doesn't have a default value",
                        name);
            } else {
                values.set(column.name(), column.otherwise());
            }
        }
        requireUnique(values, 0);
        int version = Json.isNothing(data.get("version")) ? 1 : version(data) + 1;
        Instant now = now();
        Row row = new Row(++lastId, values, version, now, now, Instant.EPOCH, false);
        put(row);
        return row;
    }

    /** The version a client gives, which may be a numeric text; 1 where it gives none. */
    static int version(JsonNode data) {
        JsonNode given = data.get("version");
        if (Json.isNothing(given)) {
            return 1;
        }
        if (!given.asText().matches("\\d{1,9}")) {
            throw new PhpError("Unsupported operand types");
        }
        return Integer.parseInt(given.asText());
    }

    /** Only what is given changes. Counts the version on where anything did. */
    Row update(Row row, JsonNode data, boolean bySync) {
        ObjectNode values = row.values().deepCopy();
        for (Map.Entry<String, JsonNode> field : data.properties()) {
            Column column = columns.get(field.getKey());
            if (column != null && !column.name().equals("uuid")) {
                values.set(column.name(), column.stored(field.getValue(), name));
            }
        }
        Instant now = now();
        Instant synced = bySync ? now : row.lastSync();
        if (row.sameAs(values, synced)) {
            return row;
        }
        requireUnique(values, row.id());
        Row updated = new Row(row.id(), values, row.version() + 1, row.created(), now, synced, false);
        put(updated);
        return updated;
    }

    void delete(Row row) {
        put(row.deleted(now()));
    }

    /** Whether a value of a unique column is taken, by a deleted row as well. */
    boolean isTaken(String column, String value, int exceptId) {
        return rows.values().stream()
                .anyMatch(row -> row.id() != exceptId
                        && row.values().path(column).asText().equals(value));
    }

    private void requireUnique(ObjectNode values, int exceptId) {
        for (Column column : columns.values()) {
            String value = values.path(column.name()).asText();
            if (column.unique() && isTaken(column.name(), value, exceptId)) {
                throw new SqlException(
                        "23000",
                        "Integrity constraint violation: 1062 Duplicate entry '" + value + "' for key '" + name + "_"
                                + column.name() + "_unique'",
                        name);
            }
        }
    }

    private void put(Row row) {
        Row before = rows.put(row.id(), row);
        undo.accept(() -> {
            if (before == null) {
                rows.remove(row.id());
            } else {
                rows.put(row.id(), before);
            }
        });
    }

    /** The time by the whole second, as all times here are kept. */
    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    /** A row as it is shown; of a new one the answer tells only what was set. */
    ObjectNode shown(Row row, List<String> only) {
        ObjectNode shown = Json.object("id", row.id());
        for (String column : columns.keySet()) {
            if (only.contains(column)) {
                shown.set(column, row.values().get(column));
            }
        }
        return shown.put("version", row.version())
                .put("created_at", MICROS.format(row.created()))
                .put("updated_at", MICROS.format(row.updated()));
    }

    ObjectNode shown(Row row) {
        ObjectNode shown = shown(row, List.copyOf(columns.keySet()));
        shown.set(
                "last_sync_at",
                row.lastSync().equals(Instant.EPOCH)
                        ? NullNode.getInstance()
                        : Json.MAPPER.valueToTree(MICROS.format(row.lastSync())));
        return shown;
    }
}
