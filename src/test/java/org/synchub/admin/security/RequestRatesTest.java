package org.synchub.admin.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.synchub.admin.problem.Problems;
import org.synchub.testing.ApiClient;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

class RequestRatesTest {

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T10:00:00Z"));
    private final RequestRates rates = new RequestRates(120, now::get, new Problems(new ObjectMapper()));

    @Test
    void a_client_may_ask_as_often_as_is_set_and_then_as_fast_as_time_goes_by() {
        for (int i = 0; i < 120; i++) {
            assertThat(rates.take("one")).isZero();
        }
        assertThat(rates.take("one")).isEqualTo(Duration.ofMillis(500));
        assertThat(rates.take("another")).isZero();

        now.updateAndGet(t -> t.plusMillis(500));

        assertThat(rates.take("one")).isZero();
        assertThat(rates.take("one")).isPositive();
    }

    @Test
    void a_long_pause_gives_no_more_than_a_minutes_worth_and_a_clock_set_back_takes_nothing() {
        rates.take("one");
        now.updateAndGet(t -> t.plus(Duration.ofDays(1)));
        for (int i = 0; i < 120; i++) {
            assertThat(rates.take("one")).isZero();
        }
        now.updateAndGet(t -> t.minus(Duration.ofHours(1)));

        assertThat(rates.take("one")).isEqualTo(Duration.ofMillis(500));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RequestRates(0, now::get, new Problems(new ObjectMapper())))
                .withMessageContaining("synchub.security.requests-per-minute");
    }

    @Test
    void whoever_asks_too_often_is_told_when_to_ask_again_and_others_are_not_held_up() throws Exception {
        try (TestHub hub = TestHub.on(TestDatabase.dataCollect())
                .memoryTarget("memory", "t")
                .set("server.port", 0)
                .set("synchub.security.requests-per-minute", 2)
                .start()) {
            ApiClient eager = hub.api(Role.VIEWER);
            eager.get("/api/v1/runs");
            eager.get("/api/v1/runs");

            ApiClient.Answer refused = eager.get("/api/v1/runs");

            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.problem()).isEqualTo("urn:synchub:problem:too-many-requests");
            assertThat(Integer.parseInt(
                            refused.headers().firstValue("Retry-After").orElseThrow()))
                    .isBetween(1, 30);
            assertThat(hub.api(Role.ADMIN).get("/api/v1/runs").status()).isEqualTo(200);
        }
    }

    @Test
    void whoever_is_refused_again_and_again_is_slowed_too_and_leaves_one_row_and_a_count() throws Exception {
        DataSource store = TestDatabase.dataCollect();
        try (TestHub hub = TestHub.on(store)
                .memoryTarget("memory", "t")
                .set("server.port", 0)
                .set("synchub.security.requests-per-minute", 20)
                .start()) {
            ApiClient viewer = hub.api(Role.VIEWER);
            ApiClient stranger = new ApiClient(hub.port(), null);

            List<Integer> answers = Stream.generate(() -> viewer.post("/api/v1/targets/memory/pause"))
                    .limit(60)
                    .map(ApiClient.Answer::status)
                    .toList();
            List<Integer> strangers = Stream.generate(() -> stranger.get("/api/v1/runs"))
                    .limit(60)
                    .map(ApiClient.Answer::status)
                    .toList();

            assertThat(answers).startsWith(403, 403).containsOnly(403, 429);
            assertThat(strangers).startsWith(401, 401).containsOnly(401, 429);
            String refused = "SELECT operation, outcome, detail FROM hub.audit WHERE outcome = 'refused' ORDER BY id";
            String row = "pause|refused|POST /api/v1/targets/{target}/pause 403";
            assertThat(TestDatabase.rows(store, refused)).containsExactly(row);

            hub.bean(Refusals.class).close();

            long more = answers.stream().filter(status -> status == 403).count() - 1;
            assertThat(TestDatabase.rows(store, refused))
                    .containsExactly(row, row + ", " + more + " more within a minute");
        }
    }
}
