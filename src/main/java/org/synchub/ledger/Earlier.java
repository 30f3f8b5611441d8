package org.synchub.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What left the hub for one record before, with an outcome that nobody knows.
 *
 * @param left what was sent, oldest first
 */
public record Earlier(List<Leaving> left) {

    public Earlier {
        left = List.copyOf(left);
    }

    /** The records that were sent, oldest first; an empty one was a deletion. */
    public List<ObjectNode> records() {
        return left.stream().map(Leaving::record).toList();
    }

    /** The time that a write says which does nothing but repeat what left last; null if it is another one. */
    public @Nullable Instant repeats(ObjectNode record) {
        Instant first = null;
        for (int i = left.size() - 1; i >= 0; i--) {
            if (!left.get(i).record().equals(record)) {
                break;
            }
            first = left.get(i).changedAt() == null ? first : left.get(i).changedAt();
        }
        return first;
    }

    /** Whether the record itself may have been taken away. */
    public boolean hasDeletion() {
        return left.stream().anyMatch(one -> one.record().isEmpty());
    }
}
