package org.synchub.admin.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.security.Principal;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.synchub.ledger.Audit;

/** Notes everything that somebody did by HTTP, after it was done or refused. What only looks is not noted. */
final class AuditedActions implements HandlerInterceptor {

    private final Audit audit;

    AuditedActions(Audit audit) {
        this.audit = audit;
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception failure) {
        if (!(handler instanceof HandlerMethod action) || HttpMethod.GET.matches(request.getMethod())) {
            return;
        }
        Principal who = request.getUserPrincipal();
        int status = response.getStatus();
        audit.note(new Audit.Entry(
                action.getMethod().getName(),
                who == null ? "unknown" : who.getName(),
                Audit.Via.HTTP,
                request.getRemoteAddr(),
                variable(request, "target"),
                failure != null || status >= 500
                        ? Audit.Outcome.FAILED
                        : status >= 400 ? Audit.Outcome.REFUSED : Audit.Outcome.DONE,
                request.getMethod() + " " + request.getRequestURI() + " " + status));
    }

    private static @Nullable String variable(HttpServletRequest request, String name) {
        return request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> variables
                        && variables.get(name) instanceof String value
                ? value
                : null;
    }
}
