package org.synchub.sync;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.synchub.target.TargetHttp;

/** Counts what this hub exchanged with one target, and lets it be watched. Bytes are of bodies, before compression. */
public final class HttpTraffic {

    private final LongAdder requests = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();
    private final LongAdder bytesIn = new LongAdder();

    private volatile @Nullable Watcher watcher;

    /** Is told of each request once its answer is there; called by the threads that ask. */
    @FunctionalInterface
    interface Watcher {
        /**
         * A request has come to its end.
         *
         * @param answer null where none came
         */
        void exchanged(TargetHttp.Call call, TargetHttp.@Nullable Answer answer);
    }

    /** One at a time; null for nobody. */
    void watch(@Nullable Watcher newWatcher) {
        watcher = newWatcher;
    }

    void exchanged(TargetHttp.Call call, TargetHttp.@Nullable Answer answer) {
        Watcher watching = watcher;
        if (watching != null) {
            watching.exchanged(call, answer);
        }
    }

    void count(long out, long in) {
        requests.increment();
        bytesOut.add(out);
        bytesIn.add(in);
    }

    /** A reading of the counters; two of them make the figures of a run. */
    public record Reading(long requests, long bytesOut, long bytesIn) {

        public Reading since(Reading before) {
            return new Reading(requests - before.requests, bytesOut - before.bytesOut, bytesIn - before.bytesIn);
        }
    }

    public Reading read() {
        return new Reading(requests.sum(), bytesOut.sum(), bytesIn.sum());
    }
}
