package org.synchub.sync;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.HashMap;
import java.util.Map;
import org.synchub.target.TargetHttp;

/**
 * What a tracing system may learn of the hub's work: runs, what they go through at a time, and requests to targets. Names and
 * counts only; no id, address, header, body or message of an error is ever given to a span. Does nothing where tracing is off.
 */
public final class Traces {

    private static final String TRACEPARENT = "traceparent";

    private final Tracer tracer;
    private final OpenTelemetry telemetry;

    public Traces(OpenTelemetry telemetry) {
        this.telemetry = telemetry;
        this.tracer = telemetry.getTracer("org.synchub");
    }

    /** For a hub that is not traced. */
    public static Traces off() {
        return new Traces(OpenTelemetry.noop());
    }

    /** The span of the present thread, for what is asked here and done elsewhere; an invalid one where there is none. */
    public static SpanContext current() {
        return Span.current().getSpanContext();
    }

    /**
     * Begins the span of a run.
     *
     * @param direction what the run is logged as
     * @param askedIn where it was asked for
     */
    Traced run(String direction, String target, SpanContext askedIn) {
        return begin(
                        direction,
                        target,
                        SpanKind.INTERNAL,
                        askedIn.isValid() ? Context.root().with(Span.wrap(askedIn)) : Context.root())
                .with("direction", direction);
    }

    /** Begins the span of one request; it belongs to what the present thread does. */
    Traced request(TargetHttp.Call call, String target) {
        return begin(call.label(), target, SpanKind.CLIENT, Context.current()).method(call.method());
    }

    Traced begin(String name, String target, SpanKind kind, Context parent) {
        Span span = tracer.spanBuilder(name).setSpanKind(kind).setParent(parent).startSpan();
        return new Traced(this, target, span, parent.with(span)).with("target", target);
    }

    /** The header by which a target can take up the present span; empty where there is none. What came with it stays here. */
    Map<String, String> passedOn() {
        Map<String, String> all = new HashMap<>();
        telemetry.getPropagators().getTextMapPropagator().inject(Context.current(), all, (headers, name, value) -> {
            if (headers != null && name.equals(TRACEPARENT)) {
                headers.put(name, value);
            }
        });
        return all;
    }
}
