package org.synchub.simulator.synchronization;

/** An item that waits for someone to decide. */
record Conflict(int id, Item item, int recordId, boolean resolved) {

    Conflict closed() {
        return new Conflict(id, item, recordId, true);
    }
}
