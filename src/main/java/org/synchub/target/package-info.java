/**
 * What the hub asks of an external system: the {@link org.synchub.target.Adapter} interface, the writes it is given and
 * the outcomes it reads. Knows no SQL.
 */
@NullMarked
package org.synchub.target;

import org.jspecify.annotations.NullMarked;
