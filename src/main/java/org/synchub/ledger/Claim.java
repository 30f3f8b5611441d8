package org.synchub.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries that one writer has leased, lane by lane.
 *
 * @param token proves the lease when settling; a later owner of the same lane has another
 * @param lanes what is leased under the token
 * @param until end of the lease on the database's clock
 * @param slot held under the token, of those that {@link Slots} has for the target; null where it is not limited
 * @param full nothing was looked for although something is due: every slot is held just now
 */
public record Claim(
        String target,
        UUID token,
        Set<String> lanes,
        Instant now,
        Instant until,
        List<Claimed> deliveries,
        @Nullable Integer slot,
        boolean full) {

    /**
     * One leased delivery.
     *
     * @param uncertainSince when an earlier write's outcome got lost, {@link Deliveries#sent} tells which writes; null when
     *     the base can be trusted
     * @param confirmed whether a person let this deletion go on
     * @param priority smaller goes first
     * @param reread whether the target's record is to be read and compared even if nothing changed here
     */
    public record Claimed(
            String guid,
            String kind,
            String lane,
            boolean delete,
            long revision,
            int attempts,
            @Nullable Instant uncertainSince,
            boolean confirmed,
            boolean reread,
            int priority) {

        /** Whether it is owed from before, and no change of today. */
        public boolean isBackfill() {
            return priority >= Debt.FIRST_OF_BACKFILL;
        }
    }

    static Claim none(String target, UUID token, Instant now, boolean full) {
        return new Claim(target, token, Set.of(), now, now, List.of(), null, full);
    }

    public boolean isEmpty() {
        return deliveries.isEmpty();
    }
}
