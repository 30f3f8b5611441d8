/** The hub by JMX: {@code org.synchub:type=Hub} and {@code type=Target,name=…}, on this machine and by a login from others. */
@NullMarked
package org.synchub.admin.jmx;

import org.jspecify.annotations.NullMarked;
