package org.synchub.mapping;

import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Dates and times as forms write them. */
final class Dates {

    static final int DATE_LENGTH = 10;
    static final DateTimeFormatter WITH_OFFSET = DateTimeFormatter.ISO_OFFSET_DATE_TIME;

    private Dates() {}

    /** A real date in ISO form, and after it nothing, or a time. Written out because it runs for every record. */
    static boolean startsWithDate(String text) {
        if (text.length() < DATE_LENGTH || text.charAt(4) != '-' || text.charAt(7) != '-') {
            return false;
        }
        int year = digits(text, 0, 4);
        int month = digits(text, 5, 7);
        int day = digits(text, 8, DATE_LENGTH);
        if (year < 1
                || month < 1
                || month > 12
                || day < 1
                || (day > 28 && day > YearMonth.of(year, month).lengthOfMonth())) {
            return false;
        }
        if (text.length() == DATE_LENGTH) {
            return true;
        }
        char separator = text.charAt(DATE_LENGTH);
        return (separator == 'T' || separator == ' ')
                && text.length() >= DATE_LENGTH + 6
                && digits(text, 11, 13) >= 0
                && text.charAt(13) == ':'
                && digits(text, 14, 16) >= 0;
    }

    private static int digits(String text, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + (c - '0');
        }
        return value;
    }

    /** A moment: date, time and offset; null if any of them is missing. */
    static @Nullable OffsetDateTime time(String text) {
        if (!startsWithDate(text) || text.length() == DATE_LENGTH) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text.charAt(DATE_LENGTH) == ' ' ? text.replace(' ', 'T') : text);
        } catch (DateTimeParseException notATime) {
            return null;
        }
    }
}
