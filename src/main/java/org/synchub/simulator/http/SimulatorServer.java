package org.synchub.simulator.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** A web server on a free loopback port in front of a simulated system: it logs, fails on demand, zips. */
public final class SimulatorServer implements AutoCloseable {

    /** The system behind it. */
    public interface App {

        /** Applies a request and answers it, or throws {@link ServerDied}; called by one thread at a time. */
        Answer answer(Request request);

        /** What a write is about, see {@link RequestLog.Entry#key}; empty for a read. */
        String key(Request request);
    }

    private static final System.Logger LOG = System.getLogger(SimulatorServer.class.getName());
    private static final int THREADS = 16;
    private static final int GZIP_FROM = 256;

    static {
        // Without it the JDK's server waits for the client's delayed ACK between headers and body, 40 ms per request.
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
    }

    private final App app;
    private final Clock clock;
    private final boolean gzip;
    private final Faults faults = new Faults();
    private final RequestLog log = new RequestLog();
    private final AtomicLong requests = new AtomicLong();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final ExecutorService executor;
    private int port;
    private @Nullable HttpServer server;

    /** {@code name} is that of its threads; {@code gzip}: it reads zipped bodies and zips answers for who accepts it. */
    public SimulatorServer(String name, App app, Clock clock, boolean gzip) {
        this.app = app;
        this.clock = clock;
        this.gzip = gzip;
        AtomicLong number = new AtomicLong();
        this.executor = Executors.newFixedThreadPool(THREADS, work -> {
            Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        up();
    }

    /** Without a slash at its end. */
    public synchronized String url() {
        return "http://127.0.0.1:" + port;
    }

    public Faults faults() {
        return faults;
    }

    public RequestLog requests() {
        return log;
    }

    /** Listens again, on the same port. */
    public synchronized void up() {
        if (server != null) {
            return;
        }
        try {
            HttpServer created = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            created.createContext("/", this::handle);
            created.setExecutor(executor);
            created.start();
            port = created.getAddress().getPort();
            server = created;
        } catch (IOException e) {
            throw new UncheckedIOException("A simulated system cannot listen on port " + port, e);
        }
    }

    /** Connections are refused until {@link #up}. */
    public synchronized void down() {
        if (server != null) {
            server.stop(0);
            server = null;
        }
    }

    @Override
    public void close() {
        // Down first: a request that is let go out of its delay finds nobody to answer.
        down();
        closing.countDown();
        executor.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        Instant at = clock.instant();
        try {
            Request request = read(exchange);
            Outcome outcome = outcome(request);
            // Logged before it is answered, so that a client who has its answer finds its request here.
            log.add(new RequestLog.Entry(
                    request.number(),
                    request.method(),
                    request.path(),
                    at,
                    request.query(),
                    headers(request),
                    request.text(),
                    request.body(),
                    app.key(request),
                    outcome.applied(),
                    outcome.status()));
            if (outcome.answer() != null && outcome.half()) {
                sendHalf(exchange, outcome.answer());
            } else if (outcome.answer() != null) {
                send(exchange, outcome.answer());
            }
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "A simulated system failed on a request", e);
        } finally {
            exchange.close();
        }
    }

    private static Map<String, String> headers(Request request) {
        Map<String, String> headers = new TreeMap<>();
        request.headers().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
        return headers;
    }

    /** What becomes of a request; without an answer its connection is cut. */
    private record Outcome(boolean applied, @Nullable Answer answer, boolean half) {

        int status() {
            return answer == null || half ? 0 : answer.status();
        }
    }

    private Outcome outcome(Request request) {
        List<Fault> all = faults.of(request);
        for (Fault fault : all) {
            if (fault instanceof Fault.Delay delay) {
                pause(delay.time());
            } else if (fault instanceof Fault.Before before) {
                before.work().run();
            }
        }
        Fault decisive = all.stream()
                .filter(fault -> fault instanceof Fault.Status
                        || fault instanceof Fault.Connection
                        || fault instanceof Fault.Instead)
                .findFirst()
                .orElse(null);
        if (decisive instanceof Fault.Connection cut && cut.at() == Fault.Cut.BEFORE_APPLYING) {
            return new Outcome(false, null, false);
        }
        if (decisive instanceof Fault.Status status && !status.applied()) {
            return new Outcome(false, proxy(status), false);
        }
        if (decisive instanceof Fault.Instead instead) {
            return new Outcome(false, instead.answer(), false);
        }
        Answer answer;
        try {
            synchronized (app) {
                answer = app.answer(request);
            }
        } catch (ServerDied e) {
            return new Outcome(true, null, false);
        }
        for (Fault fault : all) {
            if (fault instanceof Fault.After after) {
                after.work().run();
            }
        }
        if (decisive instanceof Fault.Status status) {
            return new Outcome(true, proxy(status), false);
        }
        if (decisive instanceof Fault.Connection cut) {
            return new Outcome(true, cut.at() == Fault.Cut.IN_ANSWER ? answer : null, true);
        }
        return new Outcome(true, answer, false);
    }

    private Request read(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (gzip && "gzip".equalsIgnoreCase(exchange.getRequestHeaders().getFirst("Content-Encoding"))) {
            try (GZIPInputStream unzip = new GZIPInputStream(new ByteArrayInputStream(body))) {
                body = unzip.readAllBytes();
            }
        }
        String text = new String(body, StandardCharsets.UTF_8);
        return new Request(
                requests.incrementAndGet(),
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                Arrays.stream(exchange.getRequestURI().getRawPath().substring(1).split("/", -1))
                        .map(step -> decoded(step.replace("+", "%2B")))
                        .toList(),
                query(exchange.getRequestURI().getRawQuery()),
                exchange.getRequestHeaders(),
                text,
                Json.parse(text));
    }

    private static Map<String, String> query(@Nullable String raw) {
        Map<String, String> query = new LinkedHashMap<>();
        for (String pair : raw == null || raw.isEmpty() ? new String[0] : raw.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            query.put(decoded(name), equals < 0 ? "" : decoded(pair.substring(equals + 1)));
        }
        return query;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** Waits, unless the server is closed first. */
    private void pause(Duration time) {
        try {
            if (closing.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.log(System.Logger.Level.DEBUG, "Closed within a delay");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Answer proxy(Fault.Status status) {
        Answer page = Answer.html(status.code(), "<h1>Error " + status.code() + "</h1>");
        return status.retryAfter() == null
                ? page
                : page.with("Retry-After", Long.toString(status.retryAfter().toSeconds()));
    }

    private void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        headers(exchange, answer);
        String accepted = exchange.getRequestHeaders().getFirst("Accept-Encoding");
        if (gzip && body.length >= GZIP_FROM && accepted != null && accepted.contains("gzip")) {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            body = zipped(body);
        }
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    private static void sendHalf(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        headers(exchange, answer);
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(Arrays.copyOf(body, body.length / 2));
        exchange.getResponseBody().flush();
    }

    private static void headers(HttpExchange exchange, Answer answer) {
        if (!answer.contentType().isEmpty()) {
            exchange.getResponseHeaders().set("Content-Type", answer.contentType());
        }
        answer.headers().forEach(exchange.getResponseHeaders()::set);
    }

    private static byte[] zipped(byte[] body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(body);
        }
        return bytes.toByteArray();
    }
}
