package org.synchub.sync;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
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
import javax.net.ssl.SSLException;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;
import org.apache.camel.ProducerTemplate;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Mapping;
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

    private final String target;
    private final HttpTraffic traffic;
    private final boolean gzip;
    private final Factory factory;

    private CamelTargetHttp(String target, HttpTraffic traffic, boolean gzip, Factory factory) {
        this.target = target;
        this.traffic = traffic;
        this.gzip = gzip;
        this.factory = factory;
    }

    /** Makes the way to each target. */
    public static final class Factory {

        private final CamelContext camel;
        private final Clock clock;
        private volatile @Nullable ProducerTemplate producer;

        public Factory(CamelContext camel, Clock clock) {
            this.camel = camel;
            this.clock = clock;
        }

        TargetHttp create(Mapping mapping, HttpTraffic traffic) {
            return new CamelTargetHttp(
                    mapping.target(), traffic, mapping.adapter().bool("gzipRequests", false), this);
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
        byte[] body = call.body();
        Exchange sent;
        try {
            sent = factory.producer().send("direct:http-" + target, exchange -> {
                exchange.setProperty(CALL, call);
                exchange.getMessage().setBody(body == null ? null : gzip ? gzip(body) : body);
            });
        } catch (CamelExecutionException e) {
            throw trouble(call, e, false);
        }
        Exception failure = sent.getException();
        if (failure != null) {
            throw trouble(
                    call,
                    failure,
                    sent.getProperty(ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_REJECTED, false, Boolean.class));
        }
        Answer answer = answer(sent.getMessage());
        traffic.count(body == null ? 0 : body.length, answer.body().length);
        refuseTrouble(call, answer);
        return answer;
    }

    private static Answer answer(Message message) {
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
        byte[] bytes = message.getBody(byte[].class);
        return new Answer(status == null ? 0 : status, headers, bytes == null ? new byte[0] : bytes);
    }

    private void refuseTrouble(Call call, Answer answer) {
        int status = answer.status();
        if (status == 429) {
            throw new TargetTrouble(
                    TargetTrouble.Kind.OVERLOADED,
                    target + " asked to slow down (HTTP 429) at " + call.label(),
                    false,
                    retryAfter(answer));
        }
        if (status == 503) {
            throw new TargetTrouble(
                    TargetTrouble.Kind.UNREACHABLE,
                    target + " is not available (HTTP 503) at " + call.label(),
                    !call.repeatable(),
                    retryAfter(answer));
        }
        if (status == 502 || status == 504) {
            throw new TargetTrouble(
                    TargetTrouble.Kind.UNREACHABLE,
                    target + " is behind a gateway that could not reach it (HTTP " + status + ") at " + call.label(),
                    !call.repeatable(),
                    retryAfter(answer));
        }
    }

    private @Nullable Duration retryAfter(Answer answer) {
        String header = answer.header("Retry-After");
        if (header == null) {
            return null;
        }
        try {
            if (header.strip().chars().allMatch(Character::isDigit)) {
                return Duration.ofSeconds(Long.parseLong(header.strip()));
            }
            Instant until = ZonedDateTime.parse(header.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            String date = answer.header("Date");
            Instant now = date == null
                    ? factory.clock.instant()
                    : ZonedDateTime.parse(date.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant();
            Duration wait = Duration.between(now, until);
            return wait.isNegative() ? Duration.ZERO : wait;
        } catch (DateTimeParseException | NumberFormatException e) {
            // A Retry-After that is neither seconds nor a date asks for nothing in particular.
            return null;
        }
    }

    private TargetTrouble trouble(Call call, Exception failure, boolean circuitOpen) {
        Throwable cause = failure;
        while (cause.getCause() != null && !neverArrived(cause)) {
            cause = cause.getCause();
        }
        boolean never = neverArrived(cause) || circuitOpen;
        String what = never
                ? "cannot be reached (" + cause.getClass().getSimpleName() + ")"
                : "did not answer (" + cause.getClass().getSimpleName() + ")";
        return new TargetTrouble(
                TargetTrouble.Kind.UNREACHABLE,
                target + " " + what + " at " + call.label() + "; check adapter.url and the network to it",
                !never,
                null);
    }

    private static boolean neverArrived(Throwable cause) {
        return cause instanceof ConnectException
                || cause instanceof ConnectTimeoutException
                || cause instanceof UnknownHostException
                || cause instanceof NoRouteToHostException
                || cause instanceof SSLException;
    }

    private static byte[] gzip(byte[] body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length / 4);
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** The route's step that turns the call into the HTTP component's headers. */
    public static final class Request {

        /** Sets method, path, query and headers of the call; the route has removed all others before. */
        public void prepare(Exchange exchange) {
            Call call = exchange.getProperty(CALL, Call.class);
            Message message = exchange.getMessage();
            int query = call.path().indexOf('?');
            message.setHeader(Exchange.HTTP_METHOD, call.method());
            message.setHeader(
                    Exchange.HTTP_PATH, query < 0 ? call.path() : call.path().substring(0, query));
            if (query >= 0) {
                message.setHeader(Exchange.HTTP_RAW_QUERY, call.path().substring(query + 1));
            }
            call.headers().forEach(message::setHeader);
            if (message.getBody() instanceof byte[] body && isGzip(body)) {
                message.setHeader(Exchange.CONTENT_ENCODING, "gzip");
            }
        }

        private static boolean isGzip(byte[] body) {
            return body.length > 2 && body[0] == 0x1f && body[1] == (byte) 0x8b;
        }
    }
}
