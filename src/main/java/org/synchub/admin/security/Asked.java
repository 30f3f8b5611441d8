package org.synchub.admin.security;

import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.HandlerMapping;

/** What the audit trail says of every HTTP request. */
public final class Asked {

    private Asked() {}

    /** Who asked, by the name of the login. */
    public static String by(HttpServletRequest request) {
        Principal who = request.getUserPrincipal();
        return who == null ? "unknown" : who.getName();
    }

    /** The target that the address names; null when it names none. */
    public static @Nullable String target(HttpServletRequest request) {
        return request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> variables
                        && variables.get("target") instanceof String target
                ? target
                : null;
    }
}
