package org.synchub.sync;

import java.time.Clock;
import java.util.function.Supplier;
import org.synchub.target.Adapter;
import org.synchub.target.TargetHttp;

/** A known bug that is put between a hub of a history and its targets, to see that the history's end tells of it. */
interface Planted {

    Planted NOTHING = new Planted() {};

    /** Stands around a target's adapter in every life of a hub. */
    default Adapter around(String target, Adapter adapter, Clock clock) {
        return adapter;
    }

    /** Stands on the way to a target. */
    default TargetHttp on(TargetHttp way) {
        return way;
    }

    /** A hub has come to the end of a push. */
    default void pushed() {}

    /** The bugs that the bench is known to catch; each history gets one of its own. */
    enum Known {
        SETTLE_BEFORE_SEND(SettleBeforeSend::new),
        CURSOR_BY_TIME(CursorByTime::new),
        RETRY_WITHOUT_KEY(RetryWithoutKey::new);

        private final Supplier<Planted> maker;

        Known(Supplier<Planted> maker) {
            this.maker = maker;
        }

        Planted plant() {
            return maker.get();
        }
    }
}
