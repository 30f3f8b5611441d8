package org.synchub.admin.monitoring;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Keeps what Spring Boot would set up for tracing, a thread and a sampler among it, out of a hub that nobody traces. Tracing is
 * on where {@value #ENDPOINT} is set.
 */
final class TracingSwitch implements AutoConfigurationImportFilter, EnvironmentAware {

    static final String ENDPOINT = "management.otlp.tracing.endpoint";

    private static final Pattern OPEN_TELEMETRY =
            Pattern.compile("org\\.springframework\\.boot\\.actuate\\.autoconfigure\\."
                    + "(tracing\\.|opentelemetry\\.|logging\\.(OpenTelemetry|otlp\\.)).*");

    private @Nullable Environment environment;

    @Override
    public void setEnvironment(Environment given) {
        environment = given;
    }

    @Override
    public boolean[] match(@Nullable String[] classes, AutoConfigurationMetadata metadata) {
        boolean on = environment != null && isOn(environment);
        boolean[] wanted = new boolean[classes.length];
        for (int i = 0; i < classes.length; i++) {
            String name = classes[i];
            wanted[i] = on || name == null || !OPEN_TELEMETRY.matcher(name).matches();
        }
        return wanted;
    }

    private static boolean isOn(Environment environment) {
        return StringUtils.hasText(environment.getProperty(ENDPOINT))
                && environment.getProperty("management.tracing.enabled", Boolean.class, true);
    }

    /** For what the hub itself adds to tracing. */
    static final class On implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return isOn(context.getEnvironment());
        }
    }
}
