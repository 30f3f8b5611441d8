package org.synchub.admin.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;
import org.synchub.admin.security.Allowed;
import org.synchub.admin.security.Asked;
import org.synchub.admin.security.Open;
import org.synchub.admin.security.Refusals;
import org.synchub.admin.security.Role;
import org.synchub.ledger.Audit;
import org.synchub.ledger.AuditKeys;

/**
 * Notes everything that somebody does by HTTP, before it is done, and what became of it. Of what only looks, that is noted
 * which only an admin may see: values of people, and the audit trail itself. Of somebody who is not logged in nothing is
 * noted beforehand, and what is refused them is bounded: anybody could fill the trail.
 */
final class AuditedActions implements HandlerInterceptor {

    private static final String BEGAN = AuditedActions.class.getName() + ".began";
    private static final String AFFECTED = AuditedActions.class.getName() + ".affected";

    private static final String NOTED = AuditedActions.class.getName() + ".noted";

    private final Audit audit;
    private final Refusals refusals;
    private final AuditKeys keys;

    AuditedActions(Audit audit, Refusals refusals, AuditKeys keys) {
        this.audit = audit;
        this.refusals = refusals;
        this.keys = keys;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (request.getAttribute(BEGAN) == null) {
            request.setAttribute(BEGAN, System.nanoTime());
            if (handler instanceof HandlerMethod action
                    && !onlyLooks(request, action)
                    && request.getUserPrincipal() != null) {
                request.setAttribute(NOTED, audit.begin(intent(request, action)));
            }
        }
        return true;
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception failure) {
        if (!(handler instanceof HandlerMethod action) || onlyLooks(request, action)) {
            return;
        }
        int status = response.getStatus();
        Audit.Outcome outcome = failure != null || status >= 500
                ? Audit.Outcome.FAILED
                : status >= 400 ? Audit.Outcome.REFUSED : Audit.Outcome.DONE;
        Audit.Intent intent = intent(request, action);
        String detail = intent.detail() + " " + status;
        Long affected = request.getAttribute(AFFECTED) instanceof Long n ? n : null;
        Duration took = Duration.ofNanos(
                System.nanoTime() - (request.getAttribute(BEGAN) instanceof Long began ? began : System.nanoTime()));
        if (request.getAttribute(NOTED) instanceof Long noted) {
            audit.conclude(noted, outcome, detail, affected, took);
        } else if (outcome == Audit.Outcome.REFUSED) {
            refusals.note(Audit.Entry.of(intent, outcome, detail, null, null));
        } else {
            audit.note(Audit.Entry.of(intent, outcome, detail, affected, took));
        }
    }

    private Audit.Intent intent(HttpServletRequest request, HandlerMethod action) {
        return new Audit.Intent(
                action.getMethod().getName(),
                Asked.by(request),
                Audit.Via.HTTP,
                request.getRemoteAddr(),
                keys.target(Asked.target(request)),
                request.getMethod() + " " + path(request));
    }

    /** With those parts of it that are keys: people type all sorts of things. */
    private String path(HttpServletRequest request) {
        String path = String.valueOf(request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE));
        if (request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> variables) {
            for (Map.Entry<?, ?> variable : variables.entrySet()) {
                String value = String.valueOf(variable.getValue());
                path = path.replace(
                        "{" + variable.getKey() + "}",
                        variable.getKey().equals("target") ? String.valueOf(keys.target(value)) : keys.of(value));
            }
        }
        return path;
    }

    /** Or notes itself what it does. */
    private static boolean onlyLooks(HttpServletRequest request, HandlerMethod action) {
        if (action.hasMethodAnnotation(Open.class)) {
            return true;
        }
        Allowed allowed = action.getMethodAnnotation(Allowed.class);
        return HttpMethod.GET.matches(request.getMethod()) && (allowed == null || allowed.value() != Role.ADMIN);
    }

    /** Takes from an answer how many records were concerned. */
    @RestControllerAdvice
    static final class Affected implements ResponseBodyAdvice<Object> {

        @Override
        public boolean supports(MethodParameter returned, Class<? extends HttpMessageConverter<?>> converter) {
            return true;
        }

        @Override
        public @Nullable Object beforeBodyWrite(
                @Nullable Object body,
                MethodParameter returned,
                MediaType type,
                Class<? extends HttpMessageConverter<?>> converter,
                ServerHttpRequest request,
                ServerHttpResponse response) {
            if (body instanceof Affecting answer && request instanceof ServletServerHttpRequest servlet) {
                servlet.getServletRequest().setAttribute(AFFECTED, answer.affected());
            }
            return body;
        }
    }
}
