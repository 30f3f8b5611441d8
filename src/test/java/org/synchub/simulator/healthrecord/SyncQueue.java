package org.synchub.simulator.healthrecord;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.ServerDied;

/** Queue first, process second. Nothing joins the two, and nothing finds that an operation was queued twice. */
final class SyncQueue {

    private static final Set<String> OPERATIONS = Set.of("CREATE", "UPDATE", "DELETE");
    private static final Set<String> TEXTS = Set.of("userId", "deviceId");
    private static final Set<String> KEYS = Set.of(
            "userId", "deviceId", "operation", "resourceType", "resourceId", "data", "createdAtClient", "version");
    private static final Duration KEPT = Duration.ofDays(30);
    private static final int SHOWN = 100;
    private static final int RETRIES = 3;

    private final Documents documents;
    private final Clock clock;
    private final Map<String, QueueItem> items = new LinkedHashMap<>();
    private int deaths;

    SyncQueue(Documents documents, Clock clock) {
        this.documents = documents;
        this.clock = clock;
    }

    /** The next operations processed are applied, and the server dies before it marks their item. */
    void dieAfterApplying(int times) {
        deaths = times;
    }

    /** Synced ones are forgotten after 30 days. */
    Collection<QueueItem> items() {
        Instant oldest = clock.instant().minus(KEPT);
        items.values().removeIf(item -> item.syncedAt.isBefore(oldest));
        return items.values();
    }

    ObjectNode add(JsonNode body) {
        List<String> wrong = new ArrayList<>();
        body.properties().stream()
                .map(Map.Entry::getKey)
                .filter(key -> !KEYS.contains(key))
                .forEach(key -> wrong.add("property " + key + " should not exist"));
        new TreeSet<>(TEXTS)
                .stream()
                        .filter(key -> body.path(key).asText().isEmpty())
                        .forEach(key -> wrong.add(key + " should not be empty"));
        if (!OPERATIONS.contains(body.path("operation").asText())) {
            wrong.add("operation must be one of the following values: CREATE, UPDATE, DELETE");
        }
        if (Kind.ofResource(body.path("resourceType").asText()).isEmpty()) {
            wrong.add("resourceType must be one of the following values: patient, doctor, encounter, consent,"
                    + " health-document");
        }
        if (!body.path("data").isObject()) {
            wrong.add("data must be an object");
        }
        if (!isTime(body.path("createdAtClient"))) {
            wrong.add("createdAtClient must be a valid ISO 8601 date string");
        }
        if (body.hasNonNull("version") && !body.path("version").isNumber()) {
            wrong.add("version must be a number conforming to the specified constraints");
        }
        if (!wrong.isEmpty()) {
            throw ApiException.badRequest(wrong);
        }
        QueueItem item = new QueueItem(documents.newId(), body.deepCopy());
        items.put(item.id, item);
        return Json.object("id", item.id, "status", "PENDING", "message", "Operation queued for sync");
    }

    private static boolean isTime(JsonNode value) {
        try {
            String text = value.isTextual() ? value.asText() : "";
            return text.length() == 10
                    ? LocalDate.parse(text) != null
                    : !OffsetDateTime.parse(text).equals(OffsetDateTime.MAX);
        } catch (DateTimeException e) {
            return false;
        }
    }

    private QueueItem item(String id) {
        Documents.requireId(id, "SyncQueue");
        return Optional.ofNullable(items.get(id))
                .filter(items()::contains)
                .orElseThrow(() -> ApiException.notFound("Sync queue item not found"));
    }

    ObjectNode process(String id) {
        QueueItem item = item(id);
        if (item.status == QueueItem.Status.SYNCED) {
            return Json.object("status", "SYNCED", "message", "Operation already synced");
        }
        try {
            Optional<ObjectNode> result = apply(item);
            if (deaths > 0) {
                deaths--;
                throw new ServerDied();
            }
            done(item);
            ObjectNode answer = Json.object("status", "SYNCED", "message", "Operation synced successfully");
            result.ifPresent(entity -> answer.set("result", entity));
            return answer;
        } catch (ApiException e) {
            item.errorMessage = e.getMessage();
            if (e.getMessage().contains("version")) {
                item.status = QueueItem.Status.CONFLICT;
                return Json.object(
                        "status",
                        "CONFLICT",
                        "message",
                        "Version conflict detected",
                        "error",
                        e.getMessage(),
                        "resolutionOptions",
                        List.of("CLIENT_WINS", "SERVER_WINS", "MANUAL"));
            }
            item.status = QueueItem.Status.FAILED;
            item.retryCount++;
            throw e;
        }
    }

    private void done(QueueItem item) {
        item.status = QueueItem.Status.SYNCED;
        item.syncedAt = clock.instant();
        item.errorMessage = "";
    }

    private Optional<ObjectNode> apply(QueueItem item) {
        Kind kind = Kind.ofResource(item.resourceType)
                .filter(Kind::isProcessed)
                .orElseThrow(() -> ApiException.badRequest("Unsupported resource type: " + item.resourceType));
        if (item.operation.equals("CREATE")) {
            return Optional.of(documents.create(kind, item.data));
        }
        if (item.resourceId.isEmpty()) {
            throw ApiException.badRequest("Resource ID required for " + item.operation);
        }
        if (item.operation.equals("UPDATE")) {
            return Optional.of(documents.update(kind, item.resourceId, item.data));
        }
        documents.delete(kind, item.resourceId);
        return Optional.empty();
    }

    /** Pending and failed ones, the earliest 100 by the client's time. */
    JsonNode pending(String device, String user) {
        return Json.array(items().stream()
                .filter(item -> item.isOf(device, user))
                .filter(item -> item.status == QueueItem.Status.PENDING || item.status == QueueItem.Status.FAILED)
                .sorted(Comparator.comparing(item -> item.createdAtClient))
                .limit(SHOWN)
                .map(QueueItem::shown)
                .toList());
    }

    /** With CLIENT_WINS the operation is processed once more, and called resolved even if that changes nothing. */
    ObjectNode resolve(String id, String resolution) {
        QueueItem item = item(id);
        if (item.status != QueueItem.Status.CONFLICT) {
            throw ApiException.badRequest("No conflict to resolve");
        }
        switch (resolution) {
            case "CLIENT_WINS" -> process(id);
            case "SERVER_WINS" -> done(item);
            default -> {
                return Json.object("status", "PENDING_MANUAL_REVIEW", "strategy", "MANUAL");
            }
        }
        return Json.object("status", "RESOLVED", "strategy", resolution);
    }

    /** Applies what failed, however long ago and whatever has become of the record. */
    ObjectNode retry(String device, String user) {
        List<QueueItem> failed = items().stream()
                .filter(item ->
                        item.isOf(device, user) && item.status == QueueItem.Status.FAILED && item.retryCount < RETRIES)
                .toList();
        List<ObjectNode> results = new ArrayList<>();
        for (QueueItem item : failed) {
            try {
                results.add(Json.object("id", item.id, "status", "SUCCESS", "result", process(item.id)));
            } catch (ApiException e) {
                results.add(Json.object("id", item.id, "status", "FAILED", "error", e.getMessage()));
            }
        }
        return Json.object("total", failed.size(), "results", results);
    }

    ObjectNode stats(String user) {
        ObjectNode stats = Json.object();
        int total = 0;
        for (QueueItem.Status status : QueueItem.Status.values()) {
            long count = items().stream()
                    .filter(item -> user.isEmpty() || item.userId.equals(user))
                    .filter(item -> item.status == status)
                    .count();
            stats.put(status.name().toLowerCase(Locale.ROOT), count);
            total += (int) count;
        }
        return stats.put("total", total);
    }

    ObjectNode cleanup(int days) {
        int before = items().size();
        Instant oldest = clock.instant().minus(Duration.ofDays(days));
        items.values().removeIf(item -> item.syncedAt.isBefore(oldest));
        return Json.object("deleted", before - items.size());
    }
}
