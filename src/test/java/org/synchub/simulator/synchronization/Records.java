package org.synchub.simulator.synchronization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.synchub.simulator.http.Json;

/** What the server holds, and what it makes of the items of an upload. */
final class Records {

    /** Far from the ids that clients give: the document does not say who keeps them apart. */
    private static final int FIRST_SERVER_ID = 1_000_001;

    private final Choices choices;
    private final Clock clock;
    private final Map<String, ServerRecord> records = new LinkedHashMap<>();
    private final Map<String, Integer> serverIds = new HashMap<>();
    private final Map<String, ObjectNode> answered = new HashMap<>();
    private final Map<Integer, Conflict> conflicts = new LinkedHashMap<>();
    private int lastId = FIRST_SERVER_ID - 1;

    Records(Choices choices) {
        this.choices = choices;
        this.clock = choices.clock();
    }

    Collection<ServerRecord> all() {
        return records.values();
    }

    Collection<Conflict> conflicts() {
        return conflicts.values();
    }

    Optional<ServerRecord> find(String model, int id) {
        return Optional.ofNullable(records.get(model + " " + id));
    }

    /** An operation sent once more is answered as before and changes nothing. */
    ObjectNode apply(Item item) {
        ObjectNode before = answered.get(item.key());
        if (before != null) {
            return before.deepCopy();
        }
        ObjectNode result = applyNew(item);
        answered.put(item.key(), result);
        return result.deepCopy();
    }

    private ObjectNode applyNew(Item item) {
        int id = recordId(item);
        Optional<ServerRecord> known = find(item.model(), id);
        if (known.isEmpty() && item.operation().equals("update")) {
            return item.result("failed").put("error", "Object not found");
        }
        if (item.operation().equals("delete")
                && known.filter(record -> !record.deleted()).isEmpty()) {
            return item.result("completed");
        }
        String guid = item.data().path("guid").asText("");
        boolean taken = !guid.isEmpty()
                && all().stream()
                        .anyMatch(each -> each.model().equals(item.model())
                                && each.id() != id
                                && each.data().path("guid").asText("").equals(guid));
        if (taken) {
            return choices.policy() == Choices.Policy.MANUAL
                    ? conflict(item, id, "Constraint Violation", Json.object())
                    : item.result("failed").put("error", "guid is taken");
        }
        if (known.isPresent() && !item.timestamp().isAfter(known.get().updated())) {
            ServerRecord record = known.get();
            if (choices.policy() == Choices.Policy.MANUAL) {
                String ours = item.operation().equals("delete") ? "Delete" : "Update";
                return conflict(item, id, ours + "-" + (record.deleted() ? "Delete" : "Update"), record.serverData());
            }
            return completed(item, id).set("server_data", record.serverData());
        }
        write(item, id);
        return completed(item, id);
    }

    private ObjectNode completed(Item item, int id) {
        ObjectNode result = item.result("completed");
        return choices.ids() == Choices.Ids.SERVER && item.operation().equals("create")
                ? result.put("server_id", id)
                : result;
    }

    private ObjectNode conflict(Item item, int id, String type, ObjectNode serverData) {
        Conflict conflict = new Conflict(conflicts.size() + 1, item, id, false);
        conflicts.put(conflict.id(), conflict);
        ObjectNode result =
                item.result("conflict").put("conflict_id", conflict.id()).put("conflict_type", type);
        return result.set("server_data", serverData);
    }

    /** A create that is known is an update of what it made. */
    private int recordId(Item item) {
        if (choices.ids() == Choices.Ids.CLIENT || !item.operation().equals("create")) {
            return item.objectId();
        }
        return serverIds.computeIfAbsent(item.deviceId() + " " + item.model() + " " + item.objectId(), key -> newId());
    }

    int newId() {
        return ++lastId;
    }

    private void write(Item item, int id) {
        if (item.operation().equals("delete")) {
            delete(item.model(), id, item.deviceId());
        } else {
            put(item.model(), id, item.data(), item.deviceId());
        }
    }

    /** Sets what is given; the rest stays. */
    void put(String model, int id, JsonNode data, String deviceId) {
        Instant now = clock.instant();
        Optional<ServerRecord> known = find(model, id).filter(record -> !record.deleted());
        ObjectNode values =
                known.map(ServerRecord::data).orElseGet(Json::object).deepCopy();
        data.properties().forEach(field -> values.set(field.getKey(), field.getValue()));
        Instant created = known.map(ServerRecord::created).orElse(now);
        records.put(model + " " + id, new ServerRecord(model, id, values, created, now, false, deviceId));
    }

    void delete(String model, int id, String deviceId) {
        ServerRecord known = find(model, id)
                .orElseThrow(() -> new IllegalArgumentException("The server has no " + model + " " + id));
        Instant now = clock.instant();
        records.put(model + " " + id, new ServerRecord(model, id, Json.object(), known.created(), now, true, deviceId));
    }

    void resolve(int conflictId, String resolution, JsonNode resolvedData) {
        Conflict conflict = conflicts.get(conflictId);
        if (conflict == null) {
            throw new Refusal(404, "No such conflict");
        }
        if (conflict.resolved()) {
            throw new Refusal(409, "The conflict has been resolved already");
        }
        boolean merge = resolution.equals("merge");
        if (!resolvedData.isObject() || resolvedData.isEmpty() == merge) {
            throw new Refusal(422, "resolved_data is required for merge, and {} otherwise");
        }
        switch (resolution) {
            case "server" -> {}
            case "client" -> write(conflict.item(), conflict.recordId());
            case "merge" ->
                put(
                        conflict.item().model(),
                        conflict.recordId(),
                        resolvedData,
                        conflict.item().deviceId());
            default -> throw new Refusal(422, "resolution must be server, client or merge");
        }
        conflicts.put(conflictId, conflict.closed());
    }
}
