/** Whole hubs against a real database and a registry over HTTP: what must never go wrong, whatever does. */
@NullMarked
package org.synchub.endtoend;

import org.jspecify.annotations.NullMarked;
