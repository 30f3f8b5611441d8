package org.synchub.simulator.collectpay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * A row as it stands; a change makes a new one.
 *
 * @param values the table's own columns, all of them, as they are shown; not to be changed
 * @param lastSync when the sync API last wrote it, or the epoch
 * @param created whole seconds, as all times here
 */
record Row(
        int id, ObjectNode values, int version, Instant created, Instant updated, Instant lastSync, boolean deleted) {

    Row deleted(Instant now) {
        return new Row(id, values, version, created, now, lastSync, true);
    }

    /** The sync API wrote the same values within the second it had written it before, so nothing changes. */
    boolean sameAs(ObjectNode newValues, Instant newLastSync) {
        return values.equals(newValues) && lastSync.equals(newLastSync);
    }
}
