/** What the HTTP API answers when it does not do what was asked (RFC 9457). */
@NullMarked
package org.synchub.admin.problem;

import org.jspecify.annotations.NullMarked;
