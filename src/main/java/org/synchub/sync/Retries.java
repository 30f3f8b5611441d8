package org.synchub.sync;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import org.synchub.ledger.Settlement;
import org.synchub.ledger.Settlement.Tally;
import org.synchub.ledger.State;
import org.synchub.target.Outcome;

/**
 * How often and how soon something is tried again: of a record at most {@code attempts} times, of a target for ever. Both
 * wait twice as long each time, from {@code first} to {@code longest}, with jitter so that many do not come at once.
 */
public class Retries {

    private final int attempts;
    private final Duration first;
    private final Duration longest;
    private final DoubleSupplier random;

    /**
     * Retries by these numbers.
     *
     * @param random numbers from 0 to 1
     */
    public Retries(int attempts, Duration first, Duration longest, DoubleSupplier random) {
        this.attempts = attempts;
        this.first = first;
        this.longest = longest;
        this.random = random;
    }

    /** The wait after the given number of failures in a row. */
    Duration after(int failures) {
        long wait = first.toMillis() << Math.min(failures, 30);
        return jitter(Duration.ofMillis(wait <= 0 ? longest.toMillis() : Math.min(wait, longest.toMillis())));
    }

    /** Three quarters of the wait to all of it. */
    Duration jitter(Duration wait) {
        return Duration.ofMillis((long) (wait.toMillis() * (0.75 + 0.25 * random.getAsDouble())));
    }

    /** After a fault of the adapter: read back and tried again, and in the end given to a person. */
    Settlement afterFault(String guid, long revision, int attemptsSoFar, Duration readBackIn, String fault) {
        boolean exhausted = attemptsSoFar + 1 >= attempts;
        return new Settlement(
                guid,
                revision,
                exhausted ? State.REJECTED : State.UNKNOWN,
                exhausted ? null : readBackIn,
                null,
                true,
                true,
                exhausted ? Tally.REJECTED : Tally.UNKNOWN,
                exhausted ? "exhausted" : "adapter-failed",
                exhausted ? "Tried " + (attemptsSoFar + 1) + " times. " + fault : fault,
                null,
                null);
    }

    Settlement again(String guid, long revision, int attemptsSoFar, Outcome.Retry retry) {
        if (attemptsSoFar + 1 >= attempts) {
            return Settlement.attention(
                    guid,
                    revision,
                    State.REJECTED,
                    "exhausted",
                    "Tried " + (attemptsSoFar + 1) + " times; the last answer was: " + retry.message(),
                    null);
        }
        Duration wait = after(attemptsSoFar);
        Duration asked = retry.after();
        return Settlement.retry(
                guid,
                revision,
                asked != null && asked.compareTo(wait) > 0 ? asked : wait,
                retry.code(),
                retry.message());
    }
}
