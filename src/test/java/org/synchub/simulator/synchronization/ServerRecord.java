package org.synchub.simulator.synchronization;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.synchub.simulator.http.Json;

/**
 * A record as it stands; a change makes a new one.
 *
 * @param data not to be changed; empty for a deleted record
 * @param deviceId who changed it last
 */
record ServerRecord(
        String model, int id, ObjectNode data, Instant created, Instant updated, boolean deleted, String deviceId) {

    /** As an item of an upload would tell it to someone who knows everything up to a time. */
    ObjectNode asChange(Instant since) {
        String operation = deleted ? "delete" : created.isAfter(since) ? "create" : "update";
        return Json.object(
                "operation", operation,
                "model", model,
                "object_id", id,
                "data", data,
                "timestamp", updated.toString(),
                "device_id", deviceId);
    }

    ObjectNode serverData() {
        return deleted ? Json.object() : data.deepCopy().put("updated_at", updated.toString());
    }
}
