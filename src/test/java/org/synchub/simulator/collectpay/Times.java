package org.synchub.simulator.collectpay;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as MariaDB takes them from clients. */
final class Times {

    private static final Pattern TIME = Pattern.compile(
            "(\\d{4}-\\d{2}-\\d{2})(?:[T ](\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?))?(?:Z|[+-]\\d{2}:\\d{2})?");

    private Times() {}

    static boolean isTime(String text) {
        try {
            parse(text);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** With T or a space, with or without a fraction; an offset is passed over as the database does. */
    static Instant parse(String text) {
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            throw new DateTimeException("not a time: " + text);
        }
        String clock = time.group(2) == null ? "00:00:00" : time.group(2);
        return LocalDateTime.parse(time.group(1) + "T" + clock).toInstant(ZoneOffset.UTC);
    }
}
