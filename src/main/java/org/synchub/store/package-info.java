/** All SQL on DataCollect's own tables. */
@NullMarked
package org.synchub.store;

import org.jspecify.annotations.NullMarked;
