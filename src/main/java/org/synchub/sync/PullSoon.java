package org.synchub.sync;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks for pulls of targets that say that something has changed: however often one says so within half a second, once. */
public final class PullSoon implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PullSoon.class);

    private static final Duration SOON = Duration.ofMillis(500);

    private final Consumer<PullRequest> pull;
    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread one = new Thread(work, "pull-soon");
        one.setDaemon(true);
        return one;
    });

    public PullSoon(Consumer<PullRequest> pull) {
        this.pull = pull;
    }

    /**
     * Asks for a pull within half a second.
     *
     * @param by what told of the change, such as {@code hint}
     */
    public void ask(String target, String by) {
        if (!asked.add(target)) {
            return;
        }
        try {
            PullRequest request = PullRequest.of(target, Cause.CHANGE, by);
            var unused = thread.schedule(() -> now(request), SOON.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            log.debug("Closed: nobody is pulled any more");
        }
    }

    private void now(PullRequest request) {
        asked.remove(request.target());
        pull.accept(request);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
