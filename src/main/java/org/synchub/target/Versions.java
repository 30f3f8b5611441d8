package org.synchub.target;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.regex.Pattern;

/** The order of versions, where they have one. */
final class Versions {

    private static final Pattern NUMBER = Pattern.compile("[0-9]+");
    private static final Pattern TIME = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T.*");

    private Versions() {}

    /** Whether both are whole numbers, or points in time with an offset, and the first comes before the second. */
    static boolean isOlder(String version, String than) {
        if (NUMBER.matcher(version).matches() && NUMBER.matcher(than).matches()) {
            return new BigInteger(version).compareTo(new BigInteger(than)) < 0;
        }
        if (!TIME.matcher(version).matches() || !TIME.matcher(than).matches()) {
            return false;
        }
        try {
            return OffsetDateTime.parse(version).isBefore(OffsetDateTime.parse(than));
        } catch (DateTimeException noTimes) {
            return false;
        }
    }
}
