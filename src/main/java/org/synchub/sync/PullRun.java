package org.synchub.sync;

import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.synchub.target.RemoteChange;
import org.synchub.target.TargetTrouble;

/** One pull of one target while it runs: the body that travels through the route {@code pull}. */
public final class PullRun {

    private static final int MOST_REMEMBERED = 10_000;

    private final TargetRuntime target;
    private final long id;
    private final boolean ownRun;
    private final String correlation;
    private final Traced traced;
    private final HttpTraffic.Reading before;
    private @Nullable String cursor;
    private @Nullable String nextCursor;
    private List<RemoteChange> page = List.of();
    private Instant asOf = Instant.EPOCH;
    private Foresight foresight = Foresight.NONE;
    private @Nullable PageAhead ahead;
    private @Nullable RunKeys keys;
    private final Set<RemoteChange> parents = new HashSet<>();
    private boolean more = true;
    private final boolean confirmed;
    private int deletions;
    private final Set<String> waiting = new HashSet<>();
    private @Nullable TargetTrouble trouble;
    private @Nullable Throwable failure;

    PullRun(
            TargetRuntime target,
            long id,
            boolean ownRun,
            @Nullable String cursor,
            boolean confirmed,
            String correlation,
            Traced traced) {
        this.correlation = correlation;
        this.traced = traced;
        this.confirmed = confirmed;
        this.ownRun = ownRun;
        this.target = target;
        this.id = id;
        this.cursor = cursor;
        this.before = target.traffic().read();
    }

    public TargetRuntime target() {
        return target;
    }

    public long id() {
        return id;
    }

    /** Whether the run's row was opened for this pull, and is to be closed with it. */
    boolean ownsRun() {
        return ownRun;
    }

    /** Does a step by the run's name, {@link Correlation}, as a part of its span. */
    void during(Runnable step) {
        Correlation.during(correlation, () -> traced.during(step));
    }

    /** Does a part of the run that tracing shows by a name of its own. */
    <T> T part(String name, Function<Traced, T> work) {
        Traced part = traced.part(name);
        try {
            return Correlation.during(correlation, () -> part.during(() -> work.apply(part)));
        } finally {
            part.end();
        }
    }

    /** The run's span. */
    Traced traced() {
        return traced;
    }

    @Nullable
    String cursor() {
        return cursor;
    }

    HttpTraffic.Reading traffic() {
        return target.traffic().read().since(before);
    }

    /** Read by the route: whether another page may be there. */
    public boolean isMore() {
        return more && trouble == null && failure == null;
    }

    /** @param at the ledger's time before the page was asked for */
    void read(Instant at, List<RemoteChange> changes, String next, boolean moreToCome) {
        asOf = at;
        page = changes;
        nextCursor = next;
        more = moreToCome;
    }

    List<RemoteChange> page() {
        return page;
    }

    /** The ledger's time before the page was asked for. */
    Instant asOf() {
        return asOf;
    }

    void foresee(Foresight worked) {
        foresight = worked;
    }

    /** What was worked out about the page. */
    Foresight foresight() {
        return foresight;
    }

    void ahead(PageAhead next) {
        ahead = next;
    }

    /** The page that is being read while the one before it is applied. */
    @Nullable
    PageAhead takeAhead() {
        PageAhead taken = ahead;
        ahead = null;
        return taken;
    }

    /** Notes what is taken in with a page because records on it refer to it; the next page may bring it too. */
    void tookParents(Collection<RemoteChange> read) {
        parents.addAll(read);
    }

    /** What the page before has taken in so. */
    Set<RemoteChange> takeParents() {
        Set<RemoteChange> taken = Set.copyOf(parents);
        parents.clear();
        return taken;
    }

    RunKeys keys(Supplier<RunKeys> first) {
        RunKeys known = keys;
        if (known == null) {
            known = first.get();
            keys = known;
        }
        return known;
    }

    /** Gives back what was kept for the length of the run. */
    void forgetKeys() {
        if (keys != null) {
            keys.end();
        }
    }

    String nextCursor() {
        String next = nextCursor;
        if (next == null) {
            throw new IllegalStateException("The route applied a page before it read one");
        }
        return next;
    }

    void applied() {
        cursor = nextCursor;
        page = List.of();
        foresight = Foresight.NONE;
    }

    /** Whether a person has said yes to however many deletions there are. */
    boolean isConfirmed() {
        return confirmed;
    }

    int deletions() {
        return deletions;
    }

    void deleted(int more) {
        deletions += more;
    }

    /** A record that waits is met again through each thing that hangs on it: once a run is enough. */
    boolean isWaiting(RemoteChange change) {
        return waiting.contains(change.externalId() + "\n" + change.version());
    }

    void waits(RemoteChange change) {
        if (waiting.size() < MOST_REMEMBERED) {
            waiting.add(change.externalId() + "\n" + change.version());
        }
    }

    void meet(TargetTrouble met) {
        trouble = met;
    }

    @Nullable
    TargetTrouble trouble() {
        return trouble;
    }

    void failed(Throwable cause) {
        failure = cause;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    /** Read by logs: keys and counts only. */
    @Override
    public String toString() {
        return "pull of " + target.name() + ", run " + id;
    }
}
