package org.synchub.target;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record as the target holds it now.
 *
 * @param kind name of the mapping's record kind
 * @param key the guid that the hub wrote into the record as its key; null when the record was born outside
 * @param record neutral, as outward mapping would make it; references are {@code {"$ext": external id}}; null when only
 *     the state is known
 * @param changedAt the target's own time of change
 * @param changedBy the target's name or id of who changed it; a hint, never a decision
 * @param stale whether the target holds something of it in another way than the hub would send it, as {@link
 *     org.synchub.mapping.Field#isStale} tells
 */
public record RemoteChange(
        String kind,
        String externalId,
        @Nullable String version,
        @Nullable String key,
        RemoteState state,
        @Nullable ObjectNode record,
        @Nullable Instant changedAt,
        @Nullable String changedBy,
        boolean stale) {

    /** Whatever of it is encrypted is as the hub sends it. */
    public RemoteChange(
            String kind,
            String externalId,
            @Nullable String version,
            @Nullable String key,
            RemoteState state,
            @Nullable ObjectNode record,
            @Nullable Instant changedAt,
            @Nullable String changedBy) {
        this(kind, externalId, version, key, state, record, changedAt, changedBy, false);
    }
}
