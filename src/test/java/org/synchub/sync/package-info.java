@NullMarked
package org.synchub.sync;

import org.jspecify.annotations.NullMarked;
