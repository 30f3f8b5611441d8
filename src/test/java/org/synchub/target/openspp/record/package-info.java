/** Tests of comparing records with an OpenSPP server's. */
@NullMarked
package org.synchub.target.openspp.record;

import org.jspecify.annotations.NullMarked;
