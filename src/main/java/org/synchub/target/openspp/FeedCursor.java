package org.synchub.target.openspp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.synchub.target.openspp.record.Values;

/**
 * Where a sweep over the registry's changes stands. Odoo's {@code write_date} is the moment a transaction began, so a row
 * may appear with a time that was already passed: each sweep therefore begins where the last one began, less the longest
 * time a transaction takes. Times are shown in whole seconds but kept in microseconds, so within one second only ids
 * order the rows.
 *
 * @param began the server's time when the sweep began; empty before its first page
 * @param since where the sources other than the first begin
 * @param source which of the sources is being read
 * @param at the second to read on from, in Odoo's words
 * @param inSecond whether this second holds more than a page, so that it is read by id
 * @param afterId the last id read in it
 */
record FeedCursor(String began, String since, int source, String at, boolean inSecond, long afterId) {

    static final String BEGINNING = "1970-01-01 00:00:00";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** @throws IllegalArgumentException for a text that is none of ours */
    static FeedCursor parse(@Nullable String text) {
        if (text == null) {
            return new FeedCursor("", "", 0, BEGINNING, false, 0);
        }
        try {
            JsonNode json = MAPPER.readTree(text);
            return new FeedCursor(
                    json.path("began").asText(""),
                    json.path("since").asText(""),
                    json.path("source").asInt(),
                    json.path("at").asText(BEGINNING),
                    json.path("inSecond").asBoolean(),
                    json.path("afterId").asLong());
        } catch (JsonProcessingException notJson) {
            throw new IllegalArgumentException("the cursor is not one of the OpenSPP adapter's", notJson);
        }
    }

    @Override
    public String toString() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("began", began)
                .put("since", since)
                .put("source", source)
                .put("at", at)
                .put("inSecond", inSecond)
                .put("afterId", afterId)
                .toString();
    }

    /** The first page of a sweep notes when it began. A first sweep reads every partner with all that hangs on it. */
    FeedCursor begun(Instant now, Duration overlap) {
        if (!began.isEmpty()) {
            return this;
        }
        String others = since.isEmpty() ? Values.time(now.minus(overlap)) : since;
        return new FeedCursor(Values.time(now), others, source, at, inSecond, afterId);
    }

    /** After a full page: on from its last second, or through a second that is longer than a page. */
    FeedCursor after(String lastTime, long lastId) {
        if (inSecond) {
            return new FeedCursor(began, since, source, at, true, lastId);
        }
        return lastTime.equals(at)
                ? new FeedCursor(began, since, source, at, true, 0)
                : new FeedCursor(began, since, source, lastTime, false, 0);
    }

    /** After a page that was not full: the second is read, so on with the next. */
    FeedCursor afterSecond() {
        return new FeedCursor(began, since, source, nextSecond(), false, 0);
    }

    String nextSecond() {
        Instant second = Values.instant(at);
        if (second == null) {
            throw new IllegalArgumentException("the cursor is not one of the OpenSPP adapter's");
        }
        return Values.time(second.plusSeconds(1));
    }

    FeedCursor nextSource() {
        return new FeedCursor(began, since, source + 1, since, false, 0);
    }

    /** After the last source: where the next sweep begins. */
    FeedCursor nextSweep(Duration overlap) {
        Instant start = Values.instant(began);
        if (start == null) {
            throw new IllegalStateException("the sweep has not begun");
        }
        String from = Values.time(start.minus(overlap));
        return new FeedCursor("", from, 0, from, false, 0);
    }
}
