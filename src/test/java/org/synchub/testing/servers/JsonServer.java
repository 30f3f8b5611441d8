package org.synchub.testing.servers;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the servers have in common: HTTP on a free port, a log of requests, and faults that a test puts in the way. */
public abstract class JsonServer implements AutoCloseable {

    public static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    static {
        // Without it the JDK's server waits 40 ms between headers and body.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /**
     * A request as it arrived; header names in lower case.
     *
     * @param steps the parts of the path, decoded one by one
     */
    public record Asked(
            String method,
            String path,
            List<String> steps,
            Map<String, String> query,
            Map<String, String> headers,
            JsonNode body) {

        /** {@code POST /people}. */
        public String line() {
            return method + " " + path;
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /** An answer; the body is JSON, a text that is none, or null for nothing. */
    public record Told(int status, @Nullable Object body, Map<String, String> headers) {

        public static Told of(int status, @Nullable Object body) {
            return new Told(status, body, Map.of());
        }
    }

    /** What goes wrong with a request. */
    public enum Fault {
        /** The connection is cut before anything is done. */
        CUT_BEFORE,
        /** The request is carried out, and the connection cut instead of an answer. */
        CUT_AFTER
    }

    private record Trap(
            Predicate<Asked> which,
            @Nullable Fault fault,
            @Nullable Told answer) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(8);
    private final List<Asked> log = new CopyOnWriteArrayList<>();
    private final List<Trap> traps = new ArrayList<>();

    protected JsonServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Answers one request; called under the server's lock. */
    protected abstract Told answer(Asked asked);

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Asked asked = read(exchange);
            log.add(asked);
            Trap trap = trap(asked);
            if (trap != null && trap.fault() == Fault.CUT_BEFORE) {
                return;
            }
            Told told = trap != null && trap.answer() != null ? trap.answer() : locked(asked);
            if (trap != null && trap.fault() == Fault.CUT_AFTER) {
                return;
            }
            Object body = told.body();
            byte[] bytes = body == null
                    ? new byte[0]
                    : body instanceof JsonNode json
                            ? JSON.writeValueAsBytes(json)
                            : body.toString().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders()
                    .set("Content-Type", body instanceof JsonNode ? "application/json" : "text/html");
            told.headers().forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(told.status(), bytes.length == 0 ? -1 : bytes.length);
            if (bytes.length > 0) {
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    private synchronized Told locked(Asked asked) {
        return answer(asked);
    }

    private synchronized @Nullable Trap trap(Asked asked) {
        for (Trap trap : traps) {
            if (trap.which().test(asked)) {
                traps.remove(trap);
                return trap;
            }
        }
        return null;
    }

    private static Asked read(HttpExchange exchange) throws IOException {
        byte[] bytes = exchange.getRequestBody().readAllBytes();
        JsonNode body;
        try {
            body = bytes.length == 0 ? MissingNode.getInstance() : JSON.readTree(bytes);
        } catch (IOException form) {
            body = JsonNodeFactory.instance.textNode(new String(bytes, StandardCharsets.UTF_8));
        }
        Map<String, String> headers = new LinkedHashMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
        return new Asked(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                Arrays.stream(exchange.getRequestURI().getRawPath().substring(1).split("/", -1))
                        .map(step -> URLDecoder.decode(step.replace("+", "%2B"), StandardCharsets.UTF_8))
                        .toList(),
                query(exchange.getRequestURI().getRawQuery()),
                headers,
                body);
    }

    private static Map<String, String> query(@Nullable String raw) {
        Map<String, String> query = new LinkedHashMap<>();
        if (raw != null) {
            for (String pair : raw.split("&", -1)) {
                String[] parts = pair.split("=", 2);
                query.put(
                        URLDecoder.decode(parts[0], StandardCharsets.UTF_8),
                        parts.length == 1 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            }
        }
        return query;
    }

    /** The next request that fits meets this fault. */
    public synchronized void fault(Predicate<Asked> which, Fault fault) {
        traps.add(new Trap(which, fault, null));
    }

    /** The next request that fits is answered with this, and nothing is done. */
    public synchronized void answerOnce(Predicate<Asked> which, Told told) {
        traps.add(new Trap(which, null, told));
    }

    /** Requests whose line begins so. */
    public static Predicate<Asked> line(String begin) {
        return asked -> asked.line().startsWith(begin);
    }

    public List<Asked> log() {
        return List.copyOf(log);
    }

    public List<String> lines() {
        return log.stream().map(Asked::line).toList();
    }

    public void forgetLog() {
        log.clear();
    }

    protected static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
