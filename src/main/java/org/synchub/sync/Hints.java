package org.synchub.sync;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundles;
import org.synchub.target.HintSource;

/**
 * Listens where targets tell of changes, and asks for a pull soon. A connection that is lost is made again, after a wait that
 * grows; after each connection one pull is asked for, because nobody listened before. Several messages within half a second
 * are one pull. Nothing is lost without it: the schedule pulls all the same.
 */
public final class Hints implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Hints.class);

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration PING = Duration.ofSeconds(30);
    private static final int LONGEST_MESSAGE = 1 << 20;

    private final TargetRegistry targets;
    private final SslBundles bundles;
    private final PullSoon pulls;
    private final Duration firstWait;
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2, work -> {
        Thread thread = new Thread(work, "hints");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Line> lines = new ArrayList<>();

    /**
     * Nobody is listened to yet.
     *
     * @param bundles what mappings name as {@code sslBundle}
     * @param firstWait after a connection was lost; doubled each time it cannot be made again, up to a minute
     */
    public Hints(TargetRegistry targets, SslBundles bundles, PullSoon pulls, Duration firstWait) {
        this.bundles = bundles;
        this.targets = targets;
        this.pulls = pulls;
        this.firstWait = firstWait;
    }

    /** Begins to listen to every target that tells of changes. */
    public synchronized void start() {
        for (TargetRuntime target : targets.all()) {
            HintSource source = target.adapter().hints();
            if (source != null && lines.stream().noneMatch(line -> line.target.equals(target.name()))) {
                Line line = new Line(
                        target.name(), source, TargetNetwork.of(target.mapping().adapter(), bundles));
                lines.add(line);
                line.connect();
            }
        }
    }

    @Override
    public synchronized void close() {
        threads.shutdownNow();
        lines.forEach(Line::hangUp);
        lines.clear();
    }

    private void later(Runnable work, Duration wait) {
        try {
            var unused = threads.schedule(work, wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            log.debug("Closed: nobody listens for hints any more");
        }
    }

    /** The connection to one target. */
    private final class Line {

        private final String target;
        private final HintSource source;
        private final TargetNetwork network;
        private @Nullable Ear ear;
        private int failures;

        Line(String target, HintSource source, TargetNetwork network) {
            this.network = network;
            this.target = target;
            this.source = source;
        }

        synchronized void connect() {
            Ear next = new Ear(this);
            ear = next;
            var unused = network.apply(HttpClient.newBuilder().executor(threads).connectTimeout(CONNECT))
                    .build()
                    .newWebSocketBuilder()
                    .connectTimeout(CONNECT)
                    .buildAsync(URI.create(source.url()), next)
                    .whenComplete((socket, failure) -> {
                        if (failure != null) {
                            lost(next, failure.getClass().getSimpleName());
                        }
                    });
        }

        void opened(Ear on, WebSocket socket) {
            synchronized (this) {
                failures = 0;
            }
            log.info("{}: listens for hints", target);
            if (source.hello() != null) {
                var unused = socket.sendText(source.hello(), true).whenComplete((sent, failure) -> {
                    if (failure != null) {
                        lost(on, "the greeting was not taken");
                    }
                });
            }
            later(() -> check(on, socket), PING);
            ask();
        }

        /** A connection that does not answer is as good as none. */
        private void check(Ear on, WebSocket socket) {
            if (on != current()) {
                return;
            }
            if (!on.answered()) {
                socket.abort();
                lost(on, "no answer");
                return;
            }
            var unused = socket.sendPing(ByteBuffer.allocate(0)).whenComplete((sent, failure) -> {
                if (failure != null) {
                    lost(on, failure.getClass().getSimpleName());
                }
            });
            later(() -> check(on, socket), PING);
        }

        private synchronized @Nullable Ear current() {
            return ear;
        }

        void heard(String message) {
            if (source.tells().test(message)) {
                ask();
            }
        }

        private void ask() {
            pulls.ask(target, "hint");
        }

        void lost(Ear on, String why) {
            Duration wait;
            synchronized (this) {
                if (ear != on) {
                    return;
                }
                ear = null;
                long doubled = firstWait.toMillis() << Math.min(failures++, 20);
                wait = Duration.ofMillis(Math.min(doubled, LONGEST_WAIT.toMillis()));
            }
            log.warn("{}: hints are not heard ({}); tries again in {} ms", target, why, wait.toMillis());
            later(this::connect, wait);
        }

        synchronized void hangUp() {
            Ear last = ear;
            ear = null;
            if (last != null) {
                last.hangUp();
            }
        }
    }

    /** What comes in on one connection, put together from its parts. */
    private static final class Ear implements WebSocket.Listener {

        private final Line line;
        private final StringBuilder message = new StringBuilder();
        private volatile @Nullable WebSocket socket;
        private volatile boolean answered = true;

        Ear(Line line) {
            this.line = line;
        }

        /** Whether anything came since this was asked last. */
        boolean answered() {
            boolean so = answered;
            answered = false;
            return so;
        }

        void hangUp() {
            WebSocket open = socket;
            if (open != null) {
                open.abort();
            }
        }

        @Override
        public void onOpen(WebSocket opened) {
            socket = opened;
            opened.request(1);
            line.opened(this, opened);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            answered = true;
            if (message.length() + part.length() <= LONGEST_MESSAGE) {
                message.append(part);
            }
            if (last) {
                String whole = message.toString();
                message.setLength(0);
                line.heard(whole);
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPong(WebSocket from, ByteBuffer bytes) {
            answered = true;
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
            line.lost(this, "closed, " + status);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            line.lost(this, error.getClass().getSimpleName());
        }
    }
}
