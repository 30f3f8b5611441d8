package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a time is cut into periods. */
class PeriodsTest {

    /** A Wednesday. */
    private static final Instant NOW = Instant.parse("2026-11-18T10:20:30Z");

    private static Periods read(String from, String to, String by, String zone) {
        return Periods.read(from, to, by, zone, NOW);
    }

    private static List<Instant> times(String... times) {
        return List.of(times).stream().map(Instant::parse).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "hour,  24, 2026-11-17T11:00:00Z, 2026-11-18T11:00:00Z",
        ",      30, 2026-10-20T00:00:00Z, 2026-11-19T00:00:00Z",
        "week,  13, 2026-08-24T00:00:00Z, 2026-11-23T00:00:00Z",
        "month, 12, 2025-12-01T00:00:00Z, 2026-12-01T00:00:00Z"
    })
    void where_nothing_is_said_they_reach_back_some_and_end_with_the_one_that_goes_on(
            String by, int many, Instant from, Instant to) {
        Periods periods = read(null, null, by, null);

        assertThat(periods.from()).isEqualTo(from);
        assertThat(periods.to()).isEqualTo(to);
        assertThat(periods.starts()).hasSize(many).startsWith(from);
        assertThat(periods.end(many - 1)).isEqualTo(to);
    }

    @Test
    void the_first_and_the_last_are_cut_off_where_the_time_begins_and_ends() {
        Periods weeks = read("2026-11-05", "2026-11-17T06:00:00+02:00", "week", null);

        assertThat(weeks.starts())
                .isEqualTo(times("2026-11-05T00:00:00Z", "2026-11-09T00:00:00Z", "2026-11-16T00:00:00Z"));
        assertThat(weeks.end(1)).isEqualTo("2026-11-16T00:00:00Z");
        assertThat(weeks.end(2)).isEqualTo("2026-11-17T04:00:00Z");
    }

    @Test
    void days_and_hours_are_those_of_the_zone_also_when_its_clock_is_put_back() {
        assertThat(read("2026-10-24", "2026-10-27", "day", "Europe/Madrid").starts())
                .isEqualTo(times("2026-10-23T22:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"));
        assertThat(read("2026-10-25", "2026-10-26", "hour", "Europe/Madrid").starts())
                .hasSize(25)
                .doesNotHaveDuplicates();
        assertThat(read("2026-11-18T00:20:00Z", "2026-11-18T02:00:00Z", "hour", "Asia/Kolkata")
                        .starts())
                .isEqualTo(times("2026-11-18T00:20:00Z", "2026-11-18T00:30:00Z", "2026-11-18T01:30:00Z"));
    }

    @Test
    void a_thousand_are_answered_and_one_more_is_not() {
        assertThat(read("2024-01-01", "2026-09-27", "day", null).starts()).hasSize(1_000);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("2024-01-01", "2026-09-28", "day", null))
                .withMessage(
                        "From 2024-01-01T00:00:00Z to 2026-09-28T00:00:00Z there are more than 1,000 periods by day;"
                                + " ask for a shorter time, or by a longer period such as month");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "2026-11-02 | 2026-11-01 | -    | -    | from is 2026-11-02T00:00:00Z and to is 2026-11-01T00:00:00Z; from must be the earlier",
                "2026-11-02 | 2026-11-02 | -    | -    | from must be the earlier of the two",
                "2026-11-19 | -          | -    | -    | from must be the earlier of the two",
                "yesterday  | -          | -    | -    | from is 'yesterday'; it is a date as 2026-11-01, or a time as",
                "-          | 2026-11-31 | -    | -    | to is '2026-11-31'; it is a date",
                "2026-11-01T06:00:00 | - | -    | -    | from is '2026-11-01T06:00:00'; it is a date as 2026-11-01, or a time",
                "+999999999-12-31 | -    | -    | -    | from is in the year 999999999; it is between 1970 and 9999",
                "1969-12-31 | -          | -    | -    | from is in the year 1969",
                "-          | -          | year | -    | by is 'year'; it is one of hour, day, week, month",
                "-          | -          | DAY  | -    | by is 'DAY'; it is one of",
                "-          | -          | -    | Mars | zone is 'Mars'; it is the name of a time zone, such as UTC"
            })
    void what_cannot_be_is_refused_in_words_that_say_what_can(
            String from, String to, String by, String zone, String words) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(from, to, by, zone))
                .withMessageContaining(words);
    }
}
