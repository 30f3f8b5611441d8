package org.synchub.target.httpjson.spec;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Settings;

/**
 * Where the next request for changes begins. The hub's own clock is never asked.
 *
 * @param from where the point in time is taken from
 * @param at its place in the answer
 * @param orDate whether the answer's header Date is taken where nothing stands at that place
 * @param overlap how much is read again each time
 * @param scanEvery how often a complete list is read as well; null for only when there is no other way
 */
public record Since(
        From from,
        @Nullable Place at,
        boolean orDate,
        Duration overlap,
        @Nullable Duration scanEvery) {

    static final String[] KEYS = {"from", "at", "orElse", "overlap", "scanEvery"};

    /** Where the point in time is taken from. */
    public enum From {
        /** The newest {@code record.changedAt} of those that were read. */
        RECORDS,
        /** A value of the answer, such as the server's time. */
        ANSWER
    }

    private enum OrElse {
        DATE
    }

    static Since read(Settings request) {
        Settings since = request.child("since");
        since.onlyKnown(KEYS);
        since.text("from");
        From from = since.choice("from", From.class, From.RECORDS);
        if (from == From.ANSWER && !since.has("at")) {
            throw since.failure("from", "'since' must say where in the answer the time is", "write at: server_time");
        }
        return new Since(
                from,
                Place.read(since, "at"),
                since.has("orElse") && since.choice("orElse", OrElse.class, OrElse.DATE) == OrElse.DATE,
                since.duration("overlap", Duration.ofSeconds(2)),
                since.has("scanEvery") ? since.duration("scanEvery") : null);
    }
}
