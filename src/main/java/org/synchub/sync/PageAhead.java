package org.synchub.sync;

import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.synchub.target.ChangePage;

/**
 * The next page of a long pull, read and decided about by a thread of its own while the page before it is applied, so that
 * target, hub and store work at the same time. One at most is under way, which bounds what a pull holds to two pages.
 */
final class PageAhead {

    /**
     * A page that was read.
     *
     * @param asOf the ledger's time before it was asked for: what the hub agreed on later, it may not know of
     * @param foresight what will be decided about it if nothing comes between
     */
    record Read(Instant asOf, ChangePage page, Foresight foresight) {}

    private final FutureTask<Read> task;

    private PageAhead(Callable<Read> reading) {
        this.task = new FutureTask<>(reading);
    }

    static PageAhead start(String target, Callable<Read> reading) {
        PageAhead ahead = new PageAhead(reading);
        Thread thread = new Thread(ahead.task, "pull-ahead-" + target);
        thread.setDaemon(true);
        thread.start();
        return ahead;
    }

    /** Waits for it; throws what reading it threw. */
    Read get() {
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failed) {
                throw failed;
            }
            if (e.getCause() instanceof Error failed) {
                throw failed;
            }
            throw new IllegalStateException("A page could not be read", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a page was being read", e);
        }
    }
}
