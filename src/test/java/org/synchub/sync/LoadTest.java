package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.synchub.target.Limits;

/** How what a target is given steps down and comes back, on a clock of the test's. */
class LoadTest {

    private static final Duration SLOW_AFTER = Duration.ofSeconds(2);

    private long now = 11;
    private int mostRecords = 100;
    private int mostWriters = 4;
    private final Load load = load(false);

    private Load load(boolean steady) {
        return new Load(
                () -> mostRecords, () -> mostWriters, new Limits(null, null, null, SLOW_AFTER, steady), () -> now);
    }

    /** Batches of a size, each of which takes so long. */
    private void batches(int times, int records, Duration each) {
        for (int i = 0; i < times; i++) {
            Load.Sending sent = load.begins(records);
            now += each.toNanos();
            load.answered(sent, true);
        }
    }

    private void good(int times) {
        batches(times, load.batchSize(), Duration.ofMillis(100));
    }

    private void assertGives(int records, int writers) {
        assertThat(load.batchSize()).as("records in a batch").isEqualTo(records);
        assertThat(load.writers()).as("writers at once").isEqualTo(writers);
    }

    @Test
    void everything_that_is_configured_is_given_to_begin_with() {
        good(50);

        assertGives(100, 4);
        assertThat(load.isLowered()).isFalse();
        assertThat(load.change()).isEmpty();
    }

    @Test
    void a_refusal_halves_both_and_they_never_fall_below_one() {
        load.refused("503");
        assertGives(50, 2);
        load.refused("503");
        assertGives(25, 1);

        for (int i = 0; i < 10; i++) {
            load.refused("503");
        }

        assertGives(1, 1);
    }

    @Test
    void good_batches_bring_back_a_tenth_at_a_time_and_never_more_than_all() {
        load.refused("503");
        load.refused("503");

        good(Load.GOOD - 1);
        assertGives(25, 1);
        good(1);
        assertGives(35, 2);
        good(Load.GOOD);
        assertGives(45, 3);
        good(Load.GOOD * 5);
        assertGives(95, 4);
        good(Load.GOOD);
        assertGives(100, 4);

        assertThat(load.isLowered()).isFalse();
    }

    @Test
    void from_the_very_bottom_everything_is_back_after_ten_steps() {
        for (int i = 0; i < 10; i++) {
            load.refused("down");
        }

        good(Load.GOOD * Load.STEPS - 1);
        assertThat(load.isLowered()).isTrue();
        good(1);

        assertThat(load.isLowered()).isFalse();
    }

    @Test
    void a_refusal_between_good_batches_starts_the_count_anew() {
        load.refused("503");

        good(Load.GOOD - 1);
        load.refused("503");
        good(Load.GOOD - 1);

        assertGives(25, 1);
    }

    @Test
    void batches_that_were_under_way_at_once_lower_it_once() {
        batches(Load.KNOWN, 100, Duration.ofSeconds(1));
        Load.Sending first = load.begins(100);
        Load.Sending second = load.begins(100);
        now += Duration.ofSeconds(9).toNanos();
        load.answered(first, true);
        load.answered(second, true);

        assertGives(50, 2);

        batches(1, 50, Duration.ofSeconds(9));
        assertGives(25, 1);
    }

    @Test
    void a_batch_markedly_slower_than_usual_lowers_it_and_says_how_slow() {
        batches(Load.KNOWN, 100, Duration.ofSeconds(1));

        batches(1, 100, Duration.ofMillis(3_900));
        assertGives(100, 4);
        batches(1, 100, Duration.ofSeconds(9));

        assertGives(50, 2);
        assertThat(load.change())
                .hasValueSatisfying(change -> assertThat(change.to())
                        .isEqualTo(new Load.Level(50, 2, "it took 9.0 s for a batch of 100, usually 1.4 s")));
    }

    @Test
    void what_is_answered_within_the_set_time_is_never_slow() {
        batches(Load.KNOWN, 100, Duration.ofMillis(10));

        batches(10, 100, SLOW_AFTER);

        assertGives(100, 4);
    }

    @Test
    void nothing_is_slow_before_it_is_known_what_is_usual() {
        batches(Load.KNOWN - 1, 100, Duration.ofMillis(10));

        batches(1, 100, Duration.ofMinutes(1));

        assertGives(100, 4);
    }

    @Test
    void a_small_batch_is_not_measured_by_the_time_per_record_of_large_ones() {
        batches(Load.KNOWN, 100, Duration.ofSeconds(1));

        batches(10, 1, Duration.ofMillis(2_400));

        assertGives(100, 4);
    }

    @Test
    void a_smaller_batch_that_takes_longer_than_a_large_one_ever_did_is_slow() {
        batches(Load.KNOWN, 100, Duration.ofSeconds(1));

        batches(1, 40, Duration.ofSeconds(9));

        assertGives(50, 2);
    }

    @Test
    void what_stays_slow_is_usual_in_the_end() {
        batches(20, 100, Duration.ofSeconds(1));

        batches(200, 100, Duration.ofSeconds(9));

        assertThat(load.isLowered()).as("after hundreds of batches").isFalse();
    }

    @Test
    void a_batch_with_refused_records_tells_nothing_of_how_fast_a_target_is() {
        batches(Load.KNOWN, 100, Duration.ofSeconds(1));
        Load.Sending sent = load.begins(100);
        now += Duration.ofMinutes(1).toNanos();

        load.answered(sent, false);

        assertGives(100, 4);
        batches(1, 100, Duration.ofSeconds(9));
        assertGives(50, 2);
    }

    @Test
    void a_steady_target_is_given_the_same_whatever_it_does() {
        Load steady = load(true);

        steady.refused("429");
        steady.resume(new Load.Level(5, 1, "429"));

        assertThat(steady.batchSize()).isEqualTo(100);
        assertThat(steady.writers()).isEqualTo(4);
        assertThat(steady.change()).isEmpty();
    }

    @Test
    void each_change_is_told_once() {
        load.refused("503 at create");
        assertThat(load.change()).contains(new Load.Change(new Load.Level(50, 2, "503 at create"), true));
        assertThat(load.change()).isEmpty();

        good(Load.GOOD * 5);

        assertThat(load.change()).contains(new Load.Change(null, false));
        assertThat(load.change()).isEmpty();
    }

    @Test
    void what_another_hub_has_come_to_is_gone_on_from() {
        load.resume(new Load.Level(7, 1, "another's reason"));
        assertGives(7, 1);
        assertThat(load.change()).isEmpty();

        good(Load.GOOD);
        assertThat(load.change())
                .isEqualTo(Optional.of(new Load.Change(new Load.Level(17, 2, "another's reason"), false)));

        load.resume(null);
        assertGives(100, 4);
    }

    @Test
    void a_mapping_that_asks_for_less_than_was_kept_has_its_way() {
        load.refused("503");
        mostRecords = 30;
        mostWriters = 1;

        assertGives(30, 1);
        load.resume(new Load.Level(50, 2, "503"));
        assertThat(load.isLowered()).isFalse();
    }
}
