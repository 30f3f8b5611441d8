package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How hubs share a target's limit, on a clock of the test's: hubs are turns on one time line. */
class TurnsTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Random random = new Random(7);
    private final List<Long> sent = new ArrayList<>();
    private long now = 17;
    private long takenUntil;
    private int stretches;

    private final Turns.Time time = new Turns.Time() {
        @Override
        public long nanos() {
            return now;
        }

        @Override
        public void pause(long nanos) {
            assertThat(nanos).isPositive();
            now += nanos;
        }
    };

    /** What the database does with its row. */
    private Duration take(Duration length) {
        stretches++;
        long begins = Math.max(takenUntil, now);
        takenUntil = begins + length.toNanos();
        return Duration.ofNanos(begins - now);
    }

    private Turns hub(double perSecond) {
        return new Turns(this::take, perSecond, true, time);
    }

    private void send(Turns hub) {
        hub.take(1, () -> {});
        sent.add(now);
    }

    /** The most that were sent in any second. */
    private long mostInASecond() {
        int from = 0;
        int most = 0;
        for (int to = 0; to < sent.size(); to++) {
            while (sent.get(to) - sent.get(from) >= SECOND) {
                from++;
            }
            most = Math.max(most, to - from + 1);
        }
        return most;
    }

    @Test
    void one_hub_sends_as_often_as_allowed_and_no_more() {
        Turns hub = hub(5);

        IntStream.range(0, 50).forEach(i -> send(hub));

        assertThat(mostInASecond()).isLessThanOrEqualTo(6);
        assertThat(now).isBetween(9 * SECOND, 10 * SECOND);
        assertThat(stretches).as("one statement for each where they are rare").isEqualTo(50);
    }

    @Test
    void a_fast_target_costs_ten_statements_a_second_not_one_per_request() {
        Turns hub = hub(1000);

        IntStream.range(0, 3000).forEach(i -> send(hub));

        assertThat(now).isBetween(29 * SECOND / 10, 3 * SECOND);
        assertThat(stretches).isEqualTo(30);
    }

    @Test
    void hubs_together_stay_within_the_limit_but_for_a_tenth_that_each_may_have_kept() {
        List<Turns> hubs = IntStream.range(0, 5).mapToObj(i -> hub(100)).toList();
        long begun = now;

        for (int i = 0; i < 5000; i++) {
            // Bursts, and pauses that let turns grow old.
            now += random.nextInt(20) == 0 ? random.nextInt((int) SECOND) : 0;
            send(hubs.get(random.nextInt(hubs.size())));
        }

        assertThat(mostInASecond()).isLessThanOrEqualTo(100 + 5 * 10);
        assertThat(now - begun).isGreaterThanOrEqualTo(49 * SECOND);
    }

    @Test
    void what_one_hub_leaves_another_can_have() {
        Turns idle = hub(10);
        Turns busy = hub(10);
        send(idle);
        long begun = now;

        IntStream.range(0, 20).forEach(i -> send(busy));

        assertThat(now - begun).isLessThanOrEqualTo(2 * SECOND);
    }

    @Test
    void turns_that_nobody_needed_are_not_saved_up() {
        Turns hub = hub(100);
        send(hub);
        now += 60 * SECOND;
        long begun = now;

        IntStream.range(0, 100).forEach(i -> send(hub));

        assertThat(now - begun).isBetween(98 * SECOND / 100, SECOND);
    }

    @Test
    void a_batch_takes_as_many_turns_as_it_has_records() {
        Turns hub = new Turns(this::take, 10, false, time);
        List<Long> batches = new ArrayList<>();

        for (int size : List.of(10, 3, 1)) {
            hub.take(size, () -> {});
            batches.add(now);
        }

        assertThat(batches.get(1) - batches.get(0)).isEqualTo(SECOND);
        assertThat(batches.get(2) - batches.get(1)).isEqualTo(3 * SECOND / 10);
    }

    @Test
    void who_is_called_off_stops_waiting_at_once_and_the_turn_is_for_the_next() {
        Turns hub = hub(0.1);
        send(hub);
        long begun = now;

        assertThatThrownBy(() -> hub.take(1, () -> {
                    throw new IllegalStateException("called off");
                }))
                .hasMessage("called off");
        assertThat(now).isEqualTo(begun);

        send(hub);
        assertThat(now - begun).isEqualTo(10 * SECOND);
        assertThat(stretches).isEqualTo(2);
    }
}
