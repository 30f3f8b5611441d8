package org.synchub.testing;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** A collector of traces over OTLP/HTTP on a free loopback port: keeps every span that it is sent. */
public final class OtlpReceiver implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Received> spans = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile CountDownLatch gate = new CountDownLatch(0);

    /**
     * A span as it came.
     *
     * @param parent the id of its parent; empty for none
     * @param whole all that was said of it, as text
     */
    public record Received(
            String name,
            String trace,
            String id,
            String parent,
            Span.SpanKind kind,
            boolean failed,
            Map<String, String> attributes,
            String whole) {

        public String attribute(String key) {
            return attributes.getOrDefault(key, "");
        }

        public boolean isPartOf(Received other) {
            return trace.equals(other.trace) && parent.equals(other.id);
        }
    }

    /** One on a free port. */
    public OtlpReceiver() {
        this(0);
    }

    /** One on this port. */
    public OtlpReceiver(int port) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::take);
        server.setExecutor(threads);
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** For {@code management.otlp.tracing.endpoint}. */
    public String endpoint() {
        return "http://127.0.0.1:" + port() + "/v1/traces";
    }

    public List<Received> spans() {
        return List.copyOf(spans);
    }

    public List<Received> named(String name) {
        return spans.stream().filter(span -> span.name().equals(name)).toList();
    }

    /** The paths that were asked for, whatever for. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** Answers nobody until {@link #goOn}. */
    public void hold() {
        gate = new CountDownLatch(1);
    }

    public void goOn() {
        gate.countDown();
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.add(exchange.getRequestURI().getPath());
            byte[] body = exchange.getRequestBody().readAllBytes();
            gate.await();
            ExportTraceServiceRequest.parseFrom(body).getResourceSpansList().stream()
                    .flatMap(resource -> resource.getScopeSpansList().stream())
                    .flatMap(scope -> scope.getSpansList().stream())
                    .forEach(span -> spans.add(received(span)));
            byte[] answer = ExportTraceServiceResponse.getDefaultInstance().toByteArray();
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private static Received received(Span span) {
        return new Received(
                span.getName(),
                hex(span.getTraceId()),
                hex(span.getSpanId()),
                hex(span.getParentSpanId()),
                span.getKind(),
                span.getStatus().getCode() == io.opentelemetry.proto.trace.v1.Status.StatusCode.STATUS_CODE_ERROR,
                span.getAttributesList().stream()
                        .collect(Collectors.toMap(a -> a.getKey(), a -> text(a.getValue()), (a, b) -> b, TreeMap::new)),
                span.toString());
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    private static String text(AnyValue value) {
        return switch (value.getValueCase()) {
            case STRING_VALUE -> value.getStringValue();
            case INT_VALUE -> String.valueOf(value.getIntValue());
            case ARRAY_VALUE ->
                value.getArrayValue().getValuesList().stream()
                        .map(OtlpReceiver::text)
                        .collect(Collectors.joining(","));
            default -> value.toString();
        };
    }

    @Override
    public void close() {
        gate.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
