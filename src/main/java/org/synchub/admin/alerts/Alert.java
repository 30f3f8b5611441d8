package org.synchub.admin.alerts;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.AlertLedger.Incident;

/**
 * The body of the route {@code alert}: an incident begins, or is over. May come again after a crash; {@code id} and
 * {@code state} together tell it.
 *
 * @param state {@code open} or {@code clear}
 */
public record Alert(
        long id,
        String state,
        String rule,
        String target,
        String detail,
        Instant openedAt,
        @Nullable Instant closedAt) {

    static Alert of(Incident incident, boolean end) {
        return new Alert(
                incident.id(),
                end ? "clear" : "open",
                incident.rule(),
                incident.target(),
                incident.detail(),
                incident.openedAt(),
                incident.closedAt());
    }
}
