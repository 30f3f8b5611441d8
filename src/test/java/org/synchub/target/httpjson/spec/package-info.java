@NullMarked
package org.synchub.target.httpjson.spec;

import org.jspecify.annotations.NullMarked;
