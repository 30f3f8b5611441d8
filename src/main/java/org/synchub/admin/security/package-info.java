/** Who may use the HTTP API: tokens, JWTs, roles, and what is told to those who may not. */
@NullMarked
package org.synchub.admin.security;

import org.jspecify.annotations.NullMarked;
