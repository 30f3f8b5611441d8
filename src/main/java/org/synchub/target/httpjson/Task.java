package org.synchub.target.httpjson;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Kind;
import org.synchub.target.Link;
import org.synchub.target.Outcome;
import org.synchub.target.Outcome.Effect;
import org.synchub.target.Write;
import org.synchub.target.httpjson.spec.Operation;
import org.synchub.target.httpjson.spec.RecordSpec;
import org.synchub.target.httpjson.spec.Variables;

/** One write of a batch on its way: what is known of the record so far, and what is to be asked next. */
final class Task {

    private final int place;
    private final Write write;
    private final Session session;
    private final RecordForm form;
    private final ObjectNode ours;
    private final @Nullable ObjectNode base;
    private final List<ObjectNode> sent;
    private Operation operation = Operation.CREATE;
    private ObjectNode changes;
    private Set<String> open = Set.of();
    private @Nullable RemoteItem current;
    private @Nullable String externalId;
    private @Nullable String version;
    private int rounds;

    Task(int place, Write write, Session session) {
        this.place = place;
        this.write = write;
        this.session = session;
        this.form = session.form(write.kind());
        this.ours = RecordForm.resolved(write.record(), known(write.record()));
        Link link = write.link();
        ObjectNode agreed = link == null ? null : link.base();
        this.base = agreed == null ? null : RecordForm.resolved(agreed, known(agreed));
        this.sent = write.sent().stream()
                .map(record -> RecordForm.resolved(record, known(record)))
                .toList();
        this.externalId = link == null ? null : link.externalId();
        this.version = link == null ? null : link.version();
        this.changes = ours;
    }

    /** The ids of what a record refers to, those too that follow from the key. */
    private Map<String, String> known(ObjectNode agreed) {
        Map<String, String> ids = new HashMap<>();
        if (session.spec().record().hubMakesIds()) {
            Map<String, String> kinds = new HashMap<>();
            form.references(agreed, kinds);
            kinds.forEach((guid, kind) -> {
                JsonNode key = session.key(guid);
                if (key != null) {
                    ids.put(guid, session.ids().of(kind, key.asText()));
                }
            });
        }
        ids.putAll(write.references());
        return ids;
    }

    int place() {
        return place;
    }

    Write write() {
        return write;
    }

    Kind kind() {
        return write.kind();
    }

    /** What the store wants, references as the target knows them. */
    ObjectNode ours() {
        return ours;
    }

    /** What both sides last agreed on; null if there is nothing. */
    @Nullable
    ObjectNode base() {
        return base;
    }

    /** What has to be written, given what the target holds; null for what it was not asked. */
    Difference difference(@Nullable RemoteItem theirs) {
        return theirs == null
                ? Difference.of(kind(), ours, base, sent, null, write.reread() ? form.encrypted() : Set.of(), trust())
                : Difference.of(kind(), ours, base, sent, asAgreed(theirs.told()), theirs.stale(), trust());
    }

    /** Whether the target changed something of what was agreed on. */
    boolean isChanged(ObjectNode theirs) {
        return Difference.isChanged(kind(), base, sent, asAgreed(theirs), trust());
    }

    /** What the target makes of texts by itself is no change. */
    private ObjectNode asAgreed(ObjectNode theirs) {
        return session.spec().record().trims() ? Trimmed.asAgreed(Trimmed.asAgreed(theirs, base), ours) : theirs;
    }

    Difference.Trust trust() {
        if (write.uncertain()) {
            return sent.isEmpty() ? Difference.Trust.UNCERTAIN : Difference.Trust.SENT;
        }
        if (base != null) {
            return Difference.Trust.BASE;
        }
        return session.spec().tellsChanges() ? Difference.Trust.FOUND : Difference.Trust.FOUND_FOR_GOOD;
    }

    @Nullable
    String externalId() {
        return externalId;
    }

    @Nullable
    String version() {
        return version;
    }

    Operation operation() {
        return operation;
    }

    /** The key that the hub gives this record. */
    JsonNode key() {
        JsonNode derived = session.key(write.guid());
        if (derived != null) {
            return derived;
        }
        Long number = write.number();
        if (number == null) {
            throw new IllegalStateException("no number was allotted to " + this);
        }
        return LongNode.valueOf(number);
    }

    /** Counts how often it was sent. */
    int nextRound() {
        return ++rounds;
    }

    /** The record is there: from now on it is about this one. */
    void found(RemoteItem item) {
        current = item;
        String id = item.externalId();
        if (id != null) {
            externalId = id;
        }
        version = item.version();
    }

    /** The record is not there. */
    void toCreate() {
        operation = Operation.CREATE;
        current = null;
        externalId = null;
        version = null;
        changes = ours;
        open = Set.of();
    }

    void toUpdate(Difference difference) {
        operation = Operation.UPDATE;
        changes = difference.changes();
        open = difference.open();
    }

    void toDelete() {
        operation = Operation.DELETE;
    }

    Variables variables() {
        return session.variables(kind().name(), this::value);
    }

    private @Nullable JsonNode value(String name) {
        return switch (name) {
            case "tenant" -> TextNode.valueOf(write.tenant());
            case "guid" -> TextNode.valueOf(write.guid());
            case "key" -> key();
            case "id" -> id();
            case "version" -> versionNode();
            case "etag" -> etag();
            case "record" -> whole();
            case "changes" -> withUnmapped(form.sent(changes));
            case "merged" -> merged();
            case "changedAt" -> changedAt();
            default -> name.startsWith("record.") ? whole().get(name.substring("record.".length())) : null;
        };
    }

    private @Nullable JsonNode id() {
        if (externalId != null) {
            return session.ids().sent(externalId);
        }
        return session.spec().record().hubMakesIds() ? key() : null;
    }

    /** When the store's record was changed; later than what was seen at the target, once that has been taken into account. */
    private JsonNode changedAt() {
        Instant noted = write.changedAt();
        Instant at = noted == null ? session.clock().instant() : noted;
        Instant theirs = current == null ? null : current.changedAt();
        Instant said = theirs == null || theirs.isBefore(at) ? at : theirs.plusMillis(1);
        return TextNode.valueOf(Times.write(said, session.spec().record().datetime()));
    }

    private @Nullable JsonNode etag() {
        String etag = current == null ? null : current.etag();
        return etag == null ? null : TextNode.valueOf(etag);
    }

    private @Nullable JsonNode versionNode() {
        return version == null ? null : Json.parse(version.getBytes(StandardCharsets.UTF_8));
    }

    /** All that the hub knows the record should hold. */
    private ObjectNode whole() {
        ObjectNode whole = JsonNodeFactory.instance.objectNode();
        if (operation == Operation.UPDATE) {
            if (base != null) {
                whole.setAll(base);
            }
            if (current != null) {
                whole.setAll(current.told());
            }
            whole.setAll(changes);
        } else {
            whole.setAll(ours);
            if (!session.spec().record().nulls()) {
                whole.removeNulls();
            }
        }
        return form.sent(whole);
    }

    /** An object within a record is replaced as a whole: what the mapping does not know of it goes along as it was read. */
    private ObjectNode withUnmapped(ObjectNode fields) {
        RemoteItem read = current;
        JsonNode theirs = read == null
                ? MissingNode.getInstance()
                : session.spec().record().fields().in(read.json());
        fields.properties().forEach(field -> {
            if (field.getValue() instanceof ObjectNode ours && theirs.get(field.getKey()) instanceof ObjectNode there) {
                ObjectNode both = form.plain(there);
                both.setAll(ours);
                field.setValue(both);
            }
        });
        return fields;
    }

    /** The target's own record with the changes over it, so that what the mapping does not know stays. */
    private ObjectNode merged() {
        RecordSpec spec = session.spec().record();
        RemoteItem read = current;
        if (read != null && spec.fields().in(read.json()) instanceof ObjectNode theirs) {
            ObjectNode merged = theirs.deepCopy();
            merged.setAll(form.sent(changes));
            return merged;
        }
        return whole();
    }

    /** It is as the store wants it. */
    Outcome accepted(Effect effect, @Nullable String id, @Nullable String newVersion) {
        String known = id != null ? session.ids().of(kind().name(), id) : externalId;
        if (known == null && session.spec().record().hubMakesIds()) {
            known = session.ids().of(kind().name(), key().asText());
        }
        if (known == null) {
            return new Outcome.Rejected(
                    "synchub.no-id",
                    "The record was made, but the answer does not tell its id; check requests.create.answer and"
                            + " record.id in " + session.spec().where(),
                    null);
        }
        ObjectNode agreed = JsonNodeFactory.instance.objectNode();
        Link link = write.link();
        if (link != null && link.base() != null) {
            agreed.setAll(link.base());
        }
        RemoteItem read = current;
        if (read != null) {
            // The store may say nothing any more about what has arrived.
            for (int i = 0; i < sent.size(); i++) {
                ObjectNode original = write.sent().get(i);
                Difference.arrived(kind(), sent.get(i), read.told())
                        .forEach(name -> agreed.set(name, original.get(name)));
            }
        }
        agreed.setAll(write.record());
        agreed.remove(open);
        Set<String> fields = new HashSet<>();
        if (effect != Effect.UNCHANGED) {
            changes.fieldNames().forEachRemaining(fields::add);
        }
        return new Outcome.Accepted(effect, known, newVersion, agreed, fields, !open.isEmpty());
    }

    /** Both sides changed it. */
    Outcome conflict(String kind, String message, @Nullable RemoteItem theirs) {
        String id = theirs == null ? externalId : theirs.externalId();
        return new Outcome.Conflict(
                kind,
                id == null ? "" : id,
                theirs == null ? null : theirs.version(),
                theirs == null ? null : theirs.told(),
                message);
    }

    /** Names the record without its content. */
    @Override
    public String toString() {
        return kind().name() + " " + write.guid();
    }
}
