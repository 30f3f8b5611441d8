package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synchub.ledger.Runs.Look;
import org.synchub.mapping.Mapping;
import org.synchub.mapping.MappingException;
import org.synchub.mapping.PolicyCheck;

/** When a target is asked next, by what the last times brought; written as a word, newest last: s(omething), n(othing), f(ailed). */
class RhythmTest {

    private static final Instant NOW =
            LocalDateTime.of(2026, 11, 22, 12, 0).atZone(ZoneId.systemDefault()).toInstant();

    private static final Polling POLLING =
            new Polling(Duration.ofMinutes(8), Duration.ofMinutes(1), Duration.ofMinutes(27), null);

    private static Duration due(String found) {
        return due(POLLING, found, Duration.ofDays(1));
    }

    /** The last look was just now, the one before a minute ago, and so on. */
    private static Duration due(Polling polling, String found, Duration wellFor) {
        List<Look> looks = new ArrayList<>();
        for (int i = found.length() - 1; i >= 0; i--) {
            char one = found.charAt(i);
            looks.add(new Look(Duration.ofMinutes(looks.size()), one == 'f', one == 's'));
        }
        return Duration.between(
                NOW, Rhythm.due(polling, looks.subList(0, Math.min(looks.size(), Rhythm.REMEMBERED)), wellFor, NOW));
    }

    @Test
    void a_target_that_was_never_asked_is_due() {
        assertThat(due("")).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "n, 12m", "nn, 18m", "nnn, 27m", "nnnnnnnnn, 27m",
        "s, 4m", "ss, 2m", "sss, 1m", "sssssssss, 1m",
        "ns, 6m", "sn, 6m", "nnnnnnns, 13m30s"
    })
    void the_interval_grows_while_nothing_changes_and_halves_each_time_that_something_does(
            String found, String interval) {
        assertThat(due(found)).isEqualTo(Duration.parse("PT" + interval));
    }

    @Test
    void twenty_times_lead_from_any_bound_to_the_other() {
        assertThat(due("n".repeat(50) + "s".repeat(Rhythm.REMEMBERED))).isEqualTo(POLLING.fastest());
        assertThat(due("s".repeat(50) + "n".repeat(Rhythm.REMEMBERED))).isEqualTo(POLLING.slowest());
    }

    @Test
    void after_a_failure_it_is_asked_soon_and_then_as_before() {
        assertThat(due("nnf")).isEqualTo(POLLING.fastest());
        assertThat(due("nffn")).isEqualTo(due("nn"));
    }

    @Test
    void a_target_that_has_come_back_since_is_due() {
        List<Look> asked = List.of(new Look(Duration.ofMinutes(3), false, false));

        assertThat(Rhythm.due(POLLING, asked, Duration.ofMinutes(2), NOW)).isEqualTo(NOW);
        assertThat(Rhythm.due(POLLING, asked, null, NOW)).isEqualTo(NOW.plus(Duration.ofMinutes(9)));
    }

    @Test
    void with_a_cron_expression_the_clock_alone_counts() {
        Polling atSix =
                new Polling(Duration.ofMinutes(8), Duration.ofMinutes(1), Duration.ofMinutes(27), "0 0 18 * * ?");

        assertThat(due(atSix, "ssss", Duration.ZERO)).isEqualTo(Duration.ofHours(6));
        assertThat(due(atSix, "f", Duration.ofDays(1))).isEqualTo(Duration.ofHours(6));
    }

    private static Polling read(String polling) {
        Mapping mapping =
                Mapping.parse(Path.of("mappings/test.yaml"), """
                version: 1
                target: test
                tenant: t
                polling: %s
                adapter: {type: memory}
                kinds: {person: {match: {data.entityName: individual}, fields: {name: {path: data.name}}}}
                """.formatted(polling), name -> null, PolicyCheck.NONE);
        return Polling.of(mapping.polling(), Polling.USUAL);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{every: 2m}                | 2m  | 1m  | 15m",
                "{every: 30s}               | 30s | 30s | 15m",
                "{every: 1h}                | 1h  | 1m  | 1h",
                "{slowest: 2m}              | 2m  | 1m  | 2m",
                "{fastest: 20m}             | 20m | 20m | 20m",
                "{fastest: 2s, slowest: 3s} | 3s  | 2s  | 3s"
            })
    void what_a_mapping_does_not_say_follows_from_what_it_says(
            String polling, String every, String fastest, String slowest) {
        assertThat(read(polling))
                .isEqualTo(new Polling(
                        Duration.parse("PT" + every),
                        Duration.parse("PT" + fastest),
                        Duration.parse("PT" + slowest),
                        null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{every: often} | mappings/test.yaml:4:18: setting 'every' must be a time such as 500ms, 30s, 5m, 2h or 1d, not 'often'",
                "{evry: 5m} | mappings/test.yaml:4:11: unknown setting 'evry' in 'polling'; did you mean 'every'?",
                "{fastest: 500ms} | mappings/test.yaml:4:20: 'fastest' must be at least 1s, 'every' no less than that, and 'slowest' no less than 'every'; they are 500ms, 300s and 900s; such as {every: 5m, fastest: 1m, slowest: 1h}",
                "{every: 1h, slowest: 30m} | mappings/test.yaml:4:18: 'fastest' must be at least 1s, 'every' no less than that, and 'slowest' no less than 'every'; they are 60s, 3600s and 1800s; such as {every: 5m, fastest: 1m, slowest: 1h}",
                "{cron: daily} | mappings/test.yaml:4:17: 'daily' is no cron expression: Illegal characters for this position: 'DAI'; such as",
                "{cron: \"0 0 6 * * ?\", every: 5m} | mappings/test.yaml:4:17: 'cron' stands alone; remove it, or the intervals"
            })
    void a_mistake_is_told_with_its_place(String polling, String problem) {
        assertThatThrownBy(() -> read(polling))
                .isInstanceOfSatisfying(
                        MappingException.class,
                        e -> assertThat(e.problems().get(0).toString()).startsWith(problem));
    }
}
