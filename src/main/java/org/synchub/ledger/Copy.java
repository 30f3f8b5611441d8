package org.synchub.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An entity that was, or may have been, written from a copy made before the last pull.
 *
 * @param then what both sides had agreed on when the copy was made; null when that is not known
 * @param certain whether a stamp says so; otherwise only a form without a stamp came in, which may be as old or have lost
 *     its stamp on the way
 * @param missed the pulls that the copy may not contain, oldest first
 */
public record Copy(@Nullable ObjectNode then, boolean certain, List<Missed> missed) {

    /** What both sides agreed on before and after a pull; null where nothing was, or it is not known. */
    public record Missed(
            @Nullable ObjectNode before, @Nullable ObjectNode after) {

        /** Without the records, so that it may be logged. */
        @Override
        public String toString() {
            return "Missed[]";
        }
    }

    /** Without the records, so that it may be logged. */
    @Override
    public String toString() {
        return "Copy[" + (certain ? "certain" : "perhaps") + ", " + missed.size() + " pulls missed]";
    }
}
