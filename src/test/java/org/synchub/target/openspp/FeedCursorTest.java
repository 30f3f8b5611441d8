package org.synchub.target.openspp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FeedCursorTest {

    private static final Duration OVERLAP = Duration.ofMinutes(2);
    private static final Instant NOW = Instant.parse("2026-11-20T15:00:00Z");

    private static FeedCursor first() {
        return FeedCursor.parse(null).begun(NOW, OVERLAP);
    }

    @Test
    void a_first_sweep_reads_all_partners_but_only_recent_changes_of_what_hangs_on_them() {
        assertThat(first().at()).isEqualTo(FeedCursor.BEGINNING);
        assertThat(first().nextSource().at()).isEqualTo("2026-11-20 14:58:00");
    }

    @Test
    void the_next_sweep_begins_before_this_one_did() {
        FeedCursor done = first().nextSource().nextSource();

        FeedCursor next = FeedCursor.parse(done.nextSweep(OVERLAP).toString());

        assertThat(next.source()).isZero();
        assertThat(next.at()).isEqualTo("2026-11-20 14:58:00");
        assertThat(next.begun(NOW.plusSeconds(60), OVERLAP).nextSource().at()).isEqualTo("2026-11-20 14:58:00");
    }

    @Test
    void a_full_page_goes_on_with_its_last_second_again() {
        FeedCursor next = first().after("2026-11-20 10:00:07", 40);

        assertThat(next.at()).isEqualTo("2026-11-20 10:00:07");
        assertThat(next.inSecond()).isFalse();
    }

    @Test
    void a_second_longer_than_a_page_is_read_by_id() {
        FeedCursor stuck = first().after("2026-11-20 10:00:07", 40).after("2026-11-20 10:00:07", 40);

        assertThat(stuck.inSecond()).isTrue();
        assertThat(stuck.afterId()).isZero();
        assertThat(stuck.after("2026-11-20 10:00:07", 90).afterId()).isEqualTo(90);
        assertThat(stuck.afterSecond().at()).isEqualTo("2026-11-20 10:00:08");
        assertThat(stuck.afterSecond().inSecond()).isFalse();
    }

    @Test
    void a_text_of_somebody_else_is_no_cursor() {
        assertThatThrownBy(() -> FeedCursor.parse("2026-11-20")).isInstanceOf(IllegalArgumentException.class);
    }
}
