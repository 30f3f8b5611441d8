/**
 * CollectPay as its branch dev-20 behaves: sync API, login and the REST beside it, quirks left in. For tests; what is not
 * known of the real system is not here. Each fact is the name of a test: of login in {@code LoginTest}, of push, versions
 * and formats in {@code PushTest} and {@code VersionTest}, of pull and full sync in {@code PullTest}, of REST in {@code RestTest}.
 */
@NullMarked
package org.synchub.simulator.collectpay;

import org.jspecify.annotations.NullMarked;
