/** Notices when something is wrong for a while, and tells it once. */
@NullMarked
package org.synchub.admin.alerts;

import org.jspecify.annotations.NullMarked;
