package org.synchub.admin.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
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
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;
import org.synchub.admin.security.Allowed;
import org.synchub.admin.security.Asked;
import org.synchub.admin.security.Role;
import org.synchub.ledger.Audit;

/**
 * Notes everything that somebody did by HTTP, after it was done or refused. Of what only looks, that is noted which only an
 * admin may see: values of people, and the audit trail itself.
 */
final class AuditedActions implements HandlerInterceptor {

    private static final String BEGAN = AuditedActions.class.getName() + ".began";
    private static final String AFFECTED = AuditedActions.class.getName() + ".affected";

    private final Audit audit;

    AuditedActions(Audit audit) {
        this.audit = audit;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (request.getAttribute(BEGAN) == null) {
            request.setAttribute(BEGAN, System.nanoTime());
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
        audit.note(new Audit.Entry(
                action.getMethod().getName(),
                Asked.by(request),
                Audit.Via.HTTP,
                request.getRemoteAddr(),
                Asked.target(request),
                failure != null || status >= 500
                        ? Audit.Outcome.FAILED
                        : status >= 400 ? Audit.Outcome.REFUSED : Audit.Outcome.DONE,
                request.getMethod() + " " + request.getRequestURI() + " " + status,
                request.getAttribute(AFFECTED) instanceof Long affected ? affected : null,
                request.getAttribute(BEGAN) instanceof Long began
                        ? Duration.ofNanos(System.nanoTime() - began)
                        : null));
    }

    private static boolean onlyLooks(HttpServletRequest request, HandlerMethod action) {
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
