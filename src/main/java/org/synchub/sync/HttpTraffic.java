package org.synchub.sync;

import java.util.concurrent.atomic.LongAdder;

/** Counts what this hub exchanged with one target. Bytes are of bodies, before compression. */
public final class HttpTraffic {

    private final LongAdder requests = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();
    private final LongAdder bytesIn = new LongAdder();

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
