package org.synchub.sync;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.http.HttpMethods;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Allowances;
import org.synchub.mapping.Mapping;
import org.synchub.target.Limits;
import org.synchub.target.TargetHttp;
import org.synchub.target.TargetTrouble;

/**
 * {@link TargetHttp} over the target's own Camel route {@code http-<target>}, made from the template
 * {@code target-http}. Turns what the route could not do into {@link TargetTrouble} and tells apart what certainly never
 * arrived from what may have.
 */
public final class CamelTargetHttp implements TargetHttp {

    /** Exchange property with the {@link Call}; read by the route's steps. */
    static final String CALL = "synchub.call";

    /** Exchange property: whether the body leaves compressed. */
    static final String GZIP = "synchub.gzip";

    /** Exchange property with the headers that say whose request it is; what the adapter sets itself goes before them. */
    static final String SENDER = "synchub.sender";

    /** Which rules of speaking to targets the hub keeps: what it sends of itself, and how its keys are made. */
    static final String SYNC_VERSION = "1";

    private final Mapping mapping;
    private final HttpTraffic traffic;
    private final boolean gzip;
    private final Pace pace;
    private final Factory factory;

    private CamelTargetHttp(Mapping mapping, HttpTraffic traffic, Pace pace, Factory factory) {
        this.mapping = mapping;
        this.traffic = traffic;
        this.gzip = mapping.adapter().bool("gzipRequests", false);
        this.pace = pace;
        this.factory = factory;
    }

    /** Makes the way to each target. */
    public static final class Factory {

        private final CamelContext camel;
        private final Clock clock;
        private final Allowances.Line allowances;
        private final String clientId;
        private final Traces traces;
        private volatile @Nullable ProducerTemplate producer;

        /**
         * The ways of one hub.
         *
         * @param allowances the time lines that all hubs share, {@link Allowances#take}
         * @param clientId what they call themselves in {@code X-Client-ID}
         * @param traces where requests are traced
         */
        public Factory(CamelContext camel, Clock clock, Allowances.Line allowances, String clientId, Traces traces) {
            this.camel = camel;
            this.clock = clock;
            this.allowances = allowances;
            this.clientId = clientId;
            this.traces = traces;
        }

        Traces traces() {
            return traces;
        }

        TargetHttp create(Mapping mapping, HttpTraffic traffic, Pace pace) {
            return new CamelTargetHttp(mapping, traffic, pace, this);
        }

        Pace pace(Mapping mapping, Limits limits) {
            return new Pace(mapping.target(), limits, allowances, camel::isStopping);
        }

        private ProducerTemplate producer() {
            ProducerTemplate existing = producer;
            if (existing == null) {
                existing = camel.createProducerTemplate();
                producer = existing;
            }
            return existing;
        }
    }

    @Override
    public Answer exchange(Call call) {
        if (!mapping.adapter().has("url")) {
            throw new TargetTrouble(
                    TargetTrouble.Kind.MISCONFIGURED,
                    mapping.target() + " has no address: set adapter.url in " + mapping.file());
        }
        pace.request();
        Leases.checkBeforeRequest();
        Traced traced = factory.traces.request(call, mapping.target());
        try {
            return traced.during(() -> exchange(call, traced));
        } finally {
            traced.end();
        }
    }

    private Answer exchange(Call call, Traced traced) {
        byte[] body = call.body();
        Map<String, String> sender = sender();
        Instant asked = factory.clock.instant();
        long began = System.nanoTime();
        long out = body == null ? 0 : body.length;
        Exchange sent = factory.producer().send("direct:http-" + mapping.target(), exchange -> {
            exchange.setProperty(CALL, call);
            exchange.setProperty(GZIP, gzip);
            exchange.setProperty(SENDER, sender);
            exchange.getMessage().setBody(body);
        });
        Exception failure = sent.getException();
        if (failure instanceof CallNotPermittedException) {
            throw new TargetTrouble(
                    TargetTrouble.Kind.UNREACHABLE,
                    mapping.target() + " did not answer before; nothing was sent for " + call.label()
                            + " while its circuit is open",
                    false,
                    null);
        }
        if (failure != null) {
            traffic.count(out, 0);
            traffic.exchanged(call, null);
            throw trouble(call, failure);
        }
        Answer answer = answer(
                sent.getMessage(),
                new Passage(
                        String.valueOf(sender.get(Correlation.HEADER)),
                        asked,
                        Duration.ofNanos(System.nanoTime() - began)));
        traffic.count(out, answer.body().length);
        traced.answered(out, answer);
        traffic.exchanged(call, answer);
        refuseTrouble(call, answer);
        return answer;
    }

    private Map<String, String> sender() {
        Map<String, String> headers = factory.traces.passedOn();
        headers.put(Correlation.HEADER, Correlation.ofRequest());
        headers.put("X-Client-ID", factory.clientId);
        headers.put("X-Sync-Version", SYNC_VERSION);
        return headers;
    }

    private static Answer answer(Message message, Passage passage) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        message.getHeaders().forEach((name, value) -> {
            if (!name.startsWith("Camel") && value != null) {
                List<String> values = new ArrayList<>();
                if (value instanceof Iterable<?> several) {
                    several.forEach(one -> values.add(String.valueOf(one)));
                } else {
                    values.add(value.toString());
                }
                headers.put(name, values);
            }
        });
        Integer status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        if (status == null) {
            throw new IllegalStateException("The route of a target ended without an answer, and without saying why");
        }
        byte[] bytes = message.getBody(byte[].class);
        return new Answer(status, headers, bytes == null ? new byte[0] : bytes, passage);
    }

    private void refuseTrouble(Call call, Answer answer) {
        switch (answer.status()) {
            case 429 ->
                throw new TargetTrouble(
                        TargetTrouble.Kind.OVERLOADED,
                        mapping.target() + " asked to slow down (HTTP 429) at " + call.label(),
                        false,
                        retryAfter(answer));
            case 407 ->
                throw new TargetTrouble(
                        TargetTrouble.Kind.UNREACHABLE,
                        mapping.target() + " " + proxyRefuses(answer.status()) + " at " + call.label(),
                        false,
                        null);
            case 503 ->
                throw new TargetTrouble(
                        TargetTrouble.Kind.UNREACHABLE,
                        mapping.target() + " is not available (HTTP 503) at " + call.label(),
                        call.write(),
                        retryAfter(answer));
            case 502, 504 ->
                throw new TargetTrouble(
                        TargetTrouble.Kind.UNREACHABLE,
                        mapping.target() + " is behind a gateway that could not reach it (HTTP " + answer.status()
                                + ") at " + call.label(),
                        call.write(),
                        retryAfter(answer));
            default -> {
                // The adapter reads the answer.
            }
        }
    }

    /** How long the target asks to wait, in seconds or until a date; a date is read against the server's own clock. */
    private @Nullable Duration retryAfter(Answer answer) {
        String header = answer.header("Retry-After");
        if (header == null) {
            return null;
        }
        String asked = header.strip();
        try {
            if (!asked.isEmpty() && asked.chars().allMatch(Character::isDigit)) {
                return Duration.ofSeconds(Long.parseLong(asked));
            }
            Duration wait = Duration.between(now(answer), instant(asked));
            return wait.isNegative() ? Duration.ZERO : wait;
        } catch (DateTimeParseException | NumberFormatException e) {
            // A Retry-After that is neither seconds nor a date asks for nothing in particular.
            return null;
        }
    }

    /** The server's time of the answer; the hub's where the server tells none that can be read. */
    private Instant now(Answer answer) {
        String date = answer.header("Date");
        try {
            return date == null ? factory.clock.instant() : instant(date);
        } catch (DateTimeParseException e) {
            return factory.clock.instant();
        }
    }

    private static Instant instant(String header) {
        return ZonedDateTime.parse(header.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                .toInstant();
    }

    private TargetTrouble trouble(Call call, Exception failure) {
        IOException cause = inputOutput(failure);
        if (cause == null) {
            throw new IllegalStateException(
                    "The route http-" + mapping.target() + " failed at " + call.label(), failure);
        }
        boolean never = neverArrived(cause);
        return new TargetTrouble(
                TargetTrouble.Kind.UNREACHABLE,
                mapping.target() + " " + what(cause, never) + " at " + call.label(),
                !never && call.write(),
                null);
    }

    private String what(IOException cause, boolean never) {
        String kind = " (" + cause.getClass().getSimpleName() + ")";
        if (cause instanceof SSLHandshakeException || cause instanceof SSLPeerUnverifiedException) {
            return "offers no TLS connection that this machine trusts" + kind
                    + "; check its certificate, adapter.url and adapter.sslBundle,";
        }
        if (cause instanceof TargetNetwork.ProxyRefusedException proxy) {
            return proxyRefuses(proxy.status());
        }
        if (never) {
            return "cannot be reached at " + place() + " (" + why(cause)
                    + "); check adapter.url and the network to it,";
        }
        return cause instanceof SocketTimeoutException
                ? "did not answer within adapter.readTimeout" + kind
                : "cut the connection" + kind;
    }

    private static String proxyRefuses(int status) {
        return "is behind a proxy that lets nothing through (HTTP " + status
                + "); check adapter.proxy, adapter.proxyUser and adapter.proxyPassword,";
    }

    /** Host and port alone: an address can hold a login. */
    private String place() {
        URI address = URI.create(mapping.adapter().text("url"));
        return address.getHost() + (address.getPort() < 0 ? "" : ":" + address.getPort());
    }

    private static String why(IOException cause) {
        if (cause instanceof UnknownHostException) {
            return "no such host";
        }
        if (cause instanceof NoRouteToHostException) {
            return "no route to it";
        }
        return cause instanceof ConnectTimeoutException
                ? "no connection within adapter.connectTimeout"
                : "connection refused";
    }

    private static @Nullable IOException inputOutput(Throwable failure) {
        IOException found = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException io) {
                if (neverArrived(io)) {
                    return io;
                }
                found = io;
            }
        }
        return found;
    }

    private static boolean neverArrived(IOException cause) {
        return cause instanceof ConnectException
                || cause instanceof ConnectTimeoutException
                || cause instanceof UnknownHostException
                || cause instanceof NoRouteToHostException
                || cause instanceof SSLHandshakeException
                || cause instanceof SSLPeerUnverifiedException
                || cause instanceof TargetNetwork.ProxyRefusedException;
    }

    /** The route's step that turns the call into the HTTP component's headers. */
    public static final class Request {

        /** Sets method, path, query, headers and body of the call; the route has removed all other headers before. */
        public void prepare(Exchange exchange) {
            Call call = exchange.getProperty(CALL, Call.class);
            Message message = exchange.getMessage();
            int query = call.path().indexOf('?');
            // As the HTTP component wants it: from text it would search all converters at every request.
            message.setHeader(Exchange.HTTP_METHOD, HttpMethods.valueOf(call.method()));
            message.setHeader(
                    Exchange.HTTP_PATH, query < 0 ? call.path() : call.path().substring(0, query));
            if (query >= 0) {
                message.setHeader(Exchange.HTTP_RAW_QUERY, call.path().substring(query + 1));
            }
            Map<?, ?> sender = exchange.getProperty(SENDER, Map.of(), Map.class);
            sender.forEach((name, value) -> message.setHeader(String.valueOf(name), value));
            call.headers().forEach(message::setHeader);
            byte[] body = call.body();
            if (body != null && exchange.getProperty(GZIP, false, Boolean.class)) {
                message.setBody(gzip(body));
                message.setHeader(Exchange.CONTENT_ENCODING, "gzip");
            }
        }

        private static byte[] gzip(byte[] body) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length / 4 + 64);
            try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
                out.write(body);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return bytes.toByteArray();
        }
    }
}
