/** Tests of the mapping package. */
@NullMarked
package org.synchub.mapping;

import org.jspecify.annotations.NullMarked;
