package org.synchub.simulator.openspp;

/** How the registry treats {@code res.partner.spp_id}. */
public enum SppId {
    /** With spp_registrant_import: a client may choose it at create. */
    WRITABLE,
    /** Generated always; a value sent at create is silently replaced. */
    READ_ONLY,
    /** The field does not exist. */
    ABSENT
}
