package org.synchub.simulator.healthrecord;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.synchub.simulator.http.Json;

/** Works on the records as people in front of the system do, and tells what records and queue are. Thread safe. */
public final class Registrar {

    private final Documents documents;
    private final SyncQueue queue;
    private final Object lock;

    Registrar(Documents documents, SyncQueue queue, Object lock) {
        this.documents = documents;
        this.queue = queue;
        this.lock = lock;
    }

    private <T> T locked(Supplier<T> work) {
        synchronized (lock) {
            return work.get();
        }
    }

    private static Kind kind(String path) {
        return Kind.ofPath(path)
                .orElseThrow(() -> new IllegalArgumentException("The health record system has no " + path));
    }

    /** {@code type} as in paths, for instance patients; values as {@link Json#object}; answers the new id. */
    public String create(String type, Object... values) {
        return locked(() ->
                documents.create(kind(type), Json.object(values)).path("id").asText());
    }

    public void update(String type, String id, Object... values) {
        locked(() -> documents.update(kind(type), id, Json.object(values)));
    }

    /** For good. */
    public void delete(String type, String id) {
        locked(() -> {
            documents.delete(kind(type), id);
            return id;
        });
    }

    /** Oldest first, as a client sees them. */
    public List<ObjectNode> all(String type) {
        return locked(() -> List.copyOf(documents.all(kind(type))));
    }

    public Optional<ObjectNode> find(String type, String id) {
        return locked(() -> documents.find(kind(type), id));
    }

    /** The patient with this guid. */
    public Optional<ObjectNode> patient(String guid) {
        return locked(() -> documents.find(Kind.PATIENT, "guid", guid));
    }

    public int count(String type) {
        return all(type).size();
    }

    /** Everything that was queued and is not forgotten, oldest first: as /pending shows it, whatever its status. */
    public List<ObjectNode> queue() {
        return locked(() -> queue.items().stream().map(QueueItem::shown).toList());
    }
}
