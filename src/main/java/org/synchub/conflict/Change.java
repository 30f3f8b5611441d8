package org.synchub.conflict;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * One difference between two records.
 *
 * @param path where: a field, an item of a keyed list, or an element of a set
 * @param from the value before; null (absent in JSON) when there was none, a JSON null when it was null
 * @param to the value after; null (absent in JSON) when there is none any more
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Change(
        Path path,
        Kind kind,
        @Nullable JsonNode from,
        @Nullable JsonNode to) {

    /** Whether the place came into being, vanished, or holds another value. */
    public enum Kind {
        ADDED,
        REMOVED,
        CHANGED
    }

    static Change of(Path path, @Nullable JsonNode from, @Nullable JsonNode to) {
        return new Change(path, from == null ? Kind.ADDED : to == null ? Kind.REMOVED : Kind.CHANGED, from, to);
    }

    /** Without the values, so that it may be logged. */
    @Override
    public String toString() {
        return kind + " " + path;
    }
}
