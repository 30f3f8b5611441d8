package org.synchub.admin.live;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.EventLog.Position;

/**
 * One who listens, with a thread and a bounded queue of their own: whoever tells it something never waits. One that is too
 * slow for its queue is told so and let go; it comes back with the id of the last event it has seen.
 */
public final class Listener {

    static final int ROOM = 1_000;

    /** Where a listener's events go. An {@link IOException} means that nobody is there any more. */
    public interface Sink {

        void send(LiveEvent event) throws IOException;

        /** Shows the other side, and whatever lies between, that the line is alive. */
        void beat() throws IOException;

        /** Ends the stream. */
        void end();
    }

    private final Filter filter;
    private final @Nullable Position seen;
    private final Sink sink;
    private final BlockingQueue<LiveEvent> queue = new ArrayBlockingQueue<>(ROOM);
    private volatile boolean behind;
    private volatile boolean closed;

    /** @param seen the last event that it has had before; null when it is new */
    Listener(Filter filter, @Nullable Position seen, Sink sink) {
        this.filter = filter;
        this.seen = seen;
        this.sink = sink;
    }

    /** Lets it go; its thread ends within a second. */
    public void close() {
        closed = true;
    }

    boolean wants(LiveEvent event) {
        return filter.wants(event);
    }

    /** Takes an event along, if it is wanted and there is room. Never waits. */
    void offer(LiveEvent event) {
        Position position = event.position();
        boolean had = position != null && seen != null && position.compareTo(seen) <= 0;
        if (!had && filter.wants(event) && !queue.offer(event)) {
            behind = true;
        }
    }

    void send(LiveEvent event) throws IOException {
        if (filter.wants(event)) {
            sink.send(event);
        }
    }

    void tell(String kind, String why) throws IOException {
        sink.send(new LiveEvent(null, kind, null, "{\"reason\": \"" + why + "\"}"));
    }

    /** Passes on what comes, until the line is cut, closed or has been open for long enough. */
    void pass(long seconds, int beatEvery) throws IOException, InterruptedException {
        long quiet = 0;
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!closed && System.nanoTime() < until) {
            if (behind) {
                tell("dropped", "You read too slowly; come back with the id of the last event you have seen");
                return;
            }
            LiveEvent event = queue.poll(1, TimeUnit.SECONDS);
            if (event != null) {
                sink.send(event);
                quiet = 0;
            } else if (++quiet % beatEvery == 0) {
                sink.beat();
            }
        }
    }

    void beat() throws IOException {
        sink.beat();
    }

    void end() {
        sink.end();
    }
}
