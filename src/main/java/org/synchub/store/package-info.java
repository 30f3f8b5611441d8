/**
 * DataCollect's PostgreSQL: reads entities, captures what changed, writes EXTERNAL events. All SQL on DataCollect's tables
 * lives here; they are never altered.
 */
@NullMarked
package org.synchub.store;

import org.jspecify.annotations.NullMarked;
