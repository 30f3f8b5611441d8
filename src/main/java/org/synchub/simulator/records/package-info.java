/** A simulated system that keeps whole records behind GET, POST, PUT and DELETE, as many small systems do. */
@NullMarked
package org.synchub.simulator.records;

import org.jspecify.annotations.NullMarked;
