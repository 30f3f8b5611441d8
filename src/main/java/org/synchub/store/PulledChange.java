package org.synchub.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One change of one entity that came from a target and is to become an EXTERNAL event.
 *
 * @param entityGuid the entity, also for one that does not exist yet
 * @param type one of DataCollect's event types; devices stop syncing at a type that they do not know
 * @param data the event's data: the whole form as it now is, because devices may drop all but one of several updates.
 *     {@code externalId}, if there is one, is a string. For {@code delete-entity} any one field, such as a reason
 * @param doc the whole EntityDoc as it now is, with its new version; null for {@code delete-entity} and only for it. Its
 *     data holds every field of {@code data} but {@code members}. {@code lastUpdated} is set when it is written
 * @param eventGuid the event's guid, derived from what it reports, so that writing it twice has one effect
 * @param userId whom the event and its audit row name
 * @param expected the state of the entity from which {@code data} and {@code doc} were made
 */
public record PulledChange(
        String entityGuid,
        String type,
        ObjectNode data,
        @Nullable ObjectNode doc,
        UUID eventGuid,
        String userId,
        Expected expected) {

    static final String DELETE = "delete-entity";

    private static final Set<String> TYPES = Set.of(
            "create-individual",
            "update-individual",
            "create-group",
            "update-group",
            "add-member",
            "remove-member",
            DELETE);

    public PulledChange {
        if (entityGuid.isBlank()) {
            throw refused(entityGuid, eventGuid, "has no entity guid");
        }
        if (!TYPES.contains(type)) {
            throw refused(entityGuid, eventGuid, "has type \"" + type + "\"; DataCollect knows " + TYPES);
        }
        if (data.isEmpty()) {
            throw refused(entityGuid, eventGuid, "has no data; DataCollect's clients refuse such an event");
        }
        if (userId.isBlank()) {
            throw refused(entityGuid, eventGuid, "has no user id");
        }
        if ((doc == null) != type.equals(DELETE)) {
            throw refused(entityGuid, eventGuid, "must have a doc unless it is " + DELETE);
        }
        requireString(entityGuid, eventGuid, data.get("externalId"));
        requireStorable(entityGuid, eventGuid, data);
        if (doc != null) {
            check(entityGuid, eventGuid, data, doc);
        }
    }

    /** A change that is written whatever the entity's state is. */
    public PulledChange(
            String entityGuid, String type, ObjectNode data, @Nullable ObjectNode doc, UUID eventGuid, String userId) {
        this(entityGuid, type, data, doc, eventGuid, userId, Expected.anything());
    }

    boolean isDelete() {
        return doc == null;
    }

    private static void check(String entityGuid, UUID eventGuid, ObjectNode data, ObjectNode doc) {
        if (!entityGuid.equals(doc.path("guid").asText())
                || !entityGuid.equals(doc.path("id").asText())) {
            throw refused(entityGuid, eventGuid, "has a doc whose id or guid is not the entity's");
        }
        if (!doc.path("version").isInt() || doc.path("version").asInt() < 1) {
            throw refused(entityGuid, eventGuid, "has a doc without a version above 0");
        }
        requireString(entityGuid, eventGuid, doc.get("externalId"));
        requireStorable(entityGuid, eventGuid, doc);
        if (!Objects.equals(data.get("externalId"), doc.get("externalId"))) {
            throw refused(
                    entityGuid, eventGuid, "has an externalId in its data or its doc only, or two different ones");
        }
        for (Map.Entry<String, JsonNode> field : data.properties()) {
            boolean same = field.getValue().equals(doc.path("data").get(field.getKey()));
            if (!same
                    && !field.getKey().equals("members")
                    && doc.path("type").asText().equals("individual")) {
                throw refused(
                        entityGuid,
                        eventGuid,
                        "has a doc whose data." + field.getKey() + " is not the event's: devices would differ");
            }
        }
    }

    private static void requireString(String entityGuid, UUID eventGuid, @Nullable JsonNode externalId) {
        if (externalId != null && !externalId.isTextual()) {
            throw refused(entityGuid, eventGuid, "has an externalId that is not a string");
        }
    }

    /** PostgreSQL would refuse it too, but its message quotes the values around the culprit. */
    private static void requireStorable(String entityGuid, UUID eventGuid, JsonNode node) {
        if (node.isTextual() && !isStorable(node.textValue())) {
            throw refused(
                    entityGuid, eventGuid, "has a character in a text that jsonb cannot hold (U+0000 or half a pair)");
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!isStorable(field.getKey())) {
                throw refused(entityGuid, eventGuid, "has a character in a field's name that jsonb cannot hold");
            }
            requireStorable(entityGuid, eventGuid, field.getValue());
        }
        if (node.isArray()) {
            node.forEach(element -> requireStorable(entityGuid, eventGuid, element));
        }
    }

    private static boolean isStorable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (c == 0 || Character.isSurrogate(c)) {
                return false;
            }
        }
        return true;
    }

    /** A change that DataCollect or its devices could not work with; the message names keys and fields only. */
    public static final class Refused extends IllegalArgumentException {

        private static final long serialVersionUID = 1L;

        private Refused(String message) {
            super(message);
        }
    }

    private static Refused refused(String entityGuid, UUID eventGuid, String why) {
        return new Refused("The pulled change of entity " + entityGuid + " (event " + eventGuid + ") " + why + ".");
    }
}
