package org.synchub.admin.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.filter.ShallowEtagHeaderFilter;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Answers {@code If-None-Match} for what is {@link Polled}. The tag is made of the answer's bytes, so that it changes with
 * whatever a client can see, whichever hub answers; it is a weak one, because a compressed answer is as good.
 */
final class ConditionalAnswers extends ShallowEtagHeaderFilter {

    ConditionalAnswers() {
        setWriteWeakETag(true);
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !HttpMethod.GET.matches(request.getMethod());
    }

    /** Nothing else is held back in memory, and all else stays unkept by the client. */
    static final class Choice implements HandlerInterceptor {

        @Override
        public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
            if (handler instanceof HandlerMethod method && method.hasMethodAnnotation(Polled.class)) {
                response.setHeader(
                        HttpHeaders.CACHE_CONTROL,
                        CacheControl.noCache().cachePrivate().getHeaderValue());
            } else {
                disableContentCaching(request);
            }
            return true;
        }
    }
}
