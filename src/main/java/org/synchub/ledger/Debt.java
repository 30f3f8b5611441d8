package org.synchub.ledger;

import org.jspecify.annotations.Nullable;

/**
 * One entity that a target is owed, or is not, with the reason.
 *
 * @param kind the mapping's record kind; empty when none matches
 * @param lane what it must stay in order with; see DESIGN "lane"
 * @param delete whether the entity is gone from the store
 * @param state {@link State#PENDING} when owed, {@link State#EXCLUDED} or {@link State#HELD} otherwise
 * @param priority smaller goes first; today's changes before a backfill
 */
public record Debt(
        String guid,
        String kind,
        String lane,
        boolean delete,
        State state,
        int priority,
        @Nullable String reasonCode,
        @Nullable String reason) {

    /** Priority of what changed just now. */
    public static final int LIVE = 100;

    /** Priority of what a new target or a resync owes. */
    public static final int BACKFILL = 200;

    /** What a backfill owes has this priority or a later one, whatever its kind's. */
    static final int FIRST_OF_BACKFILL = 150;

    private static final int OF_ONE_STEP = 10;
    private static final int USUAL = 5;

    /**
     * The same for a record kind's own priority: today's changes of any kind go before a backfill of any kind.
     *
     * @param of {@link #LIVE} or {@link #BACKFILL}
     * @param kind from 1 to 9
     */
    public static int priority(int of, int kind) {
        return of + (kind - USUAL) * OF_ONE_STEP;
    }
}
