package org.synchub.simulator.healthrecord;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.synchub.simulator.http.Json;

/** The collections of the document database. A document is replaced when it changes; what is handed out stays as it is. */
final class Documents {

    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final Map<Kind, Map<String, ObjectNode>> collections = new EnumMap<>(Kind.class);
    private final Clock clock;
    private long lastId;

    Documents(Clock clock) {
        this.clock = clock;
        for (Kind kind : Kind.values()) {
            collections.put(kind, new LinkedHashMap<>());
        }
    }

    String now() {
        return MILLIS.format(clock.instant());
    }

    private Map<String, ObjectNode> collection(Kind kind) {
        return collections.getOrDefault(kind, Map.of());
    }

    /** Oldest first. */
    Collection<ObjectNode> all(Kind kind) {
        return collection(kind).values();
    }

    /** Newest first, as lists show them. */
    List<ObjectNode> newestFirst(Kind kind) {
        List<ObjectNode> all = new ArrayList<>(all(kind));
        all.sort(Comparator.<ObjectNode, String>comparing(
                        each -> each.path("createdAt").asText())
                .reversed());
        return all;
    }

    Optional<ObjectNode> find(Kind kind, String id) {
        requireId(id, kind.model);
        return Optional.ofNullable(collection(kind).get(id));
    }

    Optional<ObjectNode> find(Kind kind, String field, String value) {
        return all(kind).stream()
                .filter(each -> each.path(field).asText().equals(value))
                .findFirst();
    }

    static void requireId(String id, String model) {
        if (!id.matches("[0-9a-fA-F]{24}")) {
            throw ApiException.internal("Cast to ObjectId failed for value \"" + id
                    + "\" (type string) at path \"_id\" for model \"" + model + "\"");
        }
    }

    String newId() {
        lastId++;
        return String.format(Locale.ROOT, "%08x%016x", clock.instant().getEpochSecond(), lastId);
    }

    /** Takes an {@code _id} that the client gives; drops keys that are no fields. */
    ObjectNode create(Kind kind, JsonNode data) {
        ObjectNode fields = Json.object();
        for (Map.Entry<String, JsonNode> field : data.properties()) {
            if (kind.has(field.getKey())) {
                fields.set(field.getKey(), field.getValue());
            }
        }
        if (kind == Kind.PATIENT && Json.isNothing(fields.get("guid"))) {
            String end = UUID.randomUUID().toString().substring(0, 8).toUpperCase(Locale.ROOT);
            fields.put("guid", "NHRS-" + now().substring(0, 4) + "-" + end);
        }
        if (kind == Kind.ENCOUNTER) {
            Kind.REFERENCES.stream()
                    .filter(reference -> Json.isNothing(fields.get(reference)))
                    .forEach(reference -> fields.put(reference, newId()));
        }
        validate(kind, fields);
        String id = data.hasNonNull("_id") ? data.path("_id").asText() : newId();
        requireId(id, kind.model);
        requireUnique(kind, fields, "");
        if (collection(kind).containsKey(id)) {
            throw duplicate(kind, "_id_", "_id: ObjectId('" + id + "')");
        }
        String now = now();
        ObjectNode made = Json.object("id", id);
        made.setAll(fields);
        made.put("createdAt", now).put("updatedAt", now);
        collection(kind).put(id, made);
        return made;
    }

    private static void validate(Kind kind, ObjectNode fields) {
        List<String> wrong = new ArrayList<>();
        for (String field : kind.required()) {
            JsonNode value = fields.get(field);
            if (Json.isNothing(value) || (value.isTextual() && value.asText().isEmpty())) {
                wrong.add(field + ": Path `" + field + "` is required.");
            }
        }
        Kind.CHOICES.forEach((field, choices) -> {
            if (kind.has(field)
                    && fields.hasNonNull(field)
                    && !choices.contains(fields.path(field).asText())) {
                wrong.add(field + ": `" + fields.path(field).asText() + "` is not a valid enum value for path `" + field
                        + "`.");
            }
        });
        if (!wrong.isEmpty()) {
            throw ApiException.internal(kind.model + " validation failed: " + String.join(", ", wrong));
        }
    }

    private void requireUnique(Kind kind, JsonNode fields, String exceptId) {
        if (kind.unique.isEmpty() || !fields.hasNonNull(kind.unique)) {
            return;
        }
        String value = fields.path(kind.unique).asText();
        boolean taken = all(kind).stream()
                .anyMatch(each -> !each.path("id").asText().equals(exceptId)
                        && each.path(kind.unique).asText().equals(value));
        if (taken) {
            throw duplicate(kind, kind.unique + "_1", kind.unique + ": \"" + value + "\"");
        }
    }

    private static ApiException duplicate(Kind kind, String index, String key) {
        return ApiException.internal("E11000 duplicate key error collection: nhrs." + kind.path + " index: " + index
                + " dup key: { " + key + " }");
    }

    /** Sets what is given, unchecked; null is stored, objects are replaced whole, the rest stays. */
    ObjectNode update(Kind kind, String id, JsonNode data) {
        ObjectNode before = find(kind, id).orElseThrow(() -> ApiException.notFound(kind.model + " not found"));
        if (kind == Kind.ENCOUNTER
                && Instant.parse(before.path("createdAt").asText())
                        .plusSeconds(24 * 3600)
                        .isBefore(clock.instant())) {
            throw ApiException.badRequest("ENCOUNTER_EDIT_WINDOW_EXPIRED");
        }
        ObjectNode after = before.deepCopy();
        boolean given = false;
        for (Map.Entry<String, JsonNode> field : data.properties()) {
            if (kind.has(field.getKey())) {
                after.set(field.getKey(), field.getValue());
                given = true;
            }
        }
        if (!given) {
            return before;
        }
        requireUnique(kind, data, id);
        after.put("updatedAt", now());
        collection(kind).put(id, after);
        return after;
    }

    /** For good, encounters as well. */
    void delete(Kind kind, String id) {
        requireId(id, kind.model);
        if (collection(kind).remove(id) == null) {
            throw ApiException.notFound(kind.model + " not found");
        }
    }
}
