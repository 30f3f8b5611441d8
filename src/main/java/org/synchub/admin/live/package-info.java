/** Tells people's programs what happens, as it happens. */
@NullMarked
package org.synchub.admin.live;

import org.jspecify.annotations.NullMarked;
