package org.synchub.target;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What became of one write. */
public sealed interface Outcome {

    /** How an accepted write changed the target. */
    enum Effect {
        CREATED,
        UPDATED,
        ADOPTED,
        DELETED,
        UNCHANGED
    }

    /**
     * The target holds the record.
     *
     * @param agreed the neutral record that both sides now agree on: the next base
     * @param fields names of the top-level fields that were sent
     * @param differs whether the target was seen to hold something else than was agreed on, which was left alone: a pull
     *     has to look at it
     */
    record Accepted(
            Effect effect,
            String externalId,
            @Nullable String version,
            ObjectNode agreed,
            Set<String> fields,
            boolean differs)
            implements Outcome {

        /** Accepted, and nothing else was seen. */
        public Accepted(
                Effect effect, String externalId, @Nullable String version, ObjectNode agreed, Set<String> fields) {
            this(effect, externalId, version, agreed, fields, false);
        }
    }

    /**
     * The target's record moved since the base, or its unique value is taken by another record. Nothing was written.
     *
     * @param kind how it was seen, e.g. {@code stale-push} or {@code constraint}
     * @param external the target's record as read, neutral; null when it could not be read
     */
    record Conflict(
            String kind,
            String externalId,
            @Nullable String version,
            @Nullable ObjectNode external,
            String message) implements Outcome {}

    /**
     * The target refuses this record and will refuse it again.
     *
     * @param code the target's own class of error
     * @param message the target's own words
     * @param field the mapped field at fault where the answer names it
     * @param exchanged the request that was refused and its answer; null where the hub refused it before any
     */
    record Rejected(
            String code,
            String message,
            @Nullable String field,
            @Nullable Exchanged exchanged) implements Outcome {

        /** Refused without a request. */
        public Rejected(String code, String message, @Nullable String field) {
            this(code, message, field, null);
        }
    }

    /**
     * The record could not be written now for a reason of its own that may pass (a lock, a serialization failure).
     *
     * @param after how long the target asked to wait, null when it did not say
     * @param exchanged the request that failed and its answer; null where there is none
     */
    record Retry(
            String code,
            String message,
            @Nullable Duration after,
            @Nullable Exchanged exchanged) implements Outcome {

        /** Nothing of it was exchanged that could be shown. */
        public Retry(String code, String message, @Nullable Duration after) {
            this(code, message, after, null);
        }
    }

    /** The linked record no longer exists at the target. */
    record Gone(String externalId, String message) implements Outcome {}

    /**
     * A request may or may not have arrived: read back before anything is repeated.
     *
     * @param trouble of the target itself, because of which it is not known; null where the target answered something that
     *     tells nothing
     */
    record Unknown(String message, @Nullable TargetTrouble trouble) implements Outcome {

        /** The target answered, but not what became of the record. */
        public Unknown(String message) {
            this(message, null);
        }

        /** The target got into trouble over it. */
        public Unknown(TargetTrouble trouble) {
            this(String.valueOf(trouble.getMessage()), trouble);
        }
    }

    /** Nothing of this write left the hub, or nothing of it was applied, because the target itself is in trouble. */
    record Unsent(TargetTrouble trouble) implements Outcome {}
}
