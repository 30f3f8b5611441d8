/**
 * Talking to an Odoo server: calls, how they travel ({@link org.synchub.target.openspp.odoo.OdooTransport}) and how answers
 * are told apart. Travel is kept apart from meaning, because Odoo 17 speaks JSON-RPC and Odoo 19 also JSON-2. Knows
 * nothing of registries.
 */
@NullMarked
package org.synchub.target.openspp.odoo;

import org.jspecify.annotations.NullMarked;
