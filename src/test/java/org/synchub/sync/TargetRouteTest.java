package org.synchub.sync;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.matching;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.status;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeSendingEvent;
import org.apache.camel.spi.CamelEvent.ExchangeSentEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.apache.camel.test.spring.junit5.UseAdviceWith;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.synchub.crypto.KeyRing;
import org.synchub.target.ConfigurationProblem;
import org.synchub.target.TargetHttp.Answer;
import org.synchub.target.TargetHttp.Call;
import org.synchub.target.TargetTrouble;

/** routes/target.yaml, and what routes/errors.yaml says of it, against a real HTTP server. */
@CamelSpringBootTest
@SpringBootTest(classes = RoutesUnderTest.class, webEnvironment = WebEnvironment.NONE)
@ExtendWith(OutputCaptureExtension.class)
@UseAdviceWith
@DirtiesContext
class TargetRouteTest {

    private static final WireMockServer SERVER = new WireMockServer(options().dynamicPort());

    @TempDir
    private static Path mappings;

    /** A port that nobody listens on until a test starts something there. */
    private static int quiet;

    @Autowired
    private CamelContext camel;

    @Autowired
    private ProducerTemplate producer;

    @Autowired
    private RoutesUnderTest.Ways ways;

    @Autowired
    private CamelTargetHttp.Factory factory;

    private final Attempts attempts = new Attempts();

    @BeforeAll
    static void startTheServer() throws IOException {
        SERVER.start();
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            quiet = free.getLocalPort();
        }
        target("plain", "url: " + SERVER.baseUrl());
        target("below", "url: " + SERVER.baseUrl() + "/api/v2/");
        target("gzip", "url: " + SERVER.baseUrl() + "\n  gzipRequests: true");
        target("hasty", "url: " + SERVER.baseUrl() + "\n  readTimeout: 200ms");
        target("dead", "url: http://127.0.0.1:" + quiet);
        target("broken", "url: http://127.0.0.1:" + quiet);
        target("nowhere", "connectTimeout: 1s");
    }

    private static void target(String name, String settings) throws IOException {
        target(mappings, name, settings);
    }

    private static Path target(Path folder, String name, String settings) throws IOException {
        return Files.writeString(folder.resolve(name + ".yaml"), RoutesUnderTest.mapping(name, settings));
    }

    @DynamicPropertySource
    static void mappings(DynamicPropertyRegistry properties) {
        properties.add("routes-under-test.mappings", mappings::toString);
    }

    @AfterAll
    static void stopTheServer() {
        SERVER.stop();
    }

    @BeforeEach
    void start() throws Exception {
        if (!camel.isStarted()) {
            RouteStarts.byHand(camel);
        }
        SERVER.resetAll();
        camel.getManagementStrategy().addEventNotifier(attempts);
    }

    @AfterEach
    void stopListening() {
        camel.getManagementStrategy().removeEventNotifier(attempts);
    }

    /** Counts what the route really sends, and lets a test act between two attempts. */
    private static final class Attempts extends EventNotifierSupport {

        private final AtomicInteger sent = new AtomicInteger();
        private volatile Runnable afterEach = () -> {};

        @Override
        public void notify(CamelEvent event) {
            if (event instanceof ExchangeSendingEvent sending
                    && isHttp(sending.getEndpoint().getEndpointUri())) {
                sent.incrementAndGet();
            } else if (event instanceof ExchangeSentEvent done
                    && isHttp(done.getEndpoint().getEndpointUri())) {
                afterEach.run();
            }
        }

        private static boolean isHttp(String uri) {
            return uri.startsWith("http");
        }
    }

    private Answer send(String target, String method, String path, String body, boolean repeatable) {
        byte[] bytes = body.isEmpty() ? null : body.getBytes(StandardCharsets.UTF_8);
        return ways.to(target)
                .exchange(new Call(
                        method,
                        path,
                        Map.of("Content-Type", "application/json"),
                        bytes,
                        repeatable,
                        !method.equals("GET"),
                        "a test's call"));
    }

    private TargetTrouble trouble(String target, String method, boolean repeatable) {
        return catchThrowableOfType(TargetTrouble.class, () -> send(target, method, "/x", "{}", repeatable));
    }

    @Test
    void a_request_arrives_as_the_adapter_made_it() {
        SERVER.stubFor(any(anyUrl()).willReturn(ok("{\"fine\":true}").withHeader("X-Version", "7")));

        Answer answer = send("plain", "POST", "/a/b%20c?q=%C3%A9&r=1+2", "{\"é\":1}", false);

        SERVER.verify(postRequestedFor(urlEqualTo("/a/b%20c?q=%C3%A9&r=1+2"))
                .withHeader("Content-Type", equalTo("application/json"))
                .withRequestBody(equalTo("{\"é\":1}")));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("x-version")).isEqualTo("7");
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo("{\"fine\":true}");
    }

    @Test
    void a_request_says_whose_it_is_and_what_the_adapter_says_itself_goes_before_that() {
        SERVER.stubFor(any(anyUrl()).willReturn(ok()));

        Correlation.during("run-7", () -> {
            send("plain", "GET", "/one", "", true);
            send("plain", "GET", "/two", "", true);
        });
        ways.to("plain")
                .exchange(new Call("GET", "/three", Map.of("x-client-id", "own"), null, true, false, "a test's call"));

        SERVER.verify(getRequestedFor(urlEqualTo("/one"))
                .withHeader("X-Request-ID", matching("run-7-[0-9]+"))
                .withHeader("X-Client-ID", equalTo("tests"))
                .withHeader("X-Sync-Version", equalTo("1")));
        SERVER.verify(getRequestedFor(urlEqualTo("/three"))
                .withHeader("X-Request-ID", matching("[0-9a-f]{16}-[0-9]+"))
                .withHeader("X-Client-ID", equalTo("own")));
        assertThat(SERVER.getAllServeEvents())
                .extracting(event -> event.getRequest().getHeader("X-Request-ID"))
                .doesNotHaveDuplicates();
    }

    @Test
    void the_path_is_below_the_targets_address() {
        SERVER.stubFor(any(anyUrl()).willReturn(ok()));

        send("below", "GET", "/people?page=2", "", true);

        SERVER.verify(getRequestedFor(urlEqualTo("/api/v2/people?page=2")));
    }

    @Test
    void stray_headers_neither_leave_nor_redirect_the_call() {
        SERVER.stubFor(any(anyUrl()).willReturn(ok()));

        producer.send("direct:http-plain", exchange -> {
            exchange.setProperty(
                    CamelTargetHttp.CALL, new Call("GET", "/here", Map.of(), null, true, false, "a test's call"));
            exchange.getMessage().setHeader("X-Stray", "person's name");
            exchange.getMessage().setHeader(Exchange.HTTP_URI, "http://127.0.0.1:" + quiet);
            exchange.getMessage().setHeader(Exchange.HTTP_QUERY, "stray=1");
        });

        SERVER.verify(getRequestedFor(urlEqualTo("/here")).withHeader("X-Stray", absent()));
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 304, 400, 401, 404, 409, 422, 500, 501})
    void what_a_server_answers_is_for_the_adapter_to_read(int code) {
        SERVER.stubFor(any(anyUrl()).willReturn(status(code)));

        assertThat(send("plain", "PUT", "/x", "{}", false).status()).isEqualTo(code);

        SERVER.verify(1, anyRequestedFor(anyUrl()));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void where_a_server_points_to_is_never_asked_and_told_no_secret(int code) {
        SERVER.stubFor(any(urlEqualTo("/x"))
                .willReturn(status(code).withHeader("Location", "http://localhost:" + SERVER.port() + "/elsewhere")));

        assertThat(send("plain", "GET", "/x", "", true).status()).isEqualTo(code);
        assertThat(send("plain", "POST", "/x", "{}", false).status()).isEqualTo(code);

        SERVER.verify(2, anyRequestedFor(anyUrl()));
        SERVER.verify(0, anyRequestedFor(urlEqualTo("/elsewhere")));
    }

    @ParameterizedTest
    @CsvSource({"429,OVERLOADED,false", "502,UNREACHABLE,true", "503,UNREACHABLE,true", "504,UNREACHABLE,true"})
    void some_statuses_are_the_targets_own_trouble(int code, TargetTrouble.Kind kind, boolean maybeApplied) {
        SERVER.stubFor(any(anyUrl()).willReturn(status(code)));

        TargetTrouble trouble = trouble("plain", "POST", false);

        assertThat(trouble.kind()).isEqualTo(kind);
        assertThat(trouble.maybeApplied()).isEqualTo(maybeApplied);
        assertThat(trouble).hasMessageContaining("plain").hasMessageContaining(String.valueOf(code));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_post_that_was_answered_503_is_not_repeated_behind_the_adapters_back(boolean repeatable) {
        SERVER.stubFor(any(anyUrl()).willReturn(status(503).withHeader("Retry-After", "0")));

        assertThat(trouble("plain", "POST", repeatable).kind()).isEqualTo(TargetTrouble.Kind.UNREACHABLE);

        SERVER.verify(1, anyRequestedFor(anyUrl()));
    }

    @ParameterizedTest
    @EnumSource(names = {"CONNECTION_RESET_BY_PEER", "EMPTY_RESPONSE", "MALFORMED_RESPONSE_CHUNK"})
    void a_put_whose_connection_was_cut_is_not_repeated_and_may_have_been_applied(Fault fault) {
        SERVER.stubFor(any(anyUrl()).willReturn(aResponse().withFault(fault)));

        TargetTrouble trouble = trouble("plain", "PUT", true);

        assertThat(trouble.kind()).isEqualTo(TargetTrouble.Kind.UNREACHABLE);
        assertThat(trouble.maybeApplied()).isTrue();
        SERVER.verify(1, anyRequestedFor(anyUrl()));
    }

    @Test
    void a_request_that_was_not_answered_in_time_may_have_been_applied() {
        SERVER.stubFor(any(anyUrl()).willReturn(ok().withFixedDelay(3_000)));

        TargetTrouble trouble = trouble("hasty", "POST", true);

        assertThat(trouble.maybeApplied()).isTrue();
        assertThat(trouble).hasMessageContaining("hasty did not answer within adapter.readTimeout");
        SERVER.verify(1, anyRequestedFor(anyUrl()));
    }

    @Test
    void a_read_changes_nothing_even_when_its_answer_is_lost() {
        SERVER.stubFor(any(anyUrl()).willReturn(aResponse().withFault(Fault.EMPTY_RESPONSE)));

        assertThat(trouble("plain", "GET", true).maybeApplied()).isFalse();
    }

    @Test
    void a_refused_connection_was_certainly_not_applied() {
        TargetTrouble trouble = trouble("dead", "POST", false);

        assertThat(trouble.kind()).isEqualTo(TargetTrouble.Kind.UNREACHABLE);
        assertThat(trouble.maybeApplied()).isFalse();
        assertThat(trouble).hasMessageContaining("dead cannot be reached").hasMessageContaining("adapter.url");
        assertThat(attempts.sent).hasValue(1);
    }

    @Test
    void a_repeatable_request_is_tried_again_when_the_connection_is_refused() {
        TargetTrouble trouble = trouble("dead", "POST", true);

        assertThat(trouble.maybeApplied()).isFalse();
        assertThat(attempts.sent).hasValue(3);
    }

    @Test
    void a_repeatable_request_arrives_once_when_the_server_comes_back_meanwhile() {
        WireMockServer late = new WireMockServer(options().port(quiet).bindAddress("127.0.0.1"));
        late.stubFor(any(anyUrl()).willReturn(ok("late")));
        attempts.afterEach = () -> {
            if (!late.isRunning()) {
                late.start();
            }
        };
        try {
            Answer answer = send("dead", "POST", "/x?y=1", "{}", true);

            assertThat(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo("late");
            late.verify(1, postRequestedFor(urlEqualTo("/x?y=1")).withRequestBody(equalTo("{}")));
        } finally {
            late.stop();
        }
    }

    @Test
    void a_target_that_never_answers_is_left_alone_for_a_while_and_no_other_suffers() {
        SERVER.stubFor(any(anyUrl()).willReturn(ok()));
        for (int i = 0; i < 20; i++) {
            assertThat(trouble("broken", "POST", false)).hasMessageContaining("cannot be reached");
        }
        int before = attempts.sent.get();

        TargetTrouble trouble = trouble("broken", "POST", false);

        assertThat(trouble).hasMessageContaining("its circuit is open");
        assertThat(trouble.kind()).isEqualTo(TargetTrouble.Kind.UNREACHABLE);
        assertThat(trouble.maybeApplied()).isFalse();
        assertThat(attempts.sent).hasValue(before);
        assertThat(send("plain", "GET", "/x", "", true).status()).isEqualTo(200);
    }

    @Test
    void a_wait_asked_for_in_seconds_is_understood() {
        SERVER.stubFor(any(anyUrl()).willReturn(status(429).withHeader("Retry-After", "17")));

        assertThat(trouble("plain", "POST", false).retryAfter()).isEqualTo(Duration.ofSeconds(17));
    }

    @Test
    void a_wait_asked_for_by_a_date_counts_by_the_servers_own_clock() {
        SERVER.stubFor(any(anyUrl())
                .willReturn(status(503)
                        .withHeader("Date", "Sun, 01 Mar 2026 03:00:00 GMT")
                        .withHeader("Retry-After", "Sun, 01 Mar 2026 03:01:30 GMT")));

        assertThat(trouble("plain", "POST", false).retryAfter()).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void a_wait_asked_for_by_a_date_without_one_of_the_server_counts_by_the_hubs_clock() {
        SERVER.stubFor(
                any(anyUrl()).willReturn(status(503).withHeader("Retry-After", "Sun, 01 Mar 2026 12:02:00 GMT")));

        assertThat(trouble("plain", "POST", false).retryAfter()).isEqualTo(Duration.ofMinutes(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "-5", "", "99999999999999999999"})
    void a_wait_that_is_neither_asks_for_nothing_in_particular(String header) {
        SERVER.stubFor(any(anyUrl()).willReturn(status(503).withHeader("Retry-After", header)));

        assertThat(trouble("plain", "POST", false).retryAfter()).isNull();
    }

    @Test
    void a_date_that_has_passed_asks_for_no_wait() {
        SERVER.stubFor(
                any(anyUrl()).willReturn(status(503).withHeader("Retry-After", "Sun, 01 Mar 2026 11:00:00 GMT")));

        assertThat(trouble("plain", "POST", false).retryAfter()).isEqualTo(Duration.ZERO);
    }

    @Test
    void requests_are_compressed_once_where_the_target_takes_it() {
        SERVER.stubFor(any(anyUrl()).willReturn(ok()));
        String body = "{\"names\":\"" + "Nomvula ".repeat(200) + "\"}";

        send("gzip", "POST", "/x", body, false);

        SERVER.verify(postRequestedFor(urlEqualTo("/x"))
                .withHeader("Content-Encoding", equalTo("gzip"))
                .withHeader("Content-Type", equalTo("application/json"))
                .withRequestBody(equalTo(body)));
        LoggedRequest arrived = SERVER.findAll(postRequestedFor(anyUrl())).get(0);
        assertThat(Integer.parseInt(arrived.getHeader("Content-Length"))).isLessThan(body.length() / 4);
    }

    @Test
    void requests_are_not_compressed_unasked() {
        SERVER.stubFor(any(anyUrl()).willReturn(ok()));

        send("plain", "POST", "/x", "{}", false);

        SERVER.verify(postRequestedFor(urlEqualTo("/x")).withHeader("Content-Encoding", absent()));
    }

    @Test
    void a_request_without_a_body_is_not_compressed() {
        SERVER.stubFor(any(anyUrl()).willReturn(ok()));

        send("gzip", "GET", "/x", "", true);

        SERVER.verify(getRequestedFor(urlEqualTo("/x")).withHeader("Content-Encoding", absent()));
    }

    @Test
    void answers_may_be_compressed_and_are_given_on_in_clear() {
        String long_ = "ສະບາຍດີ ".repeat(500);
        SERVER.stubFor(any(anyUrl()).willReturn(ok(long_)));

        Answer answer = send("plain", "GET", "/x", "", true);

        SERVER.verify(getRequestedFor(anyUrl()).withHeader("Accept-Encoding", containing("gzip")));
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo(long_);
        assertThat(answer.header("Content-Encoding")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/list", "/list?since=2026-11-20T15%3A00%3A00Z"})
    void what_was_read_before_is_asked_for_by_its_etag_and_given_again_when_it_still_holds(String path) {
        SERVER.stubFor(get(path).willReturn(ok("[1,2]").withHeader("ETag", "\"one\"")));
        assertThat(read(path)).isEqualTo("200 [1,2]");
        SERVER.verify(getRequestedFor(urlEqualTo(path))
                .withHeader("If-None-Match", absent())
                .withHeader("Via", absent()));
        SERVER.resetAll();
        SERVER.stubFor(get(path)
                .withHeader("If-None-Match", equalTo("\"one\""))
                .willReturn(status(304).withHeader("ETag", "\"one\"")));

        assertThat(read(path)).isEqualTo("200 [1,2]");
        SERVER.verify(1, anyRequestedFor(anyUrl()));

        SERVER.stubFor(get(path).willReturn(ok("[1,2,3]").withHeader("ETag", "\"two\"")));
        assertThat(read(path)).isEqualTo("200 [1,2,3]");
    }

    @Test
    void a_server_that_calls_its_answer_fresh_for_a_day_is_asked_all_the_same() {
        String now = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
        SERVER.stubFor(get("/fresh")
                .willReturn(ok("old").withHeader("Date", now).withHeader("Cache-Control", "private, max-age=86400")));
        assertThat(read("/fresh")).isEqualTo("200 old");
        SERVER.stubFor(get("/fresh")
                .willReturn(ok("new").withHeader("Date", now).withHeader("Cache-Control", "private, max-age=86400")));

        assertThat(read("/fresh")).isEqualTo("200 new");
    }

    @Test
    void an_old_answer_is_no_answer_when_the_server_does_not_give_one() {
        SERVER.stubFor(get("/gone").willReturn(ok("kept").withHeader("ETag", "\"k\"")));
        assertThat(read("/gone")).isEqualTo("200 kept");
        SERVER.stubFor(get("/gone").willReturn(status(500)));
        assertThat(read("/gone")).startsWith("500");
        SERVER.stubFor(get("/gone").willReturn(aResponse().withFault(Fault.EMPTY_RESPONSE)));

        assertThatThrownBy(() -> read("/gone")).isInstanceOf(TargetTrouble.class);
    }

    private String read(String path) {
        Answer answer = send("plain", "GET", path, "", true);
        return answer.status() + " " + new String(answer.body(), StandardCharsets.UTF_8);
    }

    @Test
    void a_failed_call_is_the_callers_to_tell_and_leaves_nothing_in_the_log(CapturedOutput output) {
        SERVER.stubFor(any(anyUrl()).willReturn(aResponse().withFault(Fault.EMPTY_RESPONSE)));

        assertThatThrownBy(() -> send("plain", "POST", "/x?token=s3cret", "{\"name\":\"Amara\"}", false))
                .isInstanceOf(TargetTrouble.class);
        assertThatThrownBy(() -> send("dead", "POST", "/x?token=s3cret", "{\"name\":\"Amara\"}", true))
                .isInstanceOf(TargetTrouble.class);

        assertThat(output.getAll())
                .doesNotContain("s3cret")
                .doesNotContain("Amara")
                .doesNotContain("ERROR");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://example.org",
                "http://user:s3cret@example.org",
                "http://example.org/?key=s3cret",
                "http://example.org/#s3cret",
                "http://{{s3cret}}",
                "example.org"
            })
    void an_address_that_camel_would_take_apart_is_refused_and_not_quoted(String url, @TempDir Path folder)
            throws IOException {
        Path file = target(folder, "odd", "url: '" + url + "'");
        TargetRegistry odd = new TargetRegistry(
                List.of(folder),
                name -> null,
                List.of(ways),
                Map.of(),
                new KeyRing(Map.of()),
                factory,
                RoutesUnderTest.CLOCK);

        assertThatThrownBy(() -> new RouteFiles(Path.of("routes"), odd, new DefaultSslBundleRegistry(), false)
                        .beforeApplicationStart(camel))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageStartingWith(file + ":7:")
                .hasMessageContaining("setting 'url' must be")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
    }

    @Test
    void a_target_without_an_address_says_so() {
        TargetTrouble trouble = trouble("nowhere", "GET", true);

        assertThat(trouble.kind()).isEqualTo(TargetTrouble.Kind.MISCONFIGURED);
        assertThat(trouble).hasMessageContaining("adapter.url").hasMessageContaining("nowhere.yaml");
    }
}
