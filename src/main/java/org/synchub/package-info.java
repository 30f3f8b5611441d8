/** Sync Hub: keeps external systems in agreement with an ID PASS DataCollect server. */
@NullMarked
package org.synchub;

import org.jspecify.annotations.NullMarked;
