package org.synchub.target.openspp.record;

import org.synchub.mapping.Field;
import org.synchub.target.openspp.odoo.OdooField;

/**
 * A field of a model that the mapping fills with single values.
 *
 * @param mapped how the mapping makes it
 */
public record Column(OdooField odoo, Field mapped) {

    public String name() {
        return odoo.name();
    }

    /** Whether the target's value counts: it flows back, and the mapping has not fixed it. */
    boolean isDecided() {
        return mapped.direction().in() && !mapped.isConstant();
    }
}
