/** The command line: the same jar, the same services. */
@NullMarked
package org.synchub.cli;

import org.jspecify.annotations.NullMarked;
