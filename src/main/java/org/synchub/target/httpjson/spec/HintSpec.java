package org.synchub.target.httpjson.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Settings;

/**
 * A WebSocket on which the system tells of changes.
 *
 * @param hello what is said first; null for nothing
 * @param where what holds for a message that tells of a change
 * @param as the name by which the hub's own messages are known; null if they cannot be told apart
 * @param own where such a name stands in a message
 */
public record HintSpec(
        String url,
        @Nullable Template hello,
        List<Condition> where,
        @Nullable String as,
        List<Place> own) {

    static final String[] KEYS = {"url", "hello", "where", "as", "own"};

    static @Nullable HintSpec read(Settings adapter, Names names) {
        if (!adapter.has("hints")) {
            return null;
        }
        Settings hints = adapter.child("hints");
        hints.onlyKnown(KEYS);
        String url = hints.text("url");
        if (!url.matches("wss?://[^/?#]+.*")) {
            throw hints.failure(
                    "url",
                    "setting 'url' must be an address such as wss://api.example.org/ws",
                    "begin with ws: or wss:");
        }
        if (hints.has("own") && !hints.has("as")) {
            throw hints.failure("own", "'own' needs the name that the hub goes by", "write as: sync-hub");
        }
        return new HintSpec(
                url,
                Template.read(hints, "hello", names),
                Condition.read(hints, "where"),
                hints.has("as") ? hints.text("as") : null,
                hints.list("own").stream().map(Place::of).toList());
    }

    /** Whether a message tells of a change that somebody else made. */
    public boolean tells(JsonNode message) {
        return Condition.all(where, message)
                && own.stream().noneMatch(place -> as != null && as.equals(place.text(message)));
    }
}
