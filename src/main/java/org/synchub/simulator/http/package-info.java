/** What simulated systems have in common: a web server that can fail on demand, and its log. */
@NullMarked
package org.synchub.simulator.http;

import org.jspecify.annotations.NullMarked;
