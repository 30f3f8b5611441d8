package org.synchub.target.httpjson;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far the target's changes have been read. Immutable; the hub stores its text after the page is applied.
 *
 * @param feed which of the feeds is being read, counted from 0
 * @param walk the pages of that feed that have been read; null when the feed is to be begun
 * @param marks what is known of each feed by its name
 */
record FeedCursor(int feed, @Nullable Walk walk, Map<String, Mark> marks) {

    /**
     * A feed that is being read page by page.
     *
     * @param complete whether all records are read, not only what changed
     * @param page the number of the page to be read, counted from 0
     * @param read how many records the pages before held
     * @param next what the page before said comes next
     * @param newest the latest change among the records read so far
     * @param told the point in time that the first page gave
     */
    record Walk(
            boolean complete,
            int page,
            int read,
            @Nullable String next,
            @Nullable Instant newest,
            @Nullable String told) {

        static Walk begin(boolean complete) {
            return new Walk(complete, 0, 0, null, null, null);
        }
    }

    /**
     * Where a feed's next request for changes begins.
     *
     * @param since in the target's words; null for "from the beginning"
     * @param scanned when all of its records were last read
     */
    record Mark(@Nullable String since, @Nullable Instant scanned) {

        static final Mark NONE = new Mark(null, null);
    }

    static FeedCursor parse(@Nullable String text) {
        JsonNode json = text == null ? null : Json.parse(text.getBytes(StandardCharsets.UTF_8));
        if (json == null || !json.isObject()) {
            return new FeedCursor(0, null, Map.of());
        }
        Map<String, Mark> marks = new TreeMap<>();
        json.path("marks")
                .properties()
                .forEach(mark -> marks.put(
                        mark.getKey(), new Mark(text(mark.getValue(), "since"), instant(mark.getValue(), "scanned"))));
        JsonNode walk = json.path("walk");
        return new FeedCursor(
                json.path("feed").intValue(),
                walk.isObject()
                        ? new Walk(
                                walk.path("complete").booleanValue(),
                                walk.path("page").intValue(),
                                walk.path("read").intValue(),
                                text(walk, "next"),
                                instant(walk, "newest"),
                                text(walk, "told"))
                        : null,
                marks);
    }

    private static @Nullable String text(JsonNode json, String name) {
        return json.path(name).textValue();
    }

    private static @Nullable Instant instant(JsonNode json, String name) {
        String text = text(json, name);
        return text == null ? null : Instant.parse(text);
    }

    Mark mark(String feedName) {
        return marks.getOrDefault(feedName, Mark.NONE);
    }

    FeedCursor at(Walk newWalk) {
        return new FeedCursor(feed, newWalk, marks);
    }

    /** The feed is read to its end; the next one follows, or the first again after the last. */
    FeedCursor done(String feedName, Mark mark, int feeds) {
        Map<String, Mark> all = new TreeMap<>(marks);
        all.put(feedName, mark);
        return new FeedCursor((feed + 1) % feeds, null, all);
    }

    @Override
    public String toString() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("feed", feed);
        if (walk != null) {
            json.putObject("walk")
                    .put("complete", walk.complete())
                    .put("page", walk.page())
                    .put("read", walk.read())
                    .put("next", walk.next())
                    .put("newest", walk.newest() == null ? null : walk.newest().toString())
                    .put("told", walk.told());
        }
        ObjectNode all = json.putObject("marks");
        marks.forEach((name, mark) -> all.putObject(name)
                .put("since", mark.since())
                .put("scanned", mark.scanned() == null ? null : mark.scanned().toString()));
        return json.toString();
    }
}
