/** The PostgreSQL that the hub runs itself when it is not attached to one. */
@NullMarked
package org.synchub.embedded;

import org.jspecify.annotations.NullMarked;
