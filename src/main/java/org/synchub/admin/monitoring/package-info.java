/** What monitoring reads: the hub's health and its metrics. Per target and kind, never per person. */
@NullMarked
package org.synchub.admin.monitoring;

import org.jspecify.annotations.NullMarked;
