package org.synchub.admin.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Decides by the {@link Allowed} of the method that would answer, or lets everybody in where it is {@link Open}. Without
 * either nobody is let in; what no method answers is left to the dispatcher, which says so, but only to somebody who is logged in.
 */
final class EndpointRule {

    private final RequestMappingHandlerMapping endpoints;

    EndpointRule(RequestMappingHandlerMapping endpoints) {
        this.endpoints = endpoints;
    }

    /** An {@link org.springframework.security.authorization.AuthorizationManager}. */
    AuthorizationDecision decide(Supplier<Authentication> who, RequestAuthorizationContext context) {
        Authentication known = who.get();
        HandlerMethod endpoint = endpoint(context.getRequest());
        if (endpoint == null) {
            return new AuthorizationDecision(Role.VIEWER.authorities().stream()
                    .anyMatch(a -> known.getAuthorities().contains(a)));
        }
        if (endpoint.hasMethodAnnotation(Open.class)) {
            return new AuthorizationDecision(true);
        }
        Allowed allowed = endpoint.getMethodAnnotation(Allowed.class);
        return new AuthorizationDecision(allowed != null
                && known.getAuthorities().stream()
                        .anyMatch(a -> allowed.value().authority().equals(a.getAuthority())));
    }

    private @Nullable HandlerMethod endpoint(HttpServletRequest request) {
        if (!ServletRequestPathUtils.hasParsedRequestPath(request)) {
            ServletRequestPathUtils.parseAndCache(request);
        }
        try {
            HandlerExecutionChain chain = endpoints.getHandler(request);
            return chain != null && chain.getHandler() instanceof HandlerMethod method ? method : null;
        } catch (Exception noMethodFits) {
            // The dispatcher meets the same mismatch of method or media type and answers it.
            return null;
        }
    }
}
