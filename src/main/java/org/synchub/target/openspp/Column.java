package org.synchub.target.openspp;

import org.synchub.mapping.Field;

/**
 * A field of a model that the mapping fills with single values.
 *
 * @param mapped how the mapping makes it
 */
record Column(OdooField odoo, Field mapped) {

    String name() {
        return odoo.name();
    }
}
