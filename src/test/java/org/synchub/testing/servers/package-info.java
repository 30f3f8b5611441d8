/** Servers of the systems that mapping files describe, on loopback, with the quirks that were seen or are written down. */
@NullMarked
package org.synchub.testing.servers;

import org.jspecify.annotations.NullMarked;
