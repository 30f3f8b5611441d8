package org.synchub.simulator.collectpay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.synchub.simulator.http.Json;

/** Works on the records as people in front of the system do, and tells what they are. Thread safe. */
public final class Registrar {

    private final Database database;
    private final Object lock;

    Registrar(Database database, Object lock) {
        this.database = database;
        this.lock = lock;
    }

    private <T> T locked(Supplier<T> work) {
        synchronized (lock) {
            database.begin();
            return work.get();
        }
    }

    /** Values as {@link Json#object}; answers the new id. */
    public int create(String type, Object... values) {
        return locked(() -> database.table(type).insert(Json.object(values)).id());
    }

    /** As an edit in the application: the version is counted on, updated_at is now. */
    public void update(String type, int id, Object... values) {
        locked(() -> database.table(type).update(row(type, id), Json.object(values), false));
    }

    /** Soft: no client sees the row any more, but its code stays taken. */
    public void delete(String type, int id) {
        locked(() -> {
            database.table(type).delete(row(type, id));
            return id;
        });
    }

    private Row row(String type, int id) {
        return database.table(type)
                .find(id)
                .orElseThrow(() -> new IllegalArgumentException("CollectPay has no " + type + " " + id));
    }

    /** The rows that are not deleted, by id, as a client sees them. */
    public List<ObjectNode> all(String type) {
        return locked(() -> database.table(type).rows().stream()
                .filter(row -> !row.deleted())
                .map(database.table(type)::shown)
                .toList());
    }

    /** The row with this id, unless it is deleted. */
    public Optional<ObjectNode> find(String type, int id) {
        return locked(() -> database.table(type).find(id).map(database.table(type)::shown));
    }

    /** The row with this code (or uuid, for collections and payments), unless it is deleted. */
    public Optional<ObjectNode> find(String type, String key) {
        return locked(() -> {
            Table table = database.table(type);
            return table.find(table.has("code") ? "code" : "uuid", key).map(table::shown);
        });
    }

    public int count(String type) {
        return all(type).size();
    }

    /** How many rows were ever made, deleted ones as well. */
    public int everMade(String type) {
        return locked(() -> database.table(type).rows().size());
    }

    /** The version of a row that is not deleted. */
    public int version(String type, int id) {
        return find(type, id)
                .map(row -> row.path("version"))
                .map(JsonNode::asInt)
                .orElseThrow();
    }
}
