/**
 * The national health record system as its server behaves: queue, process, login with a role, and lists; quirks left in. For
 * tests. Each fact is the name of a test: of login and throttle in {@code LoginTest}, of the queue in {@code QueueTest} and {@code ConflictTest}, of
 * what an operation does in {@code EffectTest}, of lists and direct REST in {@code ReadTest}.
 */
@NullMarked
package org.synchub.simulator.healthrecord;

import org.jspecify.annotations.NullMarked;
