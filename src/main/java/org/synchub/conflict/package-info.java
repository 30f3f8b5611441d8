/**
 * Three-way differences, merge and the settling of conflicts between the store (internal) and a target (external).
 *
 * <p>Everything here is a pure function of its arguments: no SQL, no HTTP, no clock of its own. Records are neutral JSON
 * objects in the target's field names, as the mapping makes them: scalars, nulls, nested objects, arrays, and references
 * written {@code {"$ref": "guid"}}. {@code docs/conflicts.md} explains kinds, strategies and decision rows to operators.
 */
@NullMarked
package org.synchub.conflict;

import org.jspecify.annotations.NullMarked;
