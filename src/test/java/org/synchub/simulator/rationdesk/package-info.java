/** The made-up system of docs/add-a-target.md. */
@NullMarked
package org.synchub.simulator.rationdesk;

import org.jspecify.annotations.NullMarked;
