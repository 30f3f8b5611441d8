package org.synchub.admin.monitoring;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.tracing.SpanExporters;
import org.springframework.boot.actuate.autoconfigure.tracing.otlp.OtlpGrpcSpanExporterBuilderCustomizer;
import org.springframework.boot.actuate.autoconfigure.tracing.otlp.OtlpHttpSpanExporterBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.synchub.sync.Correlation;

/** What the hub adds to Spring Boot's tracing where that is on. */
@Configuration(proxyBeanMethods = false)
@Conditional(TracingSwitch.On.class)
class TracingConfiguration {

    private static final RetryPolicy ONCE_MORE =
            RetryPolicy.builder().setMaxAttempts(2).build();

    /** Instead of Spring Boot's own. */
    @Bean
    SpanExporters spanExporters(ObjectProvider<SpanExporter> exporters) {
        return SpanExporters.of(exporters.orderedStream().map(SpanGate::new).toList());
    }

    /** So that who stops the hub, or waits for a command, does not wait long for a collector that is away. */
    @Bean
    OtlpHttpSpanExporterBuilderCustomizer onceMoreOverHttp() {
        return exporter -> exporter.setRetryPolicy(ONCE_MORE);
    }

    /** The same where {@code management.otlp.tracing.transport} is {@code grpc}. */
    @Bean
    OtlpGrpcSpanExporterBuilderCustomizer onceMoreOverGrpc() {
        return exporter -> exporter.setRetryPolicy(ONCE_MORE);
    }

    @Bean
    SpanProcessor correlationOfSpans() {
        return new CorrelationOfSpans();
    }

    /** Every span bears the name by which the logs and the target know the same work. */
    private static final class CorrelationOfSpans implements SpanProcessor {

        @Override
        public void onStart(Context parent, ReadWriteSpan span) {
            String correlation = Correlation.current();
            if (correlation != null) {
                span.setAttribute("synchub.correlation", correlation);
            }
        }

        @Override
        public boolean isStartRequired() {
            return true;
        }

        @Override
        public void onEnd(ReadableSpan span) {
            // It is known from the start.
        }

        @Override
        public boolean isEndRequired() {
            return false;
        }
    }
}
