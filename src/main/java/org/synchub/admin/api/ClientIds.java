package org.synchub.admin.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.AsyncHandlerInterceptor;
import org.synchub.ledger.ClientMark;

/** Marks what a request does with its {@code X-Client-ID}. */
final class ClientIds implements AsyncHandlerInterceptor {

    static final String HEADER = "X-Client-ID";

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        String client = request.getHeader(HEADER);
        if (client != null && !client.isBlank()) {
            ClientMark.set(client.strip());
        }
        return true;
    }

    @Override
    public void afterConcurrentHandlingStarted(
            HttpServletRequest request, HttpServletResponse response, Object handler) {
        ClientMark.clear();
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception failure) {
        ClientMark.clear();
    }
}
