package org.synchub.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is about to leave for one record, or has left.
 *
 * @param record empty for a deletion
 * @param changedAt the time that the write says it was made at, by the target's clock; null for a target that is told none
 */
public record Leaving(ObjectNode record, @Nullable Instant changedAt) {}
