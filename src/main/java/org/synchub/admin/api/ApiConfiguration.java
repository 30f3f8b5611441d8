package org.synchub.admin.api;

import com.fasterxml.jackson.databind.ObjectMapper;
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
import org.synchub.admin.security.Refusals;
import org.synchub.ledger.Audit;
import org.synchub.ledger.AuditKeys;
import org.synchub.ledger.EventLog;
import org.synchub.ledger.Runs;

/** What all endpoints of the API share. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class ApiConfiguration implements WebMvcConfigurer {

    private final Audit audit;
    private final Refusals refusals;
    private final AuditKeys keys;

    ApiConfiguration(Audit audit, Refusals refusals, AuditKeys keys) {
        this.audit = audit;
        this.refusals = refusals;
        this.keys = keys;
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

    /** Within all else: only what an endpoint answered is compared. */
    @Bean
    FilterRegistrationBean<ConditionalAnswers> conditionalAnswers() {
        FilterRegistrationBean<ConditionalAnswers> filter = new FilterRegistrationBean<>(new ConditionalAnswers());
        filter.addUrlPatterns("/api/v1/*", "/api/try/*");
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
        registry.addInterceptor(new AuditedActions(audit, refusals, keys)).addPathPatterns("/api/**");
        registry.addInterceptor(new ConditionalAnswers.Choice()).addPathPatterns("/api/**");
    }
}
