package org.synchub.ledger;

import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Settlement.Tally;

/**
 * What one delivery came to, as it was written down.
 *
 * @param kind its record kind; empty where it has none
 * @param code why it was not delivered; null where it was, or waits for nothing but its turn
 * @param lagMs how many milliseconds went by between owing and acknowledging it; null when it was not delivered
 */
public record Settled(
        String kind,
        Tally tally,
        @Nullable String code,
        @Nullable Long lagMs) {}
