/** The HTTP API, {@code /api/v1}: thin controllers over the services that the commands and JMX use too. */
@NullMarked
package org.synchub.admin.api;

import org.jspecify.annotations.NullMarked;
