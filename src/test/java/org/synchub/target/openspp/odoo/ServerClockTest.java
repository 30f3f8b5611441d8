package org.synchub.target.openspp.odoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.synchub.mapping.Secret;
import org.synchub.target.ClockReading;
import org.synchub.target.TargetHttp;

/** How far the server's clock runs ahead is read from the dates of its answers, so that the later write can be told. */
class ServerClockTest {

    private Instant now = Instant.parse("2026-11-21T10:00:00.000Z");
    private Duration ahead = Duration.ZERO;
    private Duration road = Duration.ZERO;
    private final InstantSource clock = () -> now;

    private final TargetHttp server = call -> {
        now = now.plus(road);
        String date =
                DateTimeFormatter.RFC_1123_DATE_TIME.format(now.plus(ahead).atOffset(ZoneOffset.UTC));
        now = now.plus(road);
        byte[] answer = "{\"jsonrpc\": \"2.0\", \"id\": 1, \"result\": 7}".getBytes(StandardCharsets.UTF_8);
        return new TargetHttp.Answer(200, Map.of("Date", List.of(date)), answer);
    };

    private final JsonRpcTransport transport = new JsonRpcTransport(
            server, new OdooLogin("db", "hub", new Secret("s3cret"), "'adapter' of test.yaml"), clock);

    private ClockReading afterACall() {
        transport.login();
        return Objects.requireNonNull(transport.clock());
    }

    @Test
    void before_the_first_answer_nothing_is_known() {
        assertThat(transport.clock()).isNull();
    }

    @Test
    void a_server_ten_minutes_ahead_is_known_to_within_its_tolerance() {
        ahead = Duration.ofMinutes(10);
        road = Duration.ofMillis(80);

        ClockReading reading = afterACall();

        assertThat(reading.ahead().minus(ahead).abs()).isLessThanOrEqualTo(reading.tolerance());
        assertThat(reading.tolerance()).isEqualTo(Duration.ofMillis(1_580));
    }

    @Test
    void a_server_that_is_behind_is_known_too() {
        ahead = Duration.ofHours(-2);

        ClockReading reading = afterACall();

        assertThat(reading.ahead().minus(ahead).abs()).isLessThanOrEqualTo(reading.tolerance());
    }

    @Test
    void a_much_slower_answer_does_not_replace_what_a_quick_one_told() {
        ahead = Duration.ofMinutes(1);
        ClockReading quick = afterACall();
        road = Duration.ofSeconds(30);

        assertThat(afterACall()).isEqualTo(quick);
    }

    @Test
    void a_clock_that_was_set_right_is_noticed() {
        ahead = Duration.ofMinutes(10);
        afterACall();
        ahead = Duration.ZERO;

        ClockReading reading = afterACall();

        assertThat(reading.ahead().abs()).isLessThanOrEqualTo(reading.tolerance());
    }
}
