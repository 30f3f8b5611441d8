package org.synchub.store;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Times as JavaScript's {@code Date.toISOString()} writes them: UTC, always three decimals, always {@code Z}. */
public final class IsoMillis {

    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private IsoMillis() {}

    /** Drops what is below a millisecond. */
    public static String format(Instant instant) {
        return FORMAT.format(instant);
    }
}
