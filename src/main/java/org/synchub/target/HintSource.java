package org.synchub.target;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket on which a target tells that something changed. What it says is never believed, and nothing depends on it: a
 * message only lets the hub pull sooner than its schedule says.
 *
 * @param url begins with {@code ws:} or {@code wss:}
 * @param hello what the hub says first; null for nothing
 * @param tells whether a message speaks of a change that is not the hub's own
 */
public record HintSource(String url, @Nullable String hello, Predicate<String> tells) {}
