@NullMarked
package org.synchub.target.httpjson;

import org.jspecify.annotations.NullMarked;
