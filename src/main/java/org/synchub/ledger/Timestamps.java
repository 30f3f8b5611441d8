package org.synchub.ledger;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Times as the database takes and gives them. */
final class Timestamps {

    private Timestamps() {}

    static @Nullable Instant instant(@Nullable Timestamp timestamp) {
        return timestamp == null ? null : timestamp.toInstant();
    }

    /** For {@code make_interval}. */
    static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
