/** Tests of the OpenSPP adapter: its pure parts alone, the whole against the simulator over real HTTP. */
@NullMarked
package org.synchub.target.openspp;

import org.jspecify.annotations.NullMarked;
