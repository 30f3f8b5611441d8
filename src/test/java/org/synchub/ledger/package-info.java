@NullMarked
package org.synchub.ledger;

import org.jspecify.annotations.NullMarked;
