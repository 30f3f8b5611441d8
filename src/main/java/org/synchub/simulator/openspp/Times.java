package org.synchub.simulator.openspp;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Odoo's dates and times: shown in whole seconds, kept in microseconds since 1970 UTC. */
final class Times {

    static final long MICROS = 1_000_000L;

    private static final Map<LocalDate, String> DAYS = new ConcurrentHashMap<>();

    private Times() {}

    static long micros(Instant instant) {
        return instant.getEpochSecond() * MICROS + instant.getNano() / 1_000;
    }

    static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * 1_000);
    }

    static String show(long micros) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(Math.floorDiv(micros, MICROS), 0, ZoneOffset.UTC);
        StringBuilder text = new StringBuilder(19);
        text.append(time.toLocalDate()).append(' ');
        pair(text, time.getHour()).append(':');
        pair(text, time.getMinute()).append(':');
        return pair(text, time.getSecond()).toString();
    }

    static String day(long micros) {
        return shared(LocalDate.ofEpochDay(Math.floorDiv(micros, 86_400L * MICROS)));
    }

    /** One String per day, since registries repeat few of them often. */
    private static String shared(LocalDate day) {
        if (DAYS.size() > 100_000) {
            return day.toString();
        }
        return DAYS.computeIfAbsent(day, LocalDate::toString);
    }

    private static StringBuilder pair(StringBuilder text, int number) {
        return text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }

    /** A date to keep; as in Python only the first ten characters count. */
    static String parseDate(String given) {
        String date = given.length() > 10 ? given.substring(0, 10) : given;
        if (!digits(date, "....-..-..")) {
            throw OdooError.value("time data '" + date + "' does not match format '%Y-%m-%d'");
        }
        try {
            return shared(LocalDate.of(number(date, 0, 4), number(date, 5, 7), number(date, 8, 10)));
        } catch (DateTimeException e) {
            throw OdooError.value("day is out of range for month");
        }
    }

    /** A time to keep: whole seconds, or midnight of a bare date. */
    static long parseDateTime(String given) {
        String text = given.length() > 19 ? given.substring(0, 19) : given;
        if (digits(text, "....-..-.. ..:..:..")) {
            return parseTimestamp(text);
        }
        return parseTimestamp(parseDate(given));
    }

    /** What PostgreSQL accepts in a comparison: a date, or a time with up to six digits of a second. */
    static long parseTimestamp(String given) {
        String text = given.endsWith("Z") ? given.substring(0, given.length() - 1) : given;
        text = text.replace('T', ' ');
        try {
            if (digits(text, "....-..-..")) {
                return day(text) * 86_400L * MICROS;
            }
            if (text.length() >= 19 && digits(text.substring(0, 19), "....-..-.. ..:..:..")) {
                long seconds = LocalDateTime.of(
                                LocalDate.ofEpochDay(day(text)),
                                LocalTime.of(number(text, 11, 13), number(text, 14, 16), number(text, 17, 19)))
                        .toEpochSecond(ZoneOffset.UTC);
                return seconds * MICROS + fraction(text, given);
            }
        } catch (DateTimeException e) {
            throw invalidTimestamp(given);
        }
        throw invalidTimestamp(given);
    }

    private static long fraction(String text, String given) {
        if (text.length() == 19) {
            return 0;
        }
        String digits = text.substring(20);
        if (text.charAt(19) != '.' || digits.isEmpty() || digits.length() > 6) {
            throw invalidTimestamp(given);
        }
        long micros = 0;
        for (int i = 0; i < 6; i++) {
            char digit = i < digits.length() ? digits.charAt(i) : '0';
            if (digit < '0' || digit > '9') {
                throw invalidTimestamp(given);
            }
            micros = micros * 10 + (digit - '0');
        }
        return micros;
    }

    private static OdooError invalidTimestamp(String given) {
        return new OdooError(
                "psycopg2.errors.InvalidDatetimeFormat",
                "invalid input syntax for type timestamp: \"" + given + "\"\n");
    }

    private static long day(String text) {
        return LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10))
                .toEpochDay();
    }

    private static int number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }

    private static boolean digits(String text, String shape) {
        if (text.length() != shape.length()) {
            return false;
        }
        for (int i = 0; i < shape.length(); i++) {
            char expected = shape.charAt(i);
            char actual = text.charAt(i);
            if (expected == '.' ? actual < '0' || actual > '9' : actual != expected) {
                return false;
            }
        }
        return true;
    }
}
