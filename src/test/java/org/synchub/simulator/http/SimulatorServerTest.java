package org.synchub.simulator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.synchub.simulator.openspp.TestClock;

class SimulatorServerTest {

    private static final Predicate<Request> WRITE = Request.to("POST", "/write");
    private static final String LONG = "x".repeat(1000);

    private final TestClock clock = new TestClock("2026-11-20T15:00:00Z");
    private final List<String> applied = new ArrayList<>();
    private final SimulatorServer server = new SimulatorServer("test", new Writes(), clock, true);
    private final SimulatorClient client = new SimulatorClient(server.url());

    /** A system that keeps what is written. */
    private final class Writes implements SimulatorServer.App {

        @Override
        public Answer answer(Request request) {
            if (request.text().equals("\"die\"")) {
                throw new ServerDied();
            }
            applied.add(request.text());
            return Answer.json(200, Json.object("written", applied.size(), "long", LONG));
        }

        @Override
        public String key(Request request) {
            return request.text();
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private SimulatorClient.Reply write(String what) {
        return client.send("POST", "/write", what);
    }

    @ParameterizedTest
    @EnumSource(Fault.Cut.class)
    void a_cut_connection_is_an_error_for_the_client_whatever_was_applied(Fault.Cut where) throws IOException {
        server.faults().next(1, WRITE, Fault.cut(where));

        assertThat(answerOverOneConnection()).doesNotEndWith("}");
        assertThat(applied).hasSize(where == Fault.Cut.BEFORE_APPLYING ? 0 : 1);
        assertThat(server.requests().entries())
                .containsExactly(new RequestLog.Entry(
                        1,
                        "POST",
                        "/write",
                        Instant.parse("2026-11-20T15:00:00Z"),
                        Map.of("by", "ann"),
                        Map.of("host", "x", "content-length", "1"),
                        "1",
                        Json.parse("1"),
                        "1",
                        where != Fault.Cut.BEFORE_APPLYING,
                        0));
    }

    /** A raw socket, since HTTP clients may repeat a request whose connection was cut. */
    private String answerOverOneConnection() throws IOException {
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), URI.create(server.url()).getPort())) {
            socket.getOutputStream()
                    .write("POST /write?by=ann HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1"
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void a_burst_of_refusals_tells_when_to_come_again_and_then_ends() {
        server.faults().next(2, WRITE, Fault.status(429, Duration.ofSeconds(30)));

        for (int i = 0; i < 2; i++) {
            assertThat(write("1").status()).isEqualTo(429);
        }
        assertThat(write("1").status()).isEqualTo(200);
        assertThat(applied).hasSize(1);
        assertThat(server.requests().repeats()).isEmpty();
        assertThat(server.requests().count("POST", "/write")).isEqualTo(3);
    }

    @Test
    void a_proxy_can_lie_about_what_was_applied() {
        server.faults().next(1, WRITE, Fault.statusAfterApplying(504));

        assertThat(write("1").status()).isEqualTo(504);
        assertThat(write("1").status()).isEqualTo(200);
        assertThat(server.requests().repeats()).containsExactly(Map.entry("1", 2L));
    }

    @Test
    void a_refusal_tells_when_to_come_again() {
        server.faults().always(Request.any(), Fault.status(503, Duration.ofSeconds(7)));

        assertThat(write("1").header("Retry-After")).isEqualTo("7");
        server.faults().clear();
        assertThat(write("1").header("Retry-After")).isEmpty();
    }

    @Test
    void something_else_can_answer() {
        server.faults().next(1, WRITE, Fault.instead(Answer.html(200, "Maintenance")));

        assertThat(write("1").text()).contains("Maintenance");
        assertThat(applied).isEmpty();
        assertThat(server.requests().lines()).containsExactly("POST /write");
    }

    @Test
    void a_delay_is_waited_and_ends_with_the_server() throws Exception {
        server.faults().next(1, WRITE, Fault.delay(Duration.ofMillis(30)));
        long before = System.nanoTime();
        write("1");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(30));

        CountDownLatch waiting = new CountDownLatch(1);
        server.faults().next(1, WRITE, Fault.before(waiting::countDown), Fault.delay(Duration.ofHours(1)));
        CompletableFuture<SimulatorClient.Reply> late = CompletableFuture.supplyAsync(() -> write("2"));
        waiting.await();
        server.close();
        assertThatThrownBy(late::join).hasCauseInstanceOf(UncheckedIOException.class);
    }

    @Test
    void work_can_be_done_around_a_request() {
        server.faults()
                .next(1, WRITE, Fault.before(() -> applied.add("before")), Fault.after(() -> applied.add("after")));

        write("1");
        assertThat(applied).containsExactly("before", "1", "after");
    }

    @Test
    void a_client_that_has_died_is_not_heard_until_it_is_started_again() {
        server.faults().silenceAfter(request -> request.text().equals("2"));

        write("1");
        write("2");
        assertThatThrownBy(() -> write("3")).isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(() -> write("2")).isInstanceOf(UncheckedIOException.class);
        server.faults().clear();
        write("3");
        assertThat(applied).containsExactly("1", "2", "3");
    }

    @Test
    void a_system_that_dies_within_a_request_answers_nothing() {
        assertThatThrownBy(() -> write("\"die\"")).isInstanceOf(UncheckedIOException.class);
        assertThat(server.requests().entries().get(0).applied()).isTrue();
        assertThat(write("1").status()).isEqualTo(200);
    }

    @Test
    void a_server_that_is_down_refuses_connections_and_comes_back_on_its_port() {
        String url = server.url();
        server.down();

        assertThatThrownBy(() -> write("1"))
                .isInstanceOf(UncheckedIOException.class)
                .hasCauseInstanceOf(ConnectException.class);
        server.up();
        assertThat(server.url()).isEqualTo(url);
        assertThat(write("1").status()).isEqualTo(200);
    }

    @Test
    void answers_are_zipped_for_who_accepts_it() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + "/write"))
                .header("Accept-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofString("1"))
                .build();
        HttpResponse<byte[]> response =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());

        assertThat(response.headers().firstValue("Content-Encoding")).hasValue("gzip");
        try (GZIPInputStream unzip = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
            assertThat(Json.parse(new String(unzip.readAllBytes(), StandardCharsets.UTF_8))
                            .path("long")
                            .asText())
                    .isEqualTo(LONG);
        }
        assertThat(write("2").header("Content-Encoding")).isEmpty();
    }

    @Test
    void a_token_that_was_tampered_with_is_none() {
        Tokens tokens = new Tokens(clock);
        String token = tokens.issue(Duration.ofMinutes(1), Json.object("sub", "1"));

        assertThat(tokens.check(token)).isPresent();
        assertThat(tokens.check("x" + token)).isEmpty();
        assertThat(tokens.check("")).isEmpty();
        clock.tick(Duration.ofMinutes(1));
        assertThat(tokens.check(token)).isEmpty();
    }
}
