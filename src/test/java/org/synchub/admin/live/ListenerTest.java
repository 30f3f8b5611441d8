package org.synchub.admin.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.synchub.ledger.EventLog.Position;

/** One who does not read costs whoever tells them nothing, and learns what they have missed. */
class ListenerTest {

    private final List<String> sent = new ArrayList<>();
    private final Listener.Sink sink = new Listener.Sink() {
        @Override
        public void send(LiveEvent event) {
            sent.add(event.kind() + (event.position() == null ? "" : " " + event.position()));
        }

        @Override
        public void beat() {
            sent.add("beat");
        }

        @Override
        public void end() {
            sent.add("end");
        }
    };

    private static LiveEvent event(long tx) {
        return new LiveEvent(new Position(tx, 1), "run", "memory", "{}");
    }

    private static Listener listener(Listener.Sink sink, @Nullable Position seen) {
        return new Listener(new Filter(Set.of(), Set.of()), seen, sink);
    }

    @Test
    void a_listener_that_does_not_read_is_told_so_and_let_go_while_nobody_waits() throws Exception {
        Listener slow = listener(sink, null);
        IntStream.rangeClosed(1, 10 * Listener.ROOM).forEach(n -> slow.offer(event(n)));

        slow.pass(60, 15);

        assertThat(sent).containsExactly("dropped");
    }

    @Test
    void what_fits_is_passed_on_in_order_and_what_was_seen_before_is_not_repeated() throws Exception {
        Listener back = listener(sink, new Position(2, 1));
        IntStream.rangeClosed(1, 4).forEach(n -> back.offer(event(n)));

        back.pass(1, 15);

        assertThat(sent).startsWith("run 3-1", "run 4-1").doesNotContain("run 1-1", "run 2-1", "dropped");
    }

    @Test
    void a_listener_that_is_gone_ends_with_the_first_event() {
        Listener gone = listener(
                new Listener.Sink() {
                    @Override
                    public void send(LiveEvent event) throws IOException {
                        throw new IOException("Broken pipe");
                    }

                    @Override
                    public void beat() {}

                    @Override
                    public void end() {}
                },
                null);
        gone.offer(event(1));

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> gone.pass(60, 15));
    }

    @Test
    void a_filter_takes_what_it_names() {
        Filter filter = new Filter(Set.of("memory"), Set.of("run", "alert"));

        assertThat(filter.wants(event(1))).isTrue();
        assertThat(filter.wants(new LiveEvent(null, "progress", "memory", "{}")))
                .isFalse();
        assertThat(filter.wants(new LiveEvent(null, "alert", "other", "{}"))).isFalse();
    }
}
