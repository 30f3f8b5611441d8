package org.synchub.admin.monitoring;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last place that every span passes before it leaves: lets through the attributes that are known to hold nothing of any
 * record, and of an error neither message nor stack trace. Says once that spans cannot be sent, and once that they can again.
 */
final class SpanGate implements SpanExporter {

    private static final Logger log = LoggerFactory.getLogger(SpanGate.class);

    /** The hub's own; those that are allowed of others are named. */
    private static final String OWN = "synchub.";

    private static final Set<String> ALLOWED = Set.of(
            "http.request.method",
            "http.response.status_code",
            "http.request.body.size",
            "http.response.body.size",
            "error.type",
            // Of Spring's span of a request to the API; its uri is the template of the path.
            "method",
            "uri",
            "status",
            "outcome",
            "exception");

    private static final AttributeKey<String> URI = AttributeKey.stringKey("uri");

    /** Whoever looks after the hub asks for these every few seconds. */
    private static final String PROBES = "/actuator";

    private final SpanExporter exporter;
    private final AtomicBoolean failing = new AtomicBoolean();

    SpanGate(SpanExporter exporter) {
        this.exporter = exporter;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        List<SpanData> leaving = spans.stream()
                .<SpanData>map(Known::new)
                .filter(span -> !isProbe(span))
                .toList();
        if (leaving.isEmpty()) {
            return CompletableResultCode.ofSuccess();
        }
        CompletableResultCode sent = exporter.export(leaving);
        return sent.whenComplete(() -> note(sent));
    }

    private static boolean isProbe(SpanData span) {
        String uri = span.getAttributes().get(URI);
        return uri != null && uri.startsWith(PROBES);
    }

    private void note(CompletableResultCode sent) {
        if (sent.isSuccess()) {
            if (failing.getAndSet(false)) {
                log.info("Traces are being sent again");
            }
        } else if (!failing.getAndSet(true)) {
            Throwable why = sent.getFailureThrowable();
            log.warn(
                    "Traces cannot be sent ({}): they are dropped, and the hub works on without them. Check {} and the"
                            + " collector",
                    why == null ? "it was refused" : rootOf(why).getClass().getSimpleName(),
                    TracingSwitch.ENDPOINT);
        }
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }

    /** A span with what is known of it to be harmless. */
    private static final class Known extends DelegatingSpanData {

        private final Attributes attributes;

        Known(SpanData span) {
            super(span);
            this.attributes = span.getAttributes().toBuilder()
                    .removeIf(key -> !key.getKey().startsWith(OWN) && !ALLOWED.contains(key.getKey()))
                    .build();
        }

        @Override
        public Attributes getAttributes() {
            return attributes;
        }

        @Override
        public int getTotalAttributeCount() {
            return attributes.size();
        }

        @Override
        public List<EventData> getEvents() {
            return List.of();
        }

        @Override
        public int getTotalRecordedEvents() {
            return 0;
        }

        @Override
        public StatusData getStatus() {
            return StatusData.create(super.getStatus().getStatusCode(), "");
        }
    }
}
