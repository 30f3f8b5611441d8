/** {@code mvn -Pbench}: what the hub costs, beside what it replaces and beside what could at best be had. */
@NullMarked
package org.synchub.bench;

import org.jspecify.annotations.NullMarked;
