package org.synchub.sync;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.component.http.springboot.HttpComponentAutoConfiguration;
import org.apache.camel.spring.boot.CamelAutoConfiguration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.synchub.crypto.KeyRing;
import org.synchub.mapping.Mapping;
import org.synchub.target.Adapter;
import org.synchub.target.AdapterFactory;
import org.synchub.target.TargetHttp;
import org.synchub.testing.MemoryAdapter;

/**
 * The project's own route files in a Camel context without a database. What the routes call by name is a double that
 * writes down what it was asked; only the way to a target is the real one. It bears no annotation of a configuration: the
 * hub's own scan would find it in the tests that start a whole hub.
 */
@ImportAutoConfiguration({CamelAutoConfiguration.class, HttpComponentAutoConfiguration.class, SslAutoConfiguration.class
})
class RoutesUnderTest {

    /** The present of these tests. */
    static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);

    /** A mapping file of a target with these settings below its adapter, written as they stand there. */
    static String mapping(String name, String settings) {
        return """
                version: 1
                target: %s
                tenant: t
                mappingVersion: 1
                adapter:
                  type: nothing
                  %s
                kinds:
                  person:
                    match: {data.entityName: individual}
                    fields:
                      name: {path: data.name}
                """.formatted(name, settings);
    }

    @Bean
    Clock clock() {
        return CLOCK;
    }

    @Bean
    CamelTargetHttp.Factory targetHttp(CamelContext camel, Clock clock) {
        return new CamelTargetHttp.Factory(
                camel, clock, (target, unit, length) -> Duration.ZERO, "tests", Traces.off());
    }

    @Bean
    CamelTargetHttp.Request targetRequest() {
        return new CamelTargetHttp.Request();
    }

    @Bean
    Ways ways() {
        return new Ways();
    }

    @Bean
    TargetRegistry targets(
            @Value("${routes-under-test.mappings:}") String folder,
            Ways ways,
            CamelTargetHttp.Factory http,
            Clock clock)
            throws IOException {
        Path mappings = folder.isEmpty() ? Files.createTempDirectory("no-mappings") : Path.of(folder);
        return new TargetRegistry(
                List.of(mappings), name -> null, List.of(ways), Map.of(), new KeyRing(Map.of()), http, clock);
    }

    @Bean
    RouteFiles routeFiles(
            @Value("${routes-under-test.routes:routes}") Path routes, TargetRegistry targets, SslBundles bundles) {
        return new RouteFiles(routes, targets, bundles, false);
    }

    @Bean
    Asked asked() {
        return new Asked();
    }

    @Bean
    CapturesDouble captures(Asked asked) {
        return new CapturesDouble(asked);
    }

    @Bean
    AlertsDouble alerts(Asked asked) {
        return new AlertsDouble(asked);
    }

    @Bean
    EventLogDouble eventLog(Asked asked) {
        return new EventLogDouble(asked);
    }

    @Bean
    ExchangesDouble exchanges(Asked asked) {
        return new ExchangesDouble(asked);
    }

    @Bean
    AuditTrailDouble auditTrail(Asked asked) {
        return new AuditTrailDouble(asked);
    }

    @Bean
    ApiLoginsDouble apiLogins(Asked asked) {
        return new ApiLoginsDouble(asked);
    }

    @Bean
    OldRunsDouble oldRuns(Asked asked) {
        return new OldRunsDouble(asked);
    }

    @Bean
    RefusalsDouble refusals(Asked asked) {
        return new RefusalsDouble(asked);
    }

    @Bean
    PushRequestsDouble pushRequests(Asked asked) {
        return new PushRequestsDouble(asked);
    }

    @Bean
    PushesDouble pushes(Asked asked) {
        return new PushesDouble(asked);
    }

    @Bean
    PushDouble push(Asked asked) {
        return new PushDouble(asked);
    }

    @Bean
    PullsDouble pulls(Asked asked) {
        return new PullsDouble(asked);
    }

    @Bean
    PullDouble pull(Asked asked) {
        return new PullDouble(asked);
    }

    @Bean
    VanishedDouble vanished(Asked asked) {
        return new VanishedDouble(asked);
    }

    @Bean(destroyMethod = "shutdownNow")
    ExecutorService pushWriters() {
        return Executors.newCachedThreadPool();
    }

    private static String caught(Exchange exchange) {
        return String.valueOf(
                exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class).getMessage());
    }

    /** What the doubles were asked, in order. */
    static final class Asked {

        private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

        void add(String call) {
            calls.add(call);
        }

        List<String> calls() {
            return List.copyOf(calls);
        }
    }

    /** Makes adapters that do nothing, and keeps the way to each target for the test to use. */
    static final class Ways implements AdapterFactory {

        private final Map<String, TargetHttp> ways = new ConcurrentHashMap<>();

        @Override
        public String type() {
            return "nothing";
        }

        @Override
        public Adapter create(Mapping mapping, TargetHttp http, Clock clock) {
            ways.put(mapping.target(), http);
            return new MemoryAdapter();
        }

        TargetHttp to(String target) {
            TargetHttp way = ways.get(target);
            if (way == null) {
                throw new IllegalArgumentException("No target " + target);
            }
            return way;
        }
    }

    record AlertsDouble(Asked asked) {

        public List<String> look() {
            asked.add("look");
            return List.of("first", "second");
        }

        public void told(String alert) {
            asked.add("told " + alert);
        }

        public void notTold() {
            asked.add("not told");
        }
    }

    record EventLogDouble(Asked asked) {

        public void trim() {
            asked.add("trim");
        }
    }

    record ExchangesDouble(Asked asked) {

        public void tidy() {
            asked.add("tidy");
        }
    }

    record AuditTrailDouble(Asked asked) {

        public void seal() {
            asked.add("seal");
        }
    }

    record OldRunsDouble(Asked asked) {

        public void forget() {
            asked.add("forget");
        }
    }

    record ApiLoginsDouble(Asked asked) {

        public void forget() {
            asked.add("forgetLogins");
        }
    }

    record RefusalsDouble(Asked asked) {

        public void settle() {
            asked.add("settle");
        }
    }

    record CapturesDouble(Asked asked) {

        public void drain() {
            asked.add("drain");
        }

        public void sweep() {
            asked.add("sweep");
        }

        public void sweepUnlessTriggered() {
            asked.add("sweepUnlessTriggered");
        }

        public void housekeeping() {
            asked.add("housekeeping");
        }
    }

    static final class PushRequestsDouble {

        private final Asked asked;
        volatile boolean wanted = true;

        PushRequestsDouble(Asked asked) {
            this.asked = asked;
        }

        public String due(Map<String, Object> row) {
            return "request for " + row.get("name");
        }

        public boolean isWanted(String request) {
            return wanted;
        }

        public List<String> scheduled() {
            return List.of("request for a", "request for b");
        }

        public List<String> scheduledPulls() {
            return List.of("pull of a", "pull of b");
        }

        public List<String> scheduledSweeps() {
            return List.of("sweep of a", "sweep of b");
        }

        public void failed(Exchange exchange) {
            asked.add("failed: " + caught(exchange));
        }

        public void writerFailed(Exchange exchange) {
            asked.add("writerFailed: " + exchange.getMessage().getBody() + ", " + caught(exchange));
        }

        private static String caught(Exchange exchange) {
            return String.valueOf(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class)
                    .getMessage());
        }
    }

    static final class PushesDouble {

        private final Asked asked;
        volatile boolean nothingDue;
        volatile List<Writer> writers = List.of();
        volatile @Nullable RuntimeException beginFails;

        PushesDouble(Asked asked) {
            this.asked = asked;
        }

        public @Nullable String begin(String request) {
            asked.add("begin: " + request);
            RuntimeException failure = beginFails;
            if (failure != null) {
                throw failure;
            }
            return nothingDue ? null : "run";
        }

        public List<Writer> writers(String run) {
            return writers;
        }

        public void end(String run) {
            asked.add("end: " + run);
        }
    }

    /** A writer that finds work at each of its claims but the last; the numbers say how many batches it makes. */
    static final class Writer {

        private final String name;
        private final Deque<Integer> claims = new ArrayDeque<>();
        private boolean working;
        private int mapped;
        private int batches;

        Writer(String name, Integer... claims) {
            this.name = name;
            this.claims.addAll(List.of(claims));
        }

        public boolean isWorking() {
            return working;
        }

        public boolean isBatchReady() {
            return batches > 0;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static final class PushDouble {

        private final Asked asked;
        volatile @Nullable String sendFailsFor;

        PushDouble(Asked asked) {
            this.asked = asked;
        }

        public void claim(Writer writer) {
            asked.add(writer + " claim");
            Integer next = writer.claims.poll();
            writer.working = next != null;
            writer.mapped = next == null ? 0 : next;
        }

        public void map(Writer writer) {
            asked.add(writer + " map");
            writer.batches = writer.mapped;
        }

        public void send(Writer writer) {
            if (writer.name.equals(sendFailsFor)) {
                throw new IllegalStateException("the send failed");
            }
            asked.add(writer + " send");
        }

        public void settle(Writer writer) {
            asked.add(writer + " settle");
            writer.batches--;
        }
    }

    /** A pull that finds this many pages. */
    static final class Pages {

        private final String request;
        private int left;

        Pages(String request, int pages) {
            this.request = request;
            this.left = pages;
        }

        public boolean isMore() {
            return left > 0;
        }

        @Override
        public String toString() {
            return request;
        }
    }

    static final class PullsDouble {

        private final Asked asked;
        volatile int pages;
        volatile boolean nothingToDo;

        PullsDouble(Asked asked) {
            this.asked = asked;
        }

        public @Nullable Pages begin(String request) {
            asked.add("begin " + request);
            return nothingToDo ? null : new Pages(request, pages);
        }

        public @Nullable Pages beginSweep(String request) {
            return begin(request);
        }

        public void end(Pages run) {
            asked.add("end " + run);
        }

        public void failed(Exchange exchange) {
            asked.add("failed: " + caught(exchange));
            exchange.getMessage().setBody(null);
        }
    }

    static final class PullDouble {

        private final Asked asked;
        volatile boolean applyFails;

        PullDouble(Asked asked) {
            this.asked = asked;
        }

        public void read(Pages run) {
            asked.add("read");
            run.left--;
        }

        public void apply(Pages run) {
            if (applyFails) {
                throw new IllegalStateException("the page could not be applied");
            }
            asked.add("apply");
        }

        public void retryParked(Pages run) {
            asked.add("retry parked");
        }
    }

    static final class VanishedDouble {

        private final Asked asked;
        volatile @Nullable String failsFor;

        VanishedDouble(Asked asked) {
            this.asked = asked;
        }

        public void sweep(Pages run) {
            if (run.request.equals(failsFor)) {
                throw new IllegalStateException("the target was not asked");
            }
            asked.add("look for what vanished: " + run);
        }
    }
}
