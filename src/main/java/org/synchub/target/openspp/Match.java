package org.synchub.target.openspp;

import org.synchub.target.Outcome;
import org.synchub.target.openspp.record.RemoteRecord;

/** What the survey says of one write. */
sealed interface Match {

    /**
     * The record is there.
     *
     * @param linked whether the hub knew where; else it was found by a key
     */
    record Found(RemoteRecord partner, boolean linked) implements Match {}

    /** Nothing at the server is this record. */
    record New() implements Match {}

    /** Nothing is this record, but a record of another key holds the id that follows from this one's key. */
    record IdTaken() implements Match {}

    /** No write will be made. */
    record Settled(Outcome outcome) implements Match {}
}
