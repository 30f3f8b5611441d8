/** A simulated webhook as OpenFn offers them. */
@NullMarked
package org.synchub.simulator.openfn;

import org.jspecify.annotations.NullMarked;
