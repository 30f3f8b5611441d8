package org.synchub.admin.security;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.synchub.ledger.Audit;

/**
 * What is refused, in an audit trail that nobody can flood with it: the first refusal is noted at once, and the same to the
 * same caller within a minute is counted and noted as one row when the minute is over. What a process that dies had counted
 * is lost; that there were refusals is not.
 */
public class Refusals implements AutoCloseable {

    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int MOST = 10_000;

    private final Audit audit;
    private final InstantSource clock;
    private final int most;
    private final Map<Audit.Entry, Repeats> known = new LinkedHashMap<>();

    public Refusals(Audit audit, InstantSource clock) {
        this(audit, clock, MOST);
    }

    Refusals(Audit audit, InstantSource clock, int most) {
        this.audit = audit;
        this.clock = clock;
        this.most = most;
    }

    /** How often something was refused again since. */
    private record Repeats(Instant since, int n) {}

    /**
     * Notes or counts a refusal.
     *
     * @param refused keys only, and no duration: what is equal is counted together
     */
    public void note(Audit.Entry refused) {
        settle();
        if (!isRepeat(refused)) {
            audit.note(refused);
        }
    }

    private synchronized boolean isRepeat(Audit.Entry refused) {
        Repeats before = known.get(refused);
        known.put(
                refused,
                before == null ? new Repeats(clock.instant(), 0) : new Repeats(before.since(), before.n() + 1));
        return before != null;
    }

    /** Step of the route: notes what was counted in minutes that are over. */
    public void settle() {
        note(over(clock.instant().minus(WINDOW)));
    }

    /** Notes what was counted up to now. */
    @Override
    public void close() {
        note(over(Instant.MAX));
    }

    private void note(List<Map.Entry<Audit.Entry, Repeats>> counted) {
        counted.forEach(entry -> audit.note(entry.getKey()
                .withDetail(entry.getKey().detail() + ", " + entry.getValue().n() + " more within a minute")));
    }

    private synchronized List<Map.Entry<Audit.Entry, Repeats>> over(Instant before) {
        List<Map.Entry<Audit.Entry, Repeats>> over = new ArrayList<>();
        int surplus = known.size() - most;
        for (Map.Entry<Audit.Entry, Repeats> entry : known.entrySet()) {
            if (surplus-- <= 0 && entry.getValue().since().isAfter(before)) {
                break;
            }
            over.add(Map.entry(entry.getKey(), entry.getValue()));
        }
        over.forEach(entry -> known.remove(entry.getKey()));
        over.removeIf(entry -> entry.getValue().n() == 0);
        return over;
    }
}
