/** What the simulated systems of the tests have in common: a web server that can fail on demand, its log, its tokens. */
@NullMarked
package org.synchub.simulator.http;

import org.jspecify.annotations.NullMarked;
