package org.synchub.target;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The way to a target: one Camel route that owns time-outs, redelivery of repeatable requests, Retry-After, limits and
 * circuit breaking. Adapters build requests and read answers; they open no connection themselves.
 */
public interface TargetHttp {

    /** All settings that an adapter knows: its own, and those that the route reads. */
    static String[] settingsAnd(String... own) {
        return Stream.concat(
                        Stream.of(
                                "url",
                                "connectTimeout",
                                "readTimeout",
                                "sslBundle",
                                "proxy",
                                "proxyUser",
                                "proxyPassword"),
                        Stream.of(own))
                .toArray(String[]::new);
    }

    /**
     * Sends one request and returns the answer whatever its status, except for statuses that the route treats as the
     * target's own trouble (429, 502, 503, 504).
     *
     * @throws TargetTrouble when no answer came; {@link TargetTrouble#maybeApplied()} tells whether it may have arrived
     */
    Answer exchange(Call call);

    /**
     * A request.
     *
     * @param path below the target's base URL, with its query string if any
     * @param repeatable whether the route may send it again by itself
     * @param write whether it may change records at the target, whatever its method says; a read or a login does not
     * @param label what is asked, in words fit for logs and metrics: no ids, no values
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes are handed on, never compared
    record Call(
            String method,
            String path,
            Map<String, String> headers,
            byte @Nullable [] body,
            boolean repeatable,
            boolean write,
            String label) {}

    /**
     * How a request went.
     *
     * @param requestId what it called itself in {@code X-Request-ID}
     * @param asked by the hub's clock
     * @param took until the whole answer was there
     */
    record Passage(String requestId, Instant asked, Duration took) {}

    /**
     * An answer. Header names are matched without regard to case; the body is decompressed.
     *
     * @param passage null where nobody took the time
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes are handed on, never compared
    record Answer(
            int status,
            Map<String, List<String>> headers,
            byte[] body,
            @Nullable Passage passage) {

        public Answer(int status, Map<String, List<String>> headers, byte[] body) {
            this(status, headers, body, null);
        }

        public Answer {
            var byName = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
            byName.putAll(headers);
            headers = byName;
        }

        public @Nullable String header(String name) {
            List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
            return values == null || values.isEmpty() ? null : values.get(0);
        }
    }
}
