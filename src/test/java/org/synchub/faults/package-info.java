/** The fault bench: {@code mvn -Pfaults}, see docs/guarantees.md. */
@NullMarked
package org.synchub.faults;

import org.jspecify.annotations.NullMarked;
