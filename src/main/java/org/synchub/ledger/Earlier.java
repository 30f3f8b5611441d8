package org.synchub.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * What left the hub for one record before, with an outcome that nobody knows.
 *
 * @param records the records that were sent, oldest first; an empty one was a deletion
 * @param isClear whether that is all; false when something else may have been sent as well
 */
public record Earlier(List<ObjectNode> records, boolean isClear) {

    public Earlier {
        records = List.copyOf(records);
    }

    /** Whether the record itself may have been taken away. */
    public boolean hasDeletion() {
        return records.stream().anyMatch(ObjectNode::isEmpty);
    }
}
