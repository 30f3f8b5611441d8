/** What tests of several packages share. */
@NullMarked
package org.synchub.testing;

import org.jspecify.annotations.NullMarked;
