package org.synchub.sync;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.ConflictQueue.Unsettled;
import org.synchub.ledger.Debt;
import org.synchub.ledger.PullLedger.Agreed;
import org.synchub.ledger.PullLedger.Decision;
import org.synchub.ledger.PullLedger.Parked;
import org.synchub.store.PulledChange;
import org.synchub.target.RemoteChange;

/**
 * What is to be written for one record of a page; parts are null where nothing is.
 *
 * @param agreed the link's new state
 * @param change the EXTERNAL event
 * @param owe what the target is owed because the result is not what it holds
 * @param parked why it, or a part of it, was not applied
 * @param unsettled what somebody has to decide, or chose to leave as it is
 */
record PullPlan(
        RemoteChange remote,
        @Nullable Agreed agreed,
        @Nullable PulledChange change,
        @Nullable Debt owe,
        @Nullable Parked parked,
        @Nullable Unsettled unsettled,
        List<Decision> decisions) {

    /** Why a record is parked that somebody is at work on. */
    static final String BUSY = "busy";

    /** Why a deletion is parked whose entity lacks what another target's next pull will put back into it. */
    static final String STALE_COPY = "stale-copy";

    /** Nothing that the hub does not know. */
    static PullPlan echo(RemoteChange remote) {
        return new PullPlan(remote, null, null, null, null, null, List.of());
    }

    static PullPlan park(RemoteChange remote, @Nullable String guid, String code, String reason) {
        return new PullPlan(remote, null, null, null, parked(remote, guid, code, reason), null, List.of());
    }

    /** A change of the entity's came in and is not drained yet. */
    static PullPlan busy(RemoteChange remote, String guid) {
        return park(
                remote, guid, BUSY, "What came in for it just now is not taken in yet; tried again with the next pull");
    }

    /** @param other the target whose last pull the entity lacks */
    static PullPlan staleCopy(RemoteChange remote, String guid, String other) {
        return park(
                remote,
                guid,
                STALE_COPY,
                "DataCollect wrote the entity back from a copy made before the last pull of " + other
                        + "; decided once that target's next pull has merged the two");
    }

    static Parked parked(RemoteChange remote, @Nullable String guid, String code, String reason) {
        return new Parked(remote.externalId(), remote.kind(), guid, remote.version(), code, reason);
    }

    static PullPlan unsettled(RemoteChange remote, Unsettled unsettled, List<Decision> decisions, @Nullable Debt owe) {
        return new PullPlan(remote, null, null, owe, null, unsettled, decisions);
    }

    /** Whether nothing can be decided about it before somebody else is done with it. */
    boolean isBusy() {
        return parked != null && (parked.code().equals(BUSY) || parked.code().equals(STALE_COPY));
    }

    /** Whether it takes an entity out of the store. */
    boolean isDelete() {
        return change != null && change.doc() == null;
    }
}
