package org.synchub.sync;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.Earlier;
import org.synchub.ledger.Leaving;
import org.synchub.sync.PushWriter.Prepared;
import org.synchub.target.Adapter;
import org.synchub.target.ClockReading;

/** Writes down what is about to leave, before anything of it does: the records, and what their writes say beside them. */
final class Noting {

    private final Deliveries deliveries;
    private final Clock clock;

    Noting(Deliveries deliveries, Clock clock) {
        this.deliveries = deliveries;
        this.clock = clock;
    }

    void note(PushWriter writer) {
        Adapter adapter = writer.run().target().adapter();
        Map<String, Leaving> leaving = new LinkedHashMap<>();
        for (List<Prepared> batch : writer.batches()) {
            for (Prepared p : batch) {
                Instant changedAt = adapter.saysTimes() ? changedAt(adapter, p) : null;
                leaving.put(p.claimed().guid(), new Leaving(p.record(), changedAt));
            }
        }
        adapter.numbersFrom()
                .ifPresent(first ->
                        writer.numbers(deliveries.numbers(writer.run().target().name(), leaving.keySet(), first)));
        deliveries.noteSent(writer.held(), leaving);
        writer.leaving(leaving);
    }

    /** When the store's record was changed, by the target's clock. What repeats an earlier write says what that one said. */
    private Instant changedAt(Adapter adapter, Prepared p) {
        Earlier earlier = p.earlier();
        Instant said = earlier == null ? null : earlier.repeats(p.record());
        if (said != null) {
            return said;
        }
        Instant now = clock.instant();
        Instant changed = p.changedAt();
        ClockReading reading = adapter.clock();
        return onTarget(changed == null || changed.isAfter(now) ? now : changed, reading);
    }

    private static Instant onTarget(Instant time, @Nullable ClockReading reading) {
        return (reading == null ? time : time.plus(reading.ahead())).truncatedTo(ChronoUnit.MILLIS);
    }
}
