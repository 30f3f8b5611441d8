package org.synchub.admin.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LoginGuardTest {

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final LoginGuard guard = new LoginGuard(now::get);

    private void fail(String address, int times) {
        for (int i = 0; i < times; i++) {
            guard.failed(address);
        }
    }

    private void pass(Duration time) {
        now.updateAndGet(t -> t.plus(time));
    }

    @Test
    void a_few_failures_cost_nothing_and_each_further_one_doubles_the_wait_up_to_five_minutes() {
        fail("10.0.0.1", LoginGuard.FREE - 1);
        assertThat(guard.waits("10.0.0.1")).isZero();

        fail("10.0.0.1", 1);
        assertThat(guard.waits("10.0.0.1")).isEqualTo(Duration.ofSeconds(1));
        fail("10.0.0.1", 3);
        assertThat(guard.waits("10.0.0.1")).isEqualTo(Duration.ofSeconds(8));
        fail("10.0.0.1", 50);
        assertThat(guard.waits("10.0.0.1")).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void the_wait_ends_by_itself_but_the_next_failure_goes_on_from_there() {
        fail("10.0.0.1", LoginGuard.FREE + 2);
        pass(Duration.ofSeconds(4));
        assertThat(guard.waits("10.0.0.1")).isZero();

        guard.failed("10.0.0.1");

        assertThat(guard.waits("10.0.0.1")).isEqualTo(Duration.ofSeconds(8));
    }

    @Test
    void a_quarter_of_an_hour_without_failures_and_a_login_make_them_forgotten() {
        fail("10.0.0.1", LoginGuard.FREE + 2);
        pass(Duration.ofMinutes(16));
        guard.failed("10.0.0.1");
        assertThat(guard.waits("10.0.0.1")).isZero();

        fail("10.0.0.1", 10);
        guard.succeeded("10.0.0.1");
        assertThat(guard.waits("10.0.0.1")).isZero();
    }

    @Test
    void one_address_does_not_make_another_wait_but_one_ipv6_network_is_one_address() {
        fail("10.0.0.1", 10);
        assertThat(guard.waits("10.0.0.2")).isZero();

        fail("2001:db8:1:2::1", 10);
        assertThat(guard.waits("2001:db8:1:2:ffff::9")).isPositive();
        assertThat(guard.waits("2001:db8:1:3::1")).isZero();
    }

    @Test
    void what_is_no_address_is_taken_as_it_is() {
        fail("unknown:proxy", 10);

        assertThat(guard.waits("unknown:proxy")).isPositive();
    }
}
