package org.synchub.admin.live;

import org.jspecify.annotations.Nullable;
import org.synchub.ledger.EventLog.Position;

/**
 * What a listener is told.
 *
 * @param position null for what is not kept: progress, and what is said about the stream itself
 * @param kind {@code progress}, {@code run}, {@code target}, {@code conflict} or {@code alert}; {@code gap} and
 *     {@code dropped} about the stream itself
 * @param target null when it is about the stream itself
 * @param json an object of keys, states and counts
 */
public record LiveEvent(
        @Nullable Position position, String kind, @Nullable String target, String json) {}
