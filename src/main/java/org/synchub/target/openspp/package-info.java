/**
 * The adapter for OpenSPP on Odoo. How calls travel ({@link org.synchub.target.openspp.OdooTransport}) is kept apart from
 * what they mean, because Odoo 17 speaks JSON-RPC and Odoo 19 also JSON-2. Reading answers, comparing records and
 * building commands are pure; only the classes that hold an {@link org.synchub.target.openspp.OdooClient} make requests.
 */
@NullMarked
package org.synchub.target.openspp;

import org.jspecify.annotations.NullMarked;
