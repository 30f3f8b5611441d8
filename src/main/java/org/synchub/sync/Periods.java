package org.synchub.sync;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A time, cut into hours, days, weeks or months of a zone's clock. The first and the last are shorter where the time does not
 * begin or end with one.
 *
 * @param starts of each, the first being {@code from}; each lasts until the next, the last until {@code to}
 */
public record Periods(Unit by, ZoneId zone, Instant from, Instant to, List<Instant> starts) {

    /** How many there are at most. */
    private static final int MOST = 1_000;

    /** What a period is; with how many there are where nobody says from when. */
    public enum Unit {
        HOUR(24),
        DAY(30),
        /** From Monday on. */
        WEEK(13),
        MONTH(12);

        private final int usual;

        Unit(int usual) {
            this.usual = usual;
        }

        /** As it is asked for. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        private static Unit read(String word) {
            return Stream.of(values())
                    .filter(unit -> unit.word().equals(word))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("by is '" + word + "'; it is one of "
                            + Stream.of(values()).map(Unit::word).collect(Collectors.joining(", "))
                            + ("user".equals(word) || "device".equals(word)
                                    ? "; by whom records were recorded is asked of /api/v1/sync/statistics/recorders, or of the"
                                            + " command 'recorders'"
                                    : "")));
        }

        private Instant start(ZonedDateTime within) {
            LocalDate day = within.toLocalDate();
            return switch (this) {
                case HOUR -> within.truncatedTo(ChronoUnit.HOURS).toInstant();
                case DAY -> startOf(day, within);
                case WEEK -> startOf(day.minusDays(day.getDayOfWeek().getValue() - 1L), within);
                case MONTH -> startOf(day.withDayOfMonth(1), within);
            };
        }

        private Instant next(ZonedDateTime within) {
            LocalDate day = within.toLocalDate();
            return switch (this) {
                case HOUR -> start(within.plusHours(1));
                case DAY -> startOf(day.plusDays(1), within);
                case WEEK -> startOf(day.plusDays(8L - day.getDayOfWeek().getValue()), within);
                case MONTH -> startOf(day.with(TemporalAdjusters.firstDayOfNextMonth()), within);
            };
        }

        private Instant back(Instant end, ZoneId zone) {
            ZonedDateTime local = end.atZone(zone);
            return switch (this) {
                case HOUR -> local.minusHours(usual).toInstant();
                case DAY -> local.minusDays(usual).toInstant();
                case WEEK -> local.minusWeeks(usual).toInstant();
                case MONTH -> local.minusMonths(usual).toInstant();
            };
        }

        private static Instant startOf(LocalDate day, ZonedDateTime within) {
            return day.atStartOfDay(within.getZone()).toInstant();
        }
    }

    /**
     * Reads what was asked for.
     *
     * @param from a date, or a time with its offset; null for some periods before the end
     * @param to the first moment that does not count, as {@code from}; null for the end of the period that goes on now
     * @param by one of the words of {@link Unit}; null for day
     * @param zone such as Asia/Manila; null for UTC
     * @throws IllegalArgumentException saying which of them cannot be, and what could
     */
    public static Periods read(
            @Nullable String from, @Nullable String to, @Nullable String by, @Nullable String zone, Instant now) {
        Unit unit = by == null ? Unit.DAY : Unit.read(by);
        ZoneId place = zone(zone == null ? "UTC" : zone);
        Instant end = to == null ? unit.next(now.atZone(place)) : time("to", to, place);
        Instant start = from == null ? unit.start(unit.back(end, place).atZone(place)) : time("from", from, place);
        if (!start.isBefore(end)) {
            throw new IllegalArgumentException(order(start, end));
        }
        List<Instant> starts = new ArrayList<>();
        for (Instant next = start; next.isBefore(end); next = unit.next(next.atZone(place))) {
            if (starts.size() == MOST) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "From %s to %s there are more than %,d periods by %s; ask for a shorter time%s",
                        start,
                        end,
                        MOST,
                        unit.word(),
                        unit == Unit.MONTH ? "" : ", or by a longer period such as month"));
            }
            starts.add(next);
        }
        return new Periods(unit, place, start, end, List.copyOf(starts));
    }

    /** When the period ends that is at this place of {@link #starts}. */
    public Instant end(int period) {
        return period + 1 < starts.size() ? starts.get(period + 1) : to;
    }

    private static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException unknown) {
            throw new IllegalArgumentException(
                    "zone is '" + name + "'; it is the name of a time zone, such as UTC or Asia/Manila", unknown);
        }
    }

    /** What is wrong with these two. */
    static String order(Instant from, Instant to) {
        return "from is " + from + " and to is " + to + "; from must be the earlier of the two";
    }

    /** A date in UTC, or a time. */
    static Instant time(String name, String text) {
        return time(name, text, ZoneOffset.UTC);
    }

    private static Instant time(String name, String text, ZoneId zone) {
        try {
            Instant time = text.contains("T")
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDate.parse(text).atStartOfDay(zone).toInstant();
            int year = time.atZone(zone).getYear();
            if (year < 1970 || year > 9999) {
                throw new IllegalArgumentException(name + " is in the year " + year + "; it is between 1970 and 9999");
            }
            return time;
        } catch (DateTimeException unreadable) {
            throw new IllegalArgumentException(
                    name + " is '" + text + "'; it is a date as 2026-11-01, or a time as 2026-11-01T06:00:00Z",
                    unreadable);
        }
    }
}
