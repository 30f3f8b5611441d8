/**
 * Keys, and what is done with them: keyed hashes and authenticated encryption by the algorithms that every Java platform
 * has. Pure: it knows no settings, no tables and no targets.
 */
@NullMarked
package org.synchub.crypto;

import org.jspecify.annotations.NullMarked;
