package org.synchub.target.httpjson;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Kind;
import org.synchub.target.RemoteChange;
import org.synchub.target.RemoteState;
import org.synchub.target.httpjson.spec.Condition;
import org.synchub.target.httpjson.spec.Key;
import org.synchub.target.httpjson.spec.Place;
import org.synchub.target.httpjson.spec.RecordSpec;

/** One record as the target gave it, read by a kind's rules. */
final class RemoteItem {

    private final Session session;
    private final Kind kind;
    private final JsonNode item;
    private final @Nullable String etag;

    RemoteItem(Session session, Kind kind, JsonNode item) {
        this(session, kind, item, null);
    }

    /** @param etag the header with which it came, null if there was none */
    RemoteItem(Session session, Kind kind, JsonNode item, @Nullable String etag) {
        this.session = session;
        this.kind = kind;
        this.item = item;
        this.etag = etag;
    }

    @Nullable
    String etag() {
        return etag;
    }

    JsonNode json() {
        return item;
    }

    private RecordSpec spec() {
        return session.spec().record();
    }

    /** Whether it is of this kind as far as the mapping file says how to tell. */
    boolean fits() {
        return session.spec().kind(kind.name()).where().stream().allMatch(condition -> condition.holds(item));
    }

    /** With its kind where that is needed; null if it has none. */
    @Nullable
    String externalId() {
        String id = spec().id().text(item);
        return id == null ? null : session.ids().of(kind.name(), id);
    }

    /** The target's version in the adapter's notation: the value as JSON. */
    @Nullable
    String version() {
        Place place = spec().version();
        JsonNode value = place == null ? null : place.in(item);
        return value == null || Json.isNothing(value) ? null : value.toString();
    }

    boolean isDeleted() {
        return !spec().deleted().isEmpty() && spec().deleted().stream().allMatch((Condition c) -> c.holds(item));
    }

    /** Whether it carries the key of another entity. */
    boolean belongsToAnother(String guid) {
        return isOther(spec().guid(), guid) || isOther(spec().key(), session.key(guid));
    }

    private boolean isOther(@Nullable Place place, @Nullable JsonNode ours) {
        return ours != null && isOther(place, ours.asText());
    }

    private boolean isOther(@Nullable Place place, String ours) {
        String theirs = place == null ? null : place.text(item);
        return theirs != null && !theirs.equals(ours);
    }

    /** Whether it carries this entity's key. */
    boolean belongsTo(String guid) {
        return isSame(spec().guid(), guid) || isSame(spec().key(), session.key(guid));
    }

    private boolean isSame(@Nullable Place place, @Nullable JsonNode ours) {
        return ours != null && isSame(place, ours.asText());
    }

    private boolean isSame(@Nullable Place place, String ours) {
        return place != null && ours.equals(place.text(item));
    }

    /** The guid of the entity that it is, as far as it carries one: where the key is the guid, the key says it too. */
    private @Nullable String guid() {
        Place place = spec().guid();
        Key key = session.spec().key();
        if (place == null && key.form() == Key.Form.GUID && key.prefix().isEmpty()) {
            place = spec().key() == null && spec().hubMakesIds() ? spec().id() : spec().key();
        }
        return place == null ? null : place.text(item);
    }

    /** The mapped fields in the hub's spelling. */
    ObjectNode told() {
        return session.form(kind).told(item);
    }

    /** The fields that it holds in another way than they would be sent now. */
    Set<String> stale() {
        return session.form(kind).stale(item);
    }

    @Nullable
    Instant changedAt() {
        Place place = spec().changedAt();
        return place == null ? null : Times.parse(place.in(item), spec().datetime());
    }

    /** The record as the hub takes it in; null if it has no id. */
    @Nullable
    RemoteChange change() {
        String id = externalId();
        if (id == null) {
            return null;
        }
        Place by = spec().changedBy();
        boolean gone = isDeleted();
        return new RemoteChange(
                kind.name(),
                id,
                version(),
                guid(),
                gone ? RemoteState.GONE : RemoteState.PRESENT,
                gone ? null : told(),
                changedAt(),
                by == null ? null : by.text(item),
                !gone && !stale().isEmpty());
    }
}
