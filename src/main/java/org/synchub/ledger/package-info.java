/**
 * Schema {@code hub}: what every target is owed, what both sides last agreed on, and what happened. All SQL on that
 * schema lives here.
 */
@NullMarked
package org.synchub.ledger;

import org.jspecify.annotations.NullMarked;
