package org.synchub.admin.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.synchub.ledger.EventLog;
import org.synchub.ledger.EventLog.Event;
import org.synchub.ledger.EventLog.Position;
import org.synchub.ledger.Runs;

/**
 * Reads what happens at any hub of the database, while somebody listens, and hands it to the listeners of this one. However
 * many they are, the database is asked once; the work that is told of never waits for them.
 */
public final class LiveEvents implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(LiveEvents.class);

    private static final int PAGE = 500;
    private static final long EVERY_MS = 500;
    private static final int BEAT_SECONDS = 15;
    private static final long LONGEST_SECONDS = 15 * 60;

    private final EventLog events;
    private final Runs runs;
    private final ObjectMapper json;
    private final int most;
    private final List<Listener> listeners = new ArrayList<>();
    private final Map<Long, String> progress = new HashMap<>();
    private @Nullable Position position;
    private @Nullable ScheduledExecutorService reader;
    private @Nullable ExecutorService writers;

    /** @param most listeners at a time; each has a thread */
    public LiveEvents(EventLog events, Runs runs, ObjectMapper json, int most) {
        this.events = events;
        this.runs = runs;
        this.json = json;
        this.most = most;
    }

    /** There is no room for another listener. */
    public static final class Full extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Full(int most) {
            super(most + " listen already; close one, or raise synchub.events.listeners");
        }
    }

    /**
     * Begins to tell somebody what happens, after what they have missed since the last event they had. The stream ends after a
     * quarter of an hour, so that a login that was taken back does not last.
     *
     * @param seen the last event that they have had; null to begin with what happens now
     * @throws Full when too many listen already
     */
    public synchronized Listener listen(Filter filter, @Nullable Position seen, Listener.Sink sink) {
        ExecutorService threads = writers;
        if (threads == null || listeners.size() >= most) {
            throw new Full(most);
        }
        Position from = position == null ? events.now() : position;
        position = from;
        Listener listener = new Listener(filter, seen, sink);
        listeners.add(listener);
        threads.execute(() -> serve(listener, seen, from));
        return listener;
    }

    private void serve(Listener listener, @Nullable Position seen, Position upTo) {
        try {
            // So that the other side sees that it is let in.
            listener.beat();
            if (seen != null) {
                catchUp(listener, seen, upTo);
            }
            listener.pass(LONGEST_SECONDS, BEAT_SECONDS);
        } catch (IOException | IllegalStateException gone) {
            log.debug("A listener is gone: {}", gone.getMessage());
        } catch (DataAccessException away) {
            log.debug("A listener cannot be told what it missed: the database does not answer");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            synchronized (this) {
                listeners.remove(listener);
            }
            listener.end();
        }
    }

    private void catchUp(Listener listener, Position seen, Position upTo) throws IOException {
        if (!events.holds(seen)) {
            listener.tell("gap", "What followed the event you name is not kept any more, or not all of it");
        }
        Position at = seen;
        List<Event> page;
        do {
            page = events.after(at, PAGE);
            for (Event event : page) {
                if (event.position().compareTo(upTo) > 0) {
                    return;
                }
                listener.send(told(event));
                at = event.position();
            }
        } while (page.size() == PAGE);
    }

    /** Looks for what is new; called again and again while the hub runs. */
    private void look() {
        try {
            Position from;
            synchronized (this) {
                if (listeners.isEmpty()) {
                    position = null;
                    progress.clear();
                    return;
                }
                from = position == null ? events.now() : position;
            }
            List<Event> page;
            do {
                page = events.after(from, PAGE);
                from = page.isEmpty() ? from : page.get(page.size() - 1).position();
                hand(page.stream().map(this::told).toList(), from);
            } while (page.size() == PAGE);
            hand(progress(runs.running()), from);
        } catch (RuntimeException e) {
            // The next look goes on where this one stopped.
            log.debug("Live events are not read: {}", e.getClass().getSimpleName());
        }
    }

    private synchronized void hand(List<LiveEvent> news, Position upTo) {
        for (LiveEvent event : news) {
            listeners.forEach(listener -> listener.offer(event));
        }
        position = upTo;
    }

    private LiveEvent told(Event event) {
        try {
            ObjectNode data = (ObjectNode) json.readTree(event.data());
            data.put("target", event.target());
            data.put("at", event.at().toString());
            data.put("client", event.client());
            return new LiveEvent(event.position(), event.kind(), event.target(), data.toString());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL's jsonb is always JSON", e);
        }
    }

    /** Of the runs that go on, those that have come further. */
    private List<LiveEvent> progress(List<Runs.Run> running) {
        List<LiveEvent> news = new ArrayList<>();
        Map<Long, String> now = new HashMap<>();
        for (Runs.Run run : running) {
            ObjectNode data = json.createObjectNode()
                    .put("run", run.id())
                    .put("direction", run.direction())
                    .put("startedBy", run.startedBy())
                    .put("delivered", run.delivered())
                    .put("pulled", run.pulled())
                    .put("rejected", run.rejected())
                    .put("parked", run.parked())
                    .put("conflicts", run.conflicts())
                    .put("target", run.target())
                    .put("client", run.client());
            String text = data.toString();
            now.put(run.id(), text);
            if (!text.equals(progress.get(run.id()))) {
                news.add(new LiveEvent(null, "progress", run.target(), text));
            }
        }
        progress.clear();
        progress.putAll(now);
        return news;
    }

    @Override
    public synchronized void start() {
        ScheduledExecutorService one = Executors.newSingleThreadScheduledExecutor(LiveEvents::thread);
        var unused = one.scheduleWithFixedDelay(this::look, EVERY_MS, EVERY_MS, TimeUnit.MILLISECONDS);
        reader = one;
        writers = Executors.newCachedThreadPool(LiveEvents::thread);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "live-events");
        thread.setDaemon(true);
        return thread;
    }

    /** Before the web server, which would wait for its open streams. */
    @Override
    public synchronized void stop() {
        listeners.forEach(Listener::close);
        if (reader != null) {
            reader.shutdownNow();
            reader = null;
        }
        if (writers != null) {
            writers.shutdownNow();
            writers = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return reader != null;
    }
}
