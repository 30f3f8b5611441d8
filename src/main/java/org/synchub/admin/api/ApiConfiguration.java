package org.synchub.admin.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.synchub.admin.live.LiveEvents;
import org.synchub.admin.problem.Problems;
import org.synchub.ledger.Audit;
import org.synchub.ledger.EventLog;
import org.synchub.ledger.Runs;

/** What all endpoints of the API share. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class ApiConfiguration implements WebMvcConfigurer {

    private final Audit audit;

    ApiConfiguration(Audit audit) {
        this.audit = audit;
    }

    @Bean
    FilterRegistrationBean<Correlations> correlations() {
        FilterRegistrationBean<Correlations> filter = new FilterRegistrationBean<>(new Correlations());
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }

    /** After the login, so that a stranger learns nothing. */
    @Bean
    FilterRegistrationBean<BodyLimit> bodyLimit(ObjectMapper json) {
        FilterRegistrationBean<BodyLimit> filter = new FilterRegistrationBean<>(new BodyLimit(new Problems(json)));
        filter.addUrlPatterns("/api/*");
        filter.setOrder(Ordered.LOWEST_PRECEDENCE);
        return filter;
    }

    /** After the login too: whoever may not in is slowed by the failures of their logins. */
    @Bean
    FilterRegistrationBean<RequestRates> requestRates(ObjectMapper json, Clock clock, Environment environment) {
        FilterRegistrationBean<RequestRates> filter = new FilterRegistrationBean<>(new RequestRates(
                environment.getRequiredProperty("synchub.security.requests-per-minute", Integer.class),
                clock,
                new Problems(json)));
        filter.addUrlPatterns("/api/*");
        filter.setOrder(Ordered.LOWEST_PRECEDENCE - 1);
        return filter;
    }

    /** Within all else: only what an endpoint answered is compared. */
    @Bean
    FilterRegistrationBean<ConditionalAnswers> conditionalAnswers() {
        FilterRegistrationBean<ConditionalAnswers> filter = new FilterRegistrationBean<>(new ConditionalAnswers());
        filter.addUrlPatterns("/api/v1/*");
        filter.setOrder(Ordered.LOWEST_PRECEDENCE);
        return filter;
    }

    @Bean
    LiveEvents liveEvents(EventLog events, Runs runs, ObjectMapper json, Environment environment) {
        return new LiveEvents(
                events, runs, json, environment.getRequiredProperty("synchub.events.listeners", Integer.class));
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new ClientIds()).addPathPatterns("/api/**");
        registry.addInterceptor(new AuditedActions(audit)).addPathPatterns("/api/**");
        registry.addInterceptor(new ConditionalAnswers.Choice()).addPathPatterns("/api/**");
    }
}
