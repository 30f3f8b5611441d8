package org.synchub.sync;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Runs;
import org.synchub.target.TargetHttp;
import org.synchub.target.TargetTrouble;

/** A piece of the hub's work while it is traced. One that is never ended is told to nobody. Made by {@link Traces}. */
final class Traced {

    private static final String OWN = "synchub.";
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<Long> SENT = AttributeKey.longKey("http.request.body.size");
    private static final AttributeKey<Long> RECEIVED = AttributeKey.longKey("http.response.body.size");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

    private final Traces traces;
    private final String target;
    private final Span span;
    private final Context context;

    Traced(Traces traces, String target, Span span, Context context) {
        this.traces = traces;
        this.target = target;
        this.span = span;
        this.context = context;
    }

    /** Begins a part of this. */
    Traced part(String name) {
        return traces.begin(name, target, SpanKind.INTERNAL, context);
    }

    Traced with(String name, String word) {
        span.setAttribute(OWN + name, word);
        return this;
    }

    Traced with(String name, long n) {
        span.setAttribute(OWN + name, n);
        return this;
    }

    /** Names of record kinds, each once. */
    Traced kinds(Collection<String> kinds) {
        span.setAttribute(
                AttributeKey.stringArrayKey(OWN + "kinds"),
                List.copyOf(kinds).stream().distinct().sorted().toList());
        return this;
    }

    /** How many things there are of each class, by the simple names of the classes. */
    Traced tally(Collection<?> things) {
        Map<String, Long> counts = new TreeMap<>();
        things.forEach(thing -> counts.merge(thing.getClass().getSimpleName().toLowerCase(Locale.ROOT), 1L, Long::sum));
        counts.forEach(this::with);
        return this;
    }

    /** What came of a run, as its row says; counts that are nought are left out. */
    Traced outcome(Runs.Run run) {
        with("status", run.status());
        Map.ofEntries(
                        Map.entry("created", run.created()),
                        Map.entry("updated", run.updated()),
                        Map.entry("adopted", run.adopted()),
                        Map.entry("deleted", run.deleted()),
                        Map.entry("unchanged", run.unchanged()),
                        Map.entry("rejected", run.rejected()),
                        Map.entry("retried", run.retried()),
                        Map.entry("blocked", run.blocked()),
                        Map.entry("conflicts", run.conflicts()),
                        Map.entry("unknown", run.unknown()),
                        Map.entry("pulled", run.pulled()),
                        Map.entry("echoes", run.echoes()),
                        Map.entry("parked", run.parked()))
                .forEach((name, n) -> {
                    if (n > 0) {
                        with(name, n);
                    }
                });
        return this;
    }

    Traced method(String method) {
        span.setAttribute(METHOD, method);
        return this;
    }

    /** Bytes are of bodies, before compression. */
    void answered(long bytesOut, TargetHttp.Answer answer) {
        span.setAttribute(STATUS, answer.status());
        span.setAttribute(SENT, bytesOut);
        span.setAttribute(RECEIVED, answer.body().length);
        if (answer.status() >= 400) {
            failed(String.valueOf(answer.status()));
        }
    }

    /** Says of what sort the failure was, and not what it said: that may hold people's values. */
    void failed(@Nullable Throwable cause) {
        if (cause instanceof TargetTrouble trouble) {
            failed(trouble.kind().name().toLowerCase(Locale.ROOT));
        } else if (cause != null) {
            failed(cause.getClass().getSimpleName());
        }
    }

    private void failed(String sort) {
        span.setAttribute(ERROR, sort);
        span.setStatus(StatusCode.ERROR);
    }

    /** Does a part of the work: what is begun meanwhile by the present thread belongs to it. */
    <T extends @Nullable Object> T during(Supplier<T> work) {
        try (Scope here = context.makeCurrent()) {
            return work.get();
        } catch (RuntimeException e) {
            failed(e);
            throw e;
        }
    }

    /** As {@link #during(Supplier)}. */
    void during(Runnable work) {
        this.<@Nullable Void>during(() -> {
            work.run();
            return null;
        });
    }

    void end() {
        span.end();
    }
}
