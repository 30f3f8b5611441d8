package org.synchub.simulator.healthrecord;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.synchub.simulator.http.Json;

/** An operation that a client has queued. */
final class QueueItem {

    enum Status {
        PENDING,
        SYNCED,
        FAILED,
        CONFLICT
    }

    final String id;
    final String userId;
    final String deviceId;
    final String operation;
    final String resourceType;
    final String resourceId;
    final ObjectNode data;
    final String createdAtClient;
    Status status = Status.PENDING;
    int retryCount;
    String errorMessage = "";
    Instant syncedAt = Instant.MAX;

    /** {@code body} is a request that has been checked. */
    QueueItem(String id, ObjectNode body) {
        this.id = id;
        userId = body.path("userId").asText();
        deviceId = body.path("deviceId").asText();
        operation = body.path("operation").asText();
        resourceType = body.path("resourceType").asText();
        resourceId = body.path("resourceId").asText("");
        data = body.withObject("/data").deepCopy();
        createdAtClient = body.path("createdAtClient").asText();
    }

    boolean isOf(String device, String user) {
        return deviceId.equals(device) && userId.equals(user);
    }

    ObjectNode shown() {
        ObjectNode shown = Json.object("id", id, "operation", operation, "resourceType", resourceType);
        if (!resourceId.isEmpty()) {
            shown.put("resourceId", resourceId);
        }
        shown.set("data", data);
        shown.put("status", status.name()).put("retryCount", retryCount).put("createdAtClient", createdAtClient);
        if (!errorMessage.isEmpty()) {
            shown.put("errorMessage", errorMessage);
        }
        return shown;
    }
}
