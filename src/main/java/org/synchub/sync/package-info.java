/** The few beans that the routes call: capture, push, pull, resync. They know what follows what; the ledger knows what is. */
@NullMarked
package org.synchub.sync;

import org.jspecify.annotations.NullMarked;
