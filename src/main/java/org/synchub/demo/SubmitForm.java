package org.synchub.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synchub.store.IsoMillis;

/**
 * What a DataCollect server (v1.0.0) does with one submitted form, step by step and with its quirks: read the entity,
 * insert the event, settle a conflict, save the entity, write the audit row. It neither finds duplicates nor rebuilds
 * the Merkle root.
 *
 * <p>Source: {@code packages/datacollect/src/services/EventApplierService.ts} and what it was seen to write.
 */
final class SubmitForm {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final ServerTables tables;
    private final InstantSource clock;
    private final boolean settlesConflicts;

    /**
     * @param clock the server's clock, for {@code lastUpdated} and the audit rows
     * @param settlesConflicts false leaves the conflict rule out, so that every event is applied to the present state
     */
    SubmitForm(ServerTables tables, InstantSource clock, boolean settlesConflicts) {
        this.tables = tables;
        this.clock = clock;
        this.settlesConflicts = settlesConflicts;
    }

    void submit(FormSubmission form) throws SQLException {
        if (form.data().isEmpty()) {
            throw new IllegalArgumentException(
                    "Event " + form.guid() + " has no data; the server refuses such a form.");
        }
        EntityPair known = tables.entity(form.entityGuid());
        tables.insertEvent(form);
        EntityPair base = known;
        if (settlesConflicts && known != null && form.syncLevel() > 0 && known.hasLocalChanges()) {
            Instant localLastUpdated =
                    Instant.parse(known.modified().path("lastUpdated").asText());
            boolean keptLocal = !localLastUpdated.isBefore(form.timestamp());
            auditConflict(form, known, keptLocal);
            if (keptLocal) {
                return;
            }
            base = new EntityPair(known.initial(), known.initial());
        }
        apply(form, known, base);
    }

    private void apply(FormSubmission form, @Nullable EntityPair known, @Nullable EntityPair base) throws SQLException {
        String eventGuid = form.guid();
        switch (form.type()) {
            case "create-individual", "update-individual" ->
                saveIndividual(
                        form.type(),
                        form.entityGuid(),
                        eventGuid,
                        form.data(),
                        form.userId(),
                        base == null ? null : base.modified());
            case "create-group", "update-group" ->
                saveGroup(
                        form.type(),
                        form.entityGuid(),
                        eventGuid,
                        form.data().deepCopy(),
                        form.userId(),
                        base == null ? null : base.modified());
            case "add-member" -> addMember(form);
            case "remove-member" -> removeMember(form);
            case "delete-entity" -> {
                if (known != null) {
                    deleteWithMembers(form.entityGuid(), eventGuid, form.userId(), new ArrayList<>());
                }
            }
            default ->
                throw new IllegalArgumentException("No applier for event type " + form.type() + " of event " + eventGuid
                        + "; the server stores such an event and then fails.");
        }
    }

    private void saveIndividual(
            String action, String guid, String eventGuid, ObjectNode data, String userId, @Nullable ObjectNode existing)
            throws SQLException {
        ObjectNode doc = existing == null ? newDoc(guid, "individual", "Unnamed Individual") : existing.deepCopy();
        ((ObjectNode) doc.get("data")).setAll(data);
        settle(doc, data);
        tables.saveEntity(new EntityPair(existing == null ? doc : existing, doc));
        audit(action, guid, eventGuid, data, userId);
    }

    private void saveGroup(
            String action, String guid, String eventGuid, ObjectNode data, String userId, @Nullable ObjectNode existing)
            throws SQLException {
        ObjectNode doc = existing == null ? newDoc(guid, "group", "Unnamed Group") : existing.deepCopy();
        if (existing == null) {
            doc.putArray("memberIds");
        }
        if (data.get("members") instanceof ArrayNode members) {
            for (JsonNode member : members) {
                String memberGuid = takeGuid((ObjectNode) member);
                saveMember(memberGuid, eventGuid, (ObjectNode) member, userId);
                addMemberId(doc, memberGuid);
            }
        }
        ObjectNode docData = (ObjectNode) doc.get("data");
        docData.setAll(data);
        docData.remove("members");
        settle(doc, data);
        tables.saveEntity(new EntityPair(doc, doc));
        audit(action, guid, eventGuid, data, userId);
    }

    /** Members that arrive inside a group's form become entities without an event of their own. */
    private void saveMember(String guid, String eventGuid, ObjectNode data, String userId) throws SQLException {
        EntityPair known = tables.entity(guid);
        ObjectNode existing = known == null ? null : known.modified();
        if ("group".equals(data.path("type").asText())) {
            saveGroup("create-group", guid, eventGuid, data, userId, existing);
        } else {
            saveIndividual("create-individual", guid, eventGuid, data, userId, existing);
        }
    }

    private void addMember(FormSubmission form) throws SQLException {
        EntityPair group = requireGroup(form);
        ObjectNode data = form.data().deepCopy();
        if (!(data.path("members").path(0) instanceof ObjectNode member)) {
            throw new IllegalArgumentException("Event " + form.guid() + " (add-member) has no data.members[0].");
        }
        String memberGuid = takeGuid(member);
        if (tables.entity(memberGuid) == null) {
            saveMember(memberGuid, form.guid(), member, form.userId());
        }
        ObjectNode doc = group.modified().deepCopy();
        if (addMemberId(doc, memberGuid)) {
            touch(doc);
        }
        tables.saveEntity(new EntityPair(group.initial(), doc));
        audit("add-member", form.entityGuid(), form.guid(), data, form.userId());
    }

    private void removeMember(FormSubmission form) throws SQLException {
        EntityPair group = requireGroup(form);
        String memberGuid = form.data().path("memberId").asText();
        ObjectNode doc = group.modified().deepCopy();
        ArrayNode left = JSON.arrayNode();
        for (JsonNode id : doc.path("memberIds")) {
            if (!memberGuid.equals(id.asText())) {
                left.add(id);
            }
        }
        doc.set("memberIds", left);
        touch(doc);
        tables.saveEntity(new EntityPair(group.initial(), doc));
        audit("remove-member", form.entityGuid(), form.guid(), form.data(), form.userId());
        EntityPair member = tables.entity(memberGuid);
        if (member != null && member.isGroup()) {
            deleteWithMembers(memberGuid, form.guid(), form.userId(), new ArrayList<>());
        }
    }

    /** Members first, by {@code memberIds} only: people who merely point at a household with parentGuid stay. */
    private void deleteWithMembers(String guid, String eventGuid, String userId, List<String> above)
            throws SQLException {
        if (above.contains(guid)) {
            throw new IllegalArgumentException("Group " + guid + " contains itself; the server would never return.");
        }
        EntityPair known = tables.entity(guid);
        if (known != null && known.isGroup()) {
            above.add(guid);
            for (JsonNode member : known.modified().path("memberIds")) {
                deleteWithMembers(member.asText(), eventGuid, userId, above);
            }
            above.remove(guid);
        }
        tables.deleteEntity(guid);
        ObjectNode changes = JSON.objectNode().put("type", "cascade-delete-entity");
        audit("cascade-delete-entity", guid, eventGuid, changes.put("entityGuid", guid), userId);
    }

    private EntityPair requireGroup(FormSubmission form) throws SQLException {
        EntityPair group = tables.entity(form.entityGuid());
        if (group == null || !group.isGroup()) {
            throw new IllegalArgumentException("Event " + form.guid() + " (" + form.type() + ") names "
                    + form.entityGuid() + ", which is not a group.");
        }
        return group;
    }

    private ObjectNode newDoc(String guid, String type, String unnamed) {
        ObjectNode doc = JSON.objectNode()
                .put("id", guid)
                .put("guid", guid)
                .put("type", type)
                .put("name", unnamed);
        doc.put("version", 0).putObject("data").put("name", unnamed);
        return doc;
    }

    private void settle(ObjectNode doc, ObjectNode data) {
        String name = doc.path("data").path("name").asText();
        if (!name.isEmpty()) {
            doc.put("name", name);
        }
        JsonNode externalId = data.get("externalId");
        if (externalId != null) {
            doc.set("externalId", externalId);
        }
        touch(doc);
    }

    private void touch(ObjectNode doc) {
        doc.put("version", doc.path("version").asInt() + 1);
        doc.put("lastUpdated", IsoMillis.format(now()));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static boolean addMemberId(ObjectNode group, String memberGuid) {
        ArrayNode ids = group.withArray("memberIds");
        for (JsonNode id : ids) {
            if (memberGuid.equals(id.asText())) {
                return false;
            }
        }
        ids.add(memberGuid);
        return true;
    }

    /** The server takes the guid out of the member's own data, and so also out of what it audits afterwards. */
    private static String takeGuid(ObjectNode member) {
        JsonNode guid = member.remove("guid");
        if (guid == null) {
            throw new IllegalArgumentException("A member of a group has no guid; the server refuses such a form.");
        }
        return guid.asText();
    }

    private void auditConflict(FormSubmission form, EntityPair known, boolean keptLocal) throws SQLException {
        ObjectNode changes = JSON.objectNode()
                .put("resolution", keptLocal ? "kept-local" : "applied-remote")
                .put("eventType", form.type())
                .put("localLastUpdated", known.modified().path("lastUpdated").asText())
                .put("remoteTimestamp", IsoMillis.format(form.timestamp()))
                .put("localVersion", known.modified().path("version").asInt());
        audit("conflict-resolution", form.entityGuid(), form.guid(), changes, "system");
    }

    private void audit(String action, String entityGuid, String eventGuid, ObjectNode changes, String userId)
            throws SQLException {
        tables.audit(new ServerTables.AuditRow(action, entityGuid, eventGuid, changes.deepCopy(), userId, now()));
    }
}
