package org.synchub.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What became of one claimed delivery.
 *
 * @param claimedRevision the revision that was sent; when the entity changed since, it is owed again
 * @param dueIn when it may be claimed again, from now; null when nothing is due
 * @param blockedOn guid of the record it waits for
 * @param uncertain whether a write may have arrived unseen; what was uncertain before stays so until it is delivered
 * @param attempted whether this used up one of the record's attempts
 * @param tally the column of the run that counts it
 * @param reasonAt the mapping line to look at, as file:line
 * @param link the agreement reached, null when none was
 * @param exchange what was exchanged with the target over a record that needs attention; null where nothing is to be kept
 */
public record Settlement(
        String guid,
        long claimedRevision,
        State state,
        @Nullable Duration dueIn,
        @Nullable String blockedOn,
        boolean uncertain,
        boolean attempted,
        Tally tally,
        @Nullable String reasonCode,
        @Nullable String reason,
        @Nullable String reasonAt,
        @Nullable Agreement link,
        @Nullable KeptExchange exchange) {

    /** Over which nothing of what was exchanged is kept. */
    public Settlement(
            String guid,
            long claimedRevision,
            State state,
            @Nullable Duration dueIn,
            @Nullable String blockedOn,
            boolean uncertain,
            boolean attempted,
            Tally tally,
            @Nullable String reasonCode,
            @Nullable String reason,
            @Nullable String reasonAt,
            @Nullable Agreement link) {
        this(
                guid,
                claimedRevision,
                state,
                dueIn,
                blockedOn,
                uncertain,
                attempted,
                tally,
                reasonCode,
                reason,
                reasonAt,
                link,
                null);
    }

    /** Which count of the run a settlement adds to. */
    public enum Tally {
        CREATED,
        UPDATED,
        ADOPTED,
        DELETED,
        UNCHANGED,
        REJECTED,
        RETRIED,
        BLOCKED,
        CONFLICTS,
        UNKNOWN,
        /** Given back unsent. */
        NONE
    }

    /**
     * What both sides now agree on.
     *
     * @param base the neutral record
     * @param asNoted the base is the record that was noted before it was sent, which the ledger has already
     * @param mappingHash which mapping made it
     * @param deleted the record was taken away at the target
     * @param differs the target holds something else as well, which the next pull has to look at
     */
    public record Agreement(
            String kind,
            String externalId,
            @Nullable String version,
            @Nullable ObjectNode base,
            boolean asNoted,
            String mappingHash,
            String lane,
            boolean deleted,
            boolean differs) {

        /** An agreement that the target was not seen to go beyond. */
        public Agreement(
                String kind,
                String externalId,
                @Nullable String version,
                @Nullable ObjectNode base,
                String mappingHash,
                String lane,
                boolean deleted) {
            this(kind, externalId, version, base, false, mappingHash, lane, deleted, false);
        }
    }

    /** The same, but something of what was sent may have arrived. */
    public Settlement maybeArrived() {
        return new Settlement(
                guid,
                claimedRevision,
                state,
                dueIn,
                blockedOn,
                true,
                attempted,
                tally,
                reasonCode,
                reason,
                reasonAt,
                link,
                exchange);
    }

    /** The same, with what was exchanged over it, or without. */
    public Settlement with(@Nullable KeptExchange kept) {
        return new Settlement(
                guid,
                claimedRevision,
                state,
                dueIn,
                blockedOn,
                uncertain,
                attempted,
                tally,
                reasonCode,
                reason,
                reasonAt,
                link,
                kept);
    }

    /** Delivered, with the agreement reached. */
    public static Settlement delivered(String guid, long revision, Tally tally, @Nullable Agreement link) {
        return new Settlement(guid, revision, State.DELIVERED, null, null, false, false, tally, null, null, null, link);
    }

    /** Not sent, for a reason that is nobody's fault: not wanted by the mapping, gone, or waiting for a person's yes. */
    public static Settlement notSent(String guid, long revision, State state, String code, String reason) {
        return new Settlement(guid, revision, state, null, null, false, false, Tally.NONE, code, reason, null, null);
    }

    /** Needs a person's attention. */
    public static Settlement attention(
            String guid, long revision, State state, String code, String reason, @Nullable String at) {
        Tally tally = state == State.CONFLICT ? Tally.CONFLICTS : Tally.REJECTED;
        return new Settlement(guid, revision, state, null, null, false, true, tally, code, reason, at, null);
    }

    /** Waits for another record. */
    public static Settlement blocked(String guid, long revision, String parent, String reason) {
        return new Settlement(
                guid,
                revision,
                State.BLOCKED,
                null,
                parent,
                false,
                false,
                Tally.BLOCKED,
                "blocked",
                reason,
                null,
                null);
    }

    /** Nothing was sent; owed as before. */
    public static Settlement givenBack(String guid, long revision, Duration again) {
        return new Settlement(
                guid, revision, State.PENDING, again, null, false, false, Tally.NONE, null, null, null, null);
    }

    /** May have arrived: read back after the target's longest write. */
    public static Settlement unknown(String guid, long revision, Duration readBackIn, String reason) {
        return new Settlement(
                guid,
                revision,
                State.UNKNOWN,
                readBackIn,
                null,
                true,
                false,
                Tally.UNKNOWN,
                "unknown",
                reason,
                null,
                null);
    }

    /** Tried again later. */
    public static Settlement retry(String guid, long revision, Duration in, String code, String reason) {
        return new Settlement(
                guid, revision, State.RETRY, in, null, false, true, Tally.RETRIED, code, reason, null, null);
    }
}
