package org.synchub.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.synchub.admin.security.Role;
import org.synchub.demo.SampleDevice;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.sync.Captures;
import org.synchub.sync.Correlation;
import org.synchub.sync.Pushes;
import org.synchub.testing.ApiClient;
import org.synchub.testing.FaultProxy;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.OtlpReceiver;
import org.synchub.testing.OtlpReceiver.Received;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** A collector of traces sees what the hub does, from who asked to every request, and nothing of any person. */
class TracingTest {

    private static final String ASKED_IN = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String ASKED_BY = "00f067aa0ba902b7";

    private static final OpenSppSimulator registry = OpenSppTarget.registry().start();
    private static final OtlpReceiver collector = new OtlpReceiver();
    private static FaultProxy toRegistry;
    private static DataSource store;
    private static TestHub hub;
    private static SampleDevice device;

    @BeforeAll
    static void start() throws Exception {
        toRegistry = new FaultProxy(registry.url());
        store = TestDatabase.dataCollect();
        hub = traced(store, collector.endpoint()).set("server.port", 0).start();
        device = new SampleDevice(store, "t", Clock.systemUTC(), 1);
    }

    @AfterAll
    static void stop() {
        hub.close();
        toRegistry.close();
        registry.close();
        collector.close();
    }

    private static TestHub.Builder traced(DataSource on, String endpoint) {
        return TestHub.on(on)
                .mapping("openspp", OpenSppTarget.mapping("openspp", "t", toRegistry.url()))
                .set("management.otlp.tracing.endpoint", endpoint);
    }

    private static void flush(TestHub of) {
        assertThat(of.bean(SdkTracerProvider.class)
                        .forceFlush()
                        .join(20, TimeUnit.SECONDS)
                        .isDone())
                .isTrue();
    }

    private static Received run(String direction, String correlation) {
        flush(hub);
        return collector.named(direction).stream()
                .filter(span -> span.attribute("synchub.correlation").equals(correlation))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + direction + " of " + correlation + " among "
                        + collector.spans().stream().map(Received::name).toList()));
    }

    private static List<Received> parts(String name, Received of) {
        return collector.named(name).stream().filter(span -> span.isPartOf(of)).toList();
    }

    private static List<Received> requestsOf(Received part) {
        return collector.spans().stream()
                .filter(span -> span.isPartOf(part) && span.kind() == SpanKind.SPAN_KIND_CLIENT)
                .toList();
    }

    @Test
    void a_push_is_shown_from_who_asked_for_it_down_to_each_request_and_the_target_can_take_it_up() throws Exception {
        ApiClient operator = hub.api(Role.OPERATOR);
        String household = device.createHousehold("House of Ann");
        String person = device.createPerson(household, "Ann", "Home");
        hub.push("openspp");
        device.update(person, "profession", "Teacher");
        hub.bean(Captures.class).drain();
        int before = toRegistry.requests().size();

        operator.send(
                "POST",
                "/api/v1/targets/openspp/push",
                null,
                Correlation.HEADER,
                "ticket-1",
                "traceparent",
                "00-" + ASKED_IN + "-" + ASKED_BY + "-01");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> hub.lastRun("openspp").correlation().equals("ticket-1")
                        && hub.lastRun("openspp").endedAt() != null
                        && !hub.bean(Pushes.class).isAnyRunning());

        Received push = run("push", "ticket-1");
        Received asked = collector.spans().stream()
                .filter(span -> span.id().equals(push.parent()))
                .findFirst()
                .orElseThrow();
        assertThat(asked.name()).isEqualTo("http post /api/v1/targets/{target}/push");
        assertThat(asked.trace()).isEqualTo(ASKED_IN);
        assertThat(asked.parent()).isEqualTo(ASKED_BY);
        assertThat(asked.kind()).isEqualTo(SpanKind.SPAN_KIND_SERVER);
        assertThat(asked.attributes())
                .containsEntry("uri", "/api/v1/targets/{target}/push")
                .containsEntry("status", "202")
                .containsEntry("synchub.correlation", "ticket-1")
                .doesNotContainKey("http.url");
        assertThat(push.attributes())
                .containsEntry("synchub.target", "openspp")
                .containsEntry("synchub.direction", "push")
                .containsEntry("synchub.cause", "http")
                .containsEntry(
                        "synchub.run", String.valueOf(hub.lastRun("openspp").id()))
                .containsEntry("synchub.status", "success")
                .containsEntry("synchub.updated", "1")
                .containsEntry(
                        "synchub.requests",
                        String.valueOf(hub.lastRun("openspp").requests()));
        List<Received> claims = parts("claim", push);
        assertThat(claims)
                .singleElement()
                .satisfies(claim -> assertThat(claim.attributes())
                        .containsEntry("synchub.records", "1")
                        .containsEntry("synchub.target", "openspp"));
        List<Received> batches = parts("batch", claims.get(0));
        assertThat(batches)
                .singleElement()
                .satisfies(batch -> assertThat(batch.attributes())
                        .containsEntry("synchub.records", "1")
                        .containsEntry("synchub.kinds", "individual")
                        .containsEntry("synchub.accepted", "1"));
        List<Received> requests = requestsOf(batches.get(0));
        assertThat(requests)
                .isNotEmpty()
                .allSatisfy(request -> assertThat(request.attributes())
                        .containsEntry("http.request.method", "POST")
                        .containsEntry("http.response.status_code", "200")
                        .containsEntry("synchub.target", "openspp")
                        .containsEntry("synchub.correlation", "ticket-1"));
        assertThat(requests).extracting(Received::name).contains("res.partner.write");
        List<String> arrived =
                toRegistry.requests().subList(before, toRegistry.requests().size());
        assertThat(requests)
                .hasSameSizeAs(arrived)
                .allSatisfy(request -> assertThat(arrived)
                        .filteredOn(text -> text.toLowerCase(Locale.ROOT)
                                .contains("traceparent: 00-" + ASKED_IN + "-" + request.id() + "-01"))
                        .hasSize(1));
    }

    @Test
    void a_pull_is_shown_page_by_page_and_what_a_caller_attaches_stays_with_the_hub() throws Exception {
        String guid = device.createHousehold("House of Bob");
        hub.push("openspp").pull("openspp");
        int partner = Integer.parseInt(TestDatabase.value(
                store, "SELECT external_id FROM hub.link WHERE target = 'openspp' AND guid = '" + guid + "'"));
        registry.registry().write(partner, Map.of("name", "House of Bobby"));
        int before = toRegistry.requests().size();

        hub.api(Role.OPERATOR)
                .send(
                        "POST",
                        "/api/v1/targets/openspp/pull",
                        null,
                        Correlation.HEADER,
                        "ticket-2",
                        "baggage",
                        "name=Zq7x",
                        "tracestate",
                        "vendor=Zq7x",
                        "traceparent",
                        "00-" + ASKED_IN + "-" + ASKED_BY + "-01");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> hub.lastRun("openspp").correlation().equals("ticket-2")
                        && hub.lastRun("openspp").endedAt() != null);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(run("pull", "ticket-2")).isNotNull());

        Received pull = run("pull", "ticket-2");
        assertThat(pull.attributes())
                .containsEntry("synchub.direction", "pull")
                .containsEntry("synchub.pulled", "1")
                .containsEntry("synchub.status", "success");
        List<Received> read = parts("read page", pull);
        assertThat(read).isNotEmpty();
        assertThat(read.stream().flatMap(page -> requestsOf(page).stream())).isNotEmpty();
        assertThat(parts("apply page", pull))
                .extracting(page -> page.attribute("synchub.records"))
                .contains("1");
        assertThat(toRegistry.requests().subList(before, toRegistry.requests().size()))
                .isNotEmpty()
                .allSatisfy(text -> assertThat(text)
                        .containsIgnoringCase("traceparent: 00-" + ASKED_IN)
                        .doesNotContainIgnoringCase("baggage")
                        .doesNotContain("Zq7x"));
    }

    @Test
    void no_span_holds_an_id_or_an_address_and_probes_are_left_out() throws Exception {
        String guid = device.createHousehold("House of Cid");
        hub.push("openspp").pull("openspp");
        ApiClient viewer = hub.api(Role.VIEWER);
        viewer.get("/api/v1/records/" + guid + "?kind=household");
        viewer.get("/actuator/prometheus");
        viewer.get("/api/v1/nothing/" + guid);
        flush(hub);

        assertThat(collector.spans()).extracting(Received::name).contains("http get /api/v1/records/{guid}");
        List<String> ids = TestDatabase.rows(store, "SELECT guid FROM hub.link UNION SELECT guid FROM public.entities");
        String all = collector.spans().stream().map(Received::whole).collect(Collectors.joining());
        assertThat(ids).isNotEmpty().allSatisfy(id -> assertThat(all).doesNotContain(id));
        assertThat(all).doesNotContain("House", "127.0.0.1", "kind=", "actuator", "filterchain", "authorize");
    }

    @Test
    void a_failure_is_shown_by_its_sort_alone() throws Exception {
        device.createHousehold("House of Dee");
        hub.bean(Captures.class).drain();
        String correlation = "ticket-3";
        registry.down();
        try {
            Correlation.during(correlation, () -> {
                hub.push("openspp");
            });
        } finally {
            registry.up();
        }

        Received push = run("push", correlation);
        assertThat(push.failed()).isTrue();
        assertThat(push.attributes())
                .containsEntry("error.type", "unreachable")
                .containsEntry("synchub.status", "failed");
        assertThat(push.whole()).doesNotContain("exception.message", "stacktrace");
        TestHub.clock(store, "1 hour");
        hub.push("openspp");
    }

    @Test
    void a_hub_that_is_not_traced_sets_nothing_up_and_sends_nothing() throws Exception {
        try (OtlpReceiver unused = new OtlpReceiver()) {
            DataSource own = TestDatabase.dataCollect();
            int before = toRegistry.requests().size();
            try (TestHub off = traced(own, unused.endpoint())
                    .set("management.tracing.enabled", false)
                    .start()) {
                new SampleDevice(own, "t", Clock.systemUTC(), 2).createHousehold("House of Eve");
                off.push("openspp");

                assertThat(off.context().getBeanNamesForType(OpenTelemetry.class))
                        .isEmpty();
                assertThat(off.context().getBeanDefinitionNames())
                        .noneMatch(name -> name.toLowerCase(Locale.ROOT).contains("otel")
                                || name.toLowerCase(Locale.ROOT).contains("span"));
                assertThat(off.lastRun("openspp").created()).isEqualTo(1);
            }
            assertThat(toRegistry
                            .requests()
                            .subList(before, toRegistry.requests().size()))
                    .isNotEmpty()
                    .allSatisfy(text -> assertThat(text).doesNotContainIgnoringCase("traceparent"));
            assertThat(unused.requests()).isEmpty();
        }
    }

    @Test
    void a_collector_that_is_slow_or_down_holds_nothing_up_and_is_told_of_once() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        DataSource own = TestDatabase.dataCollect();
        OtlpReceiver slow = new OtlpReceiver();
        int port = slow.port();
        slow.hold();
        try (TestHub traced = traced(own, slow.endpoint())
                .set("management.tracing.opentelemetry.export.schedule-delay", "50ms")
                .start()) {
            ((Logger) LoggerFactory.getLogger("org.synchub.admin.monitoring.SpanGate")).addAppender(log);
            SampleDevice someone = new SampleDevice(own, "t", Clock.systemUTC(), 3);
            someone.createHousehold("House of Fay");
            traced.push("openspp");
            await().atMost(Duration.ofSeconds(30)).until(() -> !slow.requests().isEmpty());
            someone.createHousehold("House of Gus");

            assertThat(traced.push("openspp").lastRun("openspp").status()).isEqualTo("success");
            assertThat(slow.spans()).isEmpty();

            slow.close();
            await().atMost(Duration.ofSeconds(30)).until(() -> !log.list.isEmpty());
            someone.createHousehold("House of Hal");
            assertThat(traced.push("openspp").lastRun("openspp").status()).isEqualTo("success");
            flush(traced);
            assertThat(log.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .singleElement()
                    .asString()
                    .startsWith("Traces cannot be sent (")
                    .contains("management.otlp.tracing.endpoint");

            try (OtlpReceiver back = new OtlpReceiver(port)) {
                someone.createHousehold("House of Ida");
                traced.push("openspp");
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> !back.named("push").isEmpty());
                await().atMost(Duration.ofSeconds(30)).until(() -> log.list.size() == 2);
                assertThat(log.list.get(1).getFormattedMessage()).isEqualTo("Traces are being sent again");
            }
        } finally {
            ((Logger) LoggerFactory.getLogger("org.synchub.admin.monitoring.SpanGate")).detachAppender(log);
            slow.close();
        }
    }
}
