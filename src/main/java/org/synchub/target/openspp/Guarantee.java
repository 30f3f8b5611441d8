package org.synchub.target.openspp;

import org.synchub.target.EffectContract;

/** What an OpenSPP server lets the hub promise. */
final class Guarantee {

    private static final String ONCE = "once";
    private static final String REGISTERED_ID_ONLY =
            "once except when two hubs send the same record at the same moment, or a request that the hub gave up is"
                    + " applied after longestWrite: this server does not let the hub choose spp_id, so each create is"
                    + " preceded by a search for the hub's registered id, which the database does not keep unique";

    private Guarantee() {}

    static EffectContract of(boolean once, OpenSppSettings settings) {
        return new EffectContract(
                once, false, true, true, false, once ? ONCE : REGISTERED_ID_ONLY, settings.longestWrite());
    }
}
