/** How people and monitoring reach the hub: HTTP and JMX. */
@NullMarked
package org.synchub.admin;

import org.jspecify.annotations.NullMarked;
