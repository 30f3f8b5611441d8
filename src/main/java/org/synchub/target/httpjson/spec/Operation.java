package org.synchub.target.httpjson.spec;

import java.util.Locale;
import java.util.Set;

/** What a request is for. */
public enum Operation {
    CREATE("tenant", "guid", "key", "record", "changedAt"),
    UPDATE("tenant", "guid", "key", "id", "version", "etag", "record", "changes", "merged", "changedAt"),
    DELETE("tenant", "guid", "key", "id", "version", "etag", "changedAt"),
    /** Reads one record by the target's id. */
    READ("id"),
    /** Looks for a record by the hub's key. */
    FIND("tenant", "guid", "key"),
    /** Looks for records that have a value in a field. */
    SEARCH("field", "value"),
    /** Reads all records, page by page. */
    LIST("page", "offset", "size", "next"),
    /** Reads what changed since a point in time. */
    CHANGES("since", "page", "offset", "size", "next"),
    /** Looks for writes that were begun and not finished, before a write whose outcome is not known is repeated. */
    RESUME("tenant", "guid", "key"),
    /** Closes a conflict that the target keeps of its own, before the hub decides what becomes of it. */
    RESOLVE("tenant", "guid", "key", "id", "conflict"),
    /** Asked once before the first write. */
    PROBE();

    @SuppressWarnings("ImmutableEnumChecker") // a Set.of cannot be changed
    private final Set<String> placeholders;

    Operation(String... placeholders) {
        this.placeholders = Set.of(placeholders);
    }

    /** The word in the mapping file. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    Set<String> placeholders() {
        return placeholders;
    }

    /** Whether it changes something at the target. */
    public boolean isWrite() {
        return this == CREATE || this == UPDATE || this == DELETE;
    }

    /** Whether its answer holds many records. */
    public boolean isFeed() {
        return this == LIST || this == CHANGES;
    }
}
