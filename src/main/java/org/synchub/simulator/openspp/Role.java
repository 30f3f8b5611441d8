package org.synchub.simulator.openspp;

/** What a user of the registry may do; the rights of each were recorded from OpenSPP 17.0.1.3. */
public enum Role {
    /** Reads everything of the registry, creates and changes registrants, deletes nothing. */
    REGISTRAR,
    /** Like {@link #REGISTRAR}, and deletes too. */
    REGISTRY_ADMIN,
    /** An employee without any registry right. */
    INTERNAL_USER,
    /** The administrator of the whole Odoo server. */
    SETTINGS_ADMIN
}
