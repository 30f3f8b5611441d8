package org.synchub.simulator.openspp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FaultsTest {

    private static final String PARTNER = "res.partner";
    private static final Map<String, Object> SOMEONE = Map.of("is_registrant", true, "name", "A, B");

    private OpenSppSimulator simulator;
    private OdooClient client;

    @BeforeEach
    void start() {
        simulator = OpenSppSimulator.builder().start();
        client = new OdooClient(simulator);
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    private static String create() {
        return OdooClient.envelope(List.of("openspp", 7, "hub", PARTNER, "create", List.of(SOMEONE), Map.of()));
    }

    @Test
    void a_proxy_refuses_so_many_requests_and_then_lets_them_through() {
        simulator.faults().next(2, call -> call.is(PARTNER, "create"), Fault.status(429, Duration.ofSeconds(30)));

        for (int i = 0; i < 2; i++) {
            HttpResponse<String> response = client.post(create());
            assertThat(response.statusCode()).isEqualTo(429);
            assertThat(response.headers().firstValue("Retry-After")).hasValue("30");
        }
        assertThat(simulator.registry().count(PARTNER)).isZero();
        assertThat(client.post(create()).statusCode()).isEqualTo(200);
        assertThat(simulator.registry().count(PARTNER)).isEqualTo(1);
    }

    @Test
    void a_proxy_can_lie_about_what_was_applied() {
        simulator.faults().next(1, call -> true, Fault.statusAfterApplying(504));

        assertThat(client.post(create()).statusCode()).isEqualTo(504);
        assertThat(simulator.registry().count(PARTNER)).isEqualTo(1);
    }

    @Test
    void an_odoo_error_is_answered_and_nothing_applied() {
        FaultPlan plan = simulator.faults().always(call -> call.isWrite(), Fault.serializationFailure());

        assertThat(client.error(PARTNER, "create", SOMEONE)).startsWith("psycopg2.errors.SerializationFailure: ");
        assertThat(simulator.registry().count(PARTNER)).isZero();
        simulator.faults().remove(plan);
        assertThat(client.create(PARTNER, SOMEONE)).isPositive();
    }

    @ParameterizedTest
    @EnumSource(Fault.Cut.class)
    void a_cut_connection_is_an_error_for_the_client_whatever_was_applied(Fault.Cut where) throws IOException {
        simulator.faults().next(1, call -> call.is(PARTNER, "create"), Fault.cut(where));

        assertThat(answerOverOneConnection(create())).doesNotEndWith("}");
        assertThat(simulator.registry().count(PARTNER)).isEqualTo(where == Fault.Cut.BEFORE_APPLYING ? 0 : 1);
        assertThat(simulator.requests().entries().get(0).status()).isZero();
    }

    /** A raw socket, since HTTP clients repeat a request whose connection was cut. */
    private String answerOverOneConnection(String body) throws IOException {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), simulator.port())) {
            socket.getOutputStream()
                    .write(("POST /jsonrpc HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                                    + content.length + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(content);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void a_server_that_is_down_refuses_connections_and_comes_back_on_its_port() {
        int port = simulator.port();
        client.create(PARTNER, SOMEONE);
        simulator.down();

        assertThatThrownBy(() -> client.post(create()))
                .isInstanceOf(UncheckedIOException.class)
                .hasCauseInstanceOf(ConnectException.class);
        simulator.up();
        assertThat(simulator.port()).isEqualTo(port);
        client.create(PARTNER, SOMEONE);
        assertThat(simulator.registry().count(PARTNER)).isEqualTo(2);
    }

    @Test
    void plans_compose_and_delays_hold_back_one_request_only() {
        simulator.faults().next(1, call -> true, Fault.delay(Duration.ofMillis(20)), Fault.status(503));
        simulator.faults().next(1, call -> true, Fault.status(500));

        long before = System.nanoTime();
        assertThat(client.post(create()).statusCode()).isEqualTo(503);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(20));
        assertThat(client.post(create()).statusCode()).isEqualTo(200);
    }

    @Test
    void the_log_counts_requests_and_sees_writes_meet_in_a_household() throws Exception {
        Registry registry = simulator.registry();
        int household = registry.createPartner(Map.of("name", "HH", "is_group", true));
        int one = registry.createPartner(Map.of("name", "A, B"));
        int two = registry.createPartner(Map.of("name", "C, D"));
        int stranger = registry.createPartner(Map.of("name", "E, F"));
        registry.addMember(household, one);
        registry.addMember(household, two);
        CountDownLatch all = new CountDownLatch(3);
        simulator.faults().add(call -> {
            all.countDown();
            try {
                all.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return List.of();
        });
        List<CompletableFuture<Boolean>> writes = List.of(one, two, stranger).stream()
                .map(id -> CompletableFuture.supplyAsync(
                        () -> new OdooClient(simulator).write(PARTNER, id, Map.of("birth_place", "X"))))
                .toList();
        for (CompletableFuture<Boolean> write : writes) {
            assertThat(write.get()).isTrue();
        }

        assertThat(simulator.requests().mostWritesAtOnce(household)).isEqualTo(2);
        assertThat(simulator.requests().mostWritesAtOnce(stranger)).isZero();
        assertThat(simulator.requests().mostWritesAtOnce()).isEqualTo(2);
        assertThat(simulator.requests().mostAtOnce()).isEqualTo(3);
        assertThat(simulator.requests().count(PARTNER, "write")).isEqualTo(3);
        simulator.requests().clear();
        assertThat(simulator.requests().counts()).isEmpty();
    }

    @Test
    void latency_is_waited_by_every_request() {
        try (OpenSppSimulator slow =
                OpenSppSimulator.builder().latency(Duration.ofMillis(30)).start()) {
            long before = System.nanoTime();
            new OdooClient(slow).create(PARTNER, SOMEONE);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(30));
        }
    }

    @Test
    void answers_are_zipped_for_who_accepts_it() throws Exception {
        for (int i = 0; i < 20; i++) {
            client.create(PARTNER, SOMEONE);
        }
        String search = OdooClient.envelope(List.of(
                "openspp", 7, "hub", PARTNER, "search_read", List.of(List.of()), Map.of("fields", List.of("name"))));
        HttpRequest request = HttpRequest.newBuilder(URI.create(simulator.url() + "/jsonrpc"))
                .header("Content-Type", "application/json")
                .header("Accept-Encoding", "gzip, deflate")
                .POST(HttpRequest.BodyPublishers.ofString(search))
                .build();
        HttpResponse<byte[]> response =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());

        assertThat(response.headers().firstValue("Content-Encoding")).hasValue("gzip");
        try (GZIPInputStream unzip = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
            assertThat(OdooClient.JSON.readTree(unzip).path("result")).hasSize(20);
        }
        assertThat(client.post(search).headers().firstValue("Content-Encoding")).isEmpty();
    }

    @Test
    void zipped_requests_need_an_option() throws Exception {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(zipped)) {
            zip.write(create().getBytes(StandardCharsets.UTF_8));
        }
        try (OpenSppSimulator modern =
                OpenSppSimulator.builder().gzipRequests(true).start()) {
            for (OpenSppSimulator each : List.of(simulator, modern)) {
                HttpRequest request = HttpRequest.newBuilder(URI.create(each.url() + "/jsonrpc"))
                        .header("Content-Type", "application/json")
                        .header("Content-Encoding", "gzip")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(zipped.toByteArray()))
                        .build();
                int status = HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .statusCode();
                assertThat(status).isEqualTo(each == modern ? 200 : 400);
            }
        }
    }

    @Test
    void one_write_after_the_other_is_never_two_at_once_and_each_is_in_the_log_when_its_answer_is_there() {
        Registry registry = simulator.registry();
        int household = registry.createPartner(Map.of("name", "Household 1", "is_group", true));
        int one = registry.createPartner(Map.of("name", "A, B"));
        registry.addMember(household, one);

        for (int i = 1; i <= 300; i++) {
            assertThat(client.write(PARTNER, one, Map.of("birth_place", "Place " + i)))
                    .isTrue();
            assertThat(simulator.requests().entries()).hasSize(i);
        }

        assertThat(simulator.requests().mostWritesAtOnce(household)).isEqualTo(1);
        assertThat(simulator.requests().mostAtOnce()).isEqualTo(1);
    }

    @Test
    void a_call_is_named_without_its_values() {
        simulator.faults().add(call -> {
            assertThat(call.toString()).isEqualTo("#" + call.number() + " res.partner.create(1)");
            return List.of();
        });
        assertThat(client.create(PARTNER, SOMEONE)).isEqualTo(1);
    }
}
