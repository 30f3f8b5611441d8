/**
 * The adapter for OpenSPP on Odoo: preparation, sending a batch, the change feed. Speaking with the server is in {@code
 * odoo}, comparing records in {@code record}.
 */
@NullMarked
package org.synchub.target.openspp;

import org.jspecify.annotations.NullMarked;
