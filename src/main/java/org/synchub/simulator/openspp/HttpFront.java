package org.synchub.simulator.openspp;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** The HTTP side: routes, the answers of a web server and a proxy, faults, latency. */
final class HttpFront {

    /** Settings of the web server; {@code threads} is how many requests are served at once. */
    record Settings(int port, int threads, Duration latency, boolean gzipAnswers, boolean gzipRequests) {}

    private static final System.Logger LOG = System.getLogger(HttpFront.class.getName());
    private static final int GZIP_FROM = 256;
    private static final String HTML = "text/html; charset=utf-8";

    static {
        // Without it the JDK's server waits for the client's delayed ACK between headers and body, 40 ms per request.
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
    }

    private final Settings settings;
    private final Store store;
    private final ObjectService objects;
    private final JsonRpc rpc;
    private final Faults faults;
    private final RequestLog log;
    private final ExecutorService executor;
    private final AtomicLong requests = new AtomicLong();
    private int port;
    private @Nullable HttpServer server;

    HttpFront(Settings settings, Store store, ObjectService objects, JsonRpc rpc, Faults faults, RequestLog log) {
        this.settings = settings;
        this.store = store;
        this.objects = objects;
        this.rpc = rpc;
        this.faults = faults;
        this.log = log;
        this.port = settings.port();
        AtomicLong number = new AtomicLong();
        this.executor = Executors.newFixedThreadPool(settings.threads(), work -> {
            Thread thread = new Thread(work, "openspp-simulator-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    synchronized void up() {
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
            throw new UncheckedIOException(
                    "The OpenSPP simulator cannot listen on port " + port + "; choose another one", e);
        }
    }

    synchronized void down() {
        if (server != null) {
            server.stop(0);
            server = null;
        }
    }

    synchronized int port() {
        return port;
    }

    void close() {
        down();
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "Requests of the OpenSPP simulator still run after 10 seconds");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    byte[] answer(byte[] body) {
        JsonRpc.Request request = JsonRpc.parse(body, requests.incrementAndGet());
        if (request == null) {
            throw new IllegalArgumentException("This is no JSON-RPC request");
        }
        try {
            return rpc.answer(request, store.now()).body();
        } catch (IOException e) {
            throw new UncheckedIOException("An answer could not be written as JSON", e);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try {
            route(exchange);
        } finally {
            exchange.close();
        }
    }

    private void route(HttpExchange exchange) throws IOException {
        try {
            switch (exchange.getRequestURI().getPath()) {
                case "/jsonrpc" -> jsonRpc(exchange);
                case "/web/health" -> {
                    exchange.getResponseHeaders().set("Cache-Control", "no-store");
                    send(exchange, 200, "application/json", bytes("{\"status\": \"pass\"}"));
                }
                default -> sendHtml(exchange, 404, "Not Found", "The requested URL was not found on the server.");
            }
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "The OpenSPP simulator failed on a request", e);
            if (exchange.getResponseCode() < 0) {
                sendHtml(exchange, 500, "Internal Server Error", "The simulator failed; see its log.");
            }
        }
    }

    private void jsonRpc(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (!isJson(exchange)) {
            sendHtml(
                    exchange,
                    400,
                    "Bad Request",
                    "Request inferred type is compatible with [&#39;http&#39;, &#39;apijson&#39;] but"
                            + " &#39;/jsonrpc&#39; is type=&#39;json&#39;.");
            return;
        }
        JsonRpc.Request request = JsonRpc.parse(unzipped(exchange, body), requests.incrementAndGet());
        if (request == null) {
            send(exchange, 400, HTML, bytes("Invalid JSON data"));
            return;
        }
        long startedAt = store.now();
        RpcCall call = request.call();
        int[] households = objects.householdsOf(call);
        log.began(call, households);
        Reply reply = Reply.NONE;
        try {
            reply = decide(request, startedAt);
        } finally {
            // Before the answer leaves: who has it may write again at once, and that is not a second write at a time.
            log.ended(call, households, reply.status(), reply.error());
        }
        send(exchange, reply);
    }

    /**
     * What goes back for a request.
     *
     * @param status the HTTP status; 0 where the connection is cut and nobody sees an answer
     * @param answer what the registry says; null where it is not asked or not heard
     */
    private record Reply(
            int status,
            JsonRpc.@Nullable Answer answer,
            @Nullable Duration retryAfter) {

        private static final Reply NONE = new Reply(0, null, null);

        static Reply of(JsonRpc.Answer answer) {
            return new Reply(200, answer, null);
        }

        static Reply of(Fault.Status fault) {
            return new Reply(fault.code(), null, fault.retryAfter());
        }

        /** Cut in the middle of it. */
        static Reply halfOf(JsonRpc.Answer answer) {
            return new Reply(0, answer, null);
        }

        /** {@code error.data.name} of what was answered, or empty. */
        private String error() {
            return answer == null || status == 0 ? "" : answer.error();
        }
    }

    private static boolean isJson(HttpExchange exchange) {
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        if (type == null || !exchange.getRequestMethod().equals("POST")) {
            return false;
        }
        int parameters = type.indexOf(';');
        String media =
                (parameters < 0 ? type : type.substring(0, parameters)).strip().toLowerCase(Locale.ROOT);
        return media.equals("application/json") || media.equals("application/json-rpc");
    }

    /** Odoo itself does not unzip; what stays zipped then fails as JSON. */
    private byte[] unzipped(HttpExchange exchange, byte[] body) throws IOException {
        String encoding = exchange.getRequestHeaders().getFirst("Content-Encoding");
        if (!settings.gzipRequests() || encoding == null || !encoding.equalsIgnoreCase("gzip")) {
            return body;
        }
        try (GZIPInputStream unzip = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return unzip.readAllBytes();
        } catch (ZipException e) {
            return body;
        }
    }

    /** Applies a request, or breaks it as the faults say. */
    private Reply decide(JsonRpc.Request request, long startedAt) throws IOException {
        Fault decisive = null;
        for (Fault fault : faults.faults(request.call())) {
            if (fault instanceof Fault.Delay delay) {
                pause(delay.time());
            } else if (decisive == null) {
                decisive = fault;
            }
        }
        pause(settings.latency());
        if (decisive instanceof Fault.Refusal error) {
            return Reply.of(JsonRpc.error(request.id(), new OdooError(error.exception(), error.message())));
        }
        if (decisive instanceof Fault.Status status && !status.applied()) {
            return Reply.of(status);
        }
        if (decisive instanceof Fault.Connection cut && cut.at() == Fault.Cut.BEFORE_APPLYING) {
            return Reply.NONE;
        }
        JsonRpc.Answer answer = rpc.answer(request, startedAt);
        faults.applied(request.call());
        if (decisive instanceof Fault.Status status) {
            return Reply.of(status);
        }
        if (decisive instanceof Fault.Connection cut) {
            return cut.at() == Fault.Cut.IN_ANSWER ? Reply.halfOf(answer) : Reply.NONE;
        }
        return Reply.of(answer);
    }

    private static void pause(Duration time) {
        if (time.isZero() || time.isNegative()) {
            return;
        }
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            // The simulator is closing; the request goes on without the rest of its delay.
            Thread.currentThread().interrupt();
        }
    }

    private void send(HttpExchange exchange, Reply reply) throws IOException {
        if (reply.answer() != null && reply.status() == 0) {
            sendHalf(exchange, reply.answer().body());
        } else if (reply.answer() != null) {
            send(
                    exchange,
                    reply.status(),
                    "application/json; charset=utf-8",
                    reply.answer().body());
        } else if (reply.status() != 0) {
            if (reply.retryAfter() != null) {
                exchange.getResponseHeaders()
                        .set("Retry-After", Long.toString(reply.retryAfter().toSeconds()));
            }
            sendHtml(exchange, reply.status(), "Error " + reply.status(), "The proxy cannot answer.");
        }
    }

    private void sendHtml(HttpExchange exchange, int status, String title, String text) throws IOException {
        String page = "<!doctype html>\n<html lang=en>\n<title>" + status + " " + title + "</title>\n<h1>" + title
                + "</h1>\n<p>" + text + "</p>\n";
        send(exchange, status, HTML, bytes(page));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void send(HttpExchange exchange, int status, String contentType, byte[] content) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", contentType);
        headers.set("Connection", "close");
        byte[] body = content;
        if (settings.gzipAnswers() && body.length >= GZIP_FROM && acceptsGzip(exchange)) {
            headers.set("Content-Encoding", "gzip");
            headers.set("Vary", "Accept-Encoding");
            body = zipped(body);
        }
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    private static void sendHalf(HttpExchange exchange, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
        exchange.getResponseHeaders().set("Connection", "close");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body, 0, body.length / 2);
        exchange.getResponseBody().flush();
    }

    private static boolean acceptsGzip(HttpExchange exchange) {
        List<String> accepted = exchange.getRequestHeaders().get("Accept-Encoding");
        return accepted != null
                && accepted.stream()
                        .anyMatch(each -> each.toLowerCase(Locale.ROOT).contains("gzip"));
    }

    private static byte[] zipped(byte[] body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length / 4);
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes) {
            {
                def.setLevel(Deflater.BEST_SPEED);
            }
        }) {
            zip.write(body);
        }
        return bytes.toByteArray();
    }
}
