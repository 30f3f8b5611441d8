package org.synchub.simulator.synchronization;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.synchub.simulator.http.Json;

/** Works on the records as people in front of the system do, and tells what records and conflicts are. Thread safe. */
public final class Registrar {

    private static final String DEVICE = "server";

    private final Records records;
    private final Object lock;

    Registrar(Records records, Object lock) {
        this.records = records;
        this.lock = lock;
    }

    private <T> T locked(Supplier<T> work) {
        synchronized (lock) {
            return work.get();
        }
    }

    /** Values as {@link Json#object}; answers the new id. */
    public int create(String model, Object... values) {
        return locked(() -> {
            int id = records.newId();
            records.put(model, id, Json.object(values), DEVICE);
            return id;
        });
    }

    /** What is given is set, the rest stays. */
    public void update(String model, int id, Object... values) {
        locked(() -> {
            records.put(model, id, Json.object(values), DEVICE);
            return id;
        });
    }

    public void delete(String model, int id) {
        locked(() -> {
            records.delete(model, id, DEVICE);
            return id;
        });
    }

    private static ObjectNode shown(ServerRecord record) {
        return record.serverData().put("id", record.id());
    }

    /** The data of the records that are not deleted, with {@code id} and {@code updated_at}. */
    public List<ObjectNode> all(String model) {
        return locked(() -> records.all().stream()
                .filter(record -> record.model().equals(model) && !record.deleted())
                .map(Registrar::shown)
                .toList());
    }

    /** The record with this id, unless it is deleted. */
    public Optional<ObjectNode> find(String model, int id) {
        return locked(() ->
                records.find(model, id).filter(record -> !record.deleted()).map(Registrar::shown));
    }

    public int count(String model) {
        return all(model).size();
    }

    /** How many records were ever made, deleted ones as well. */
    public int everMade(String model) {
        return locked(() -> (int) records.all().stream()
                .filter(record -> record.model().equals(model))
                .count());
    }

    /** Conflicts that nobody has resolved. */
    public int openConflicts() {
        return locked(() -> (int) records.conflicts().stream()
                .filter(conflict -> !conflict.resolved())
                .count());
    }
}
