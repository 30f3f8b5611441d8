package org.synchub.target.openspp.odoo;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.synchub.target.ClockReading;
import org.synchub.target.TargetTrouble;

/** How calls reach an Odoo server and how its answers are told apart. One instance serves several callers at once. */
public interface OdooTransport {

    /**
     * Finds out whether the server lets the hub's user in, and remembers what later calls need.
     *
     * @throws TargetTrouble when it does not, or no usable answer came
     */
    void login();

    /**
     * Makes one call: one transaction at the server, all or nothing.
     *
     * @return the method's result; JSON null when it has none
     * @throws OdooFault when the server refuses what was asked, for reasons in the call itself; nothing was changed
     * @throws TargetTrouble when the server is in trouble or refuses the hub; {@link TargetTrouble#maybeApplied()} is
     *     true only for a call that writes and whose end is not known
     */
    JsonNode call(OdooCall call);

    /**
     * The server's clock as last heard of: never ahead of it, so a date made from it is never in the server's future.
     * Null while no answer carried one.
     */
    @Nullable
    Instant serverTime();

    /** How the server's clock stands to the hub's; null before the first answer. */
    @Nullable
    ClockReading clock();
}
