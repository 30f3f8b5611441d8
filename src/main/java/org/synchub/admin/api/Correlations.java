package org.synchub.admin.api;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;
import org.synchub.sync.Correlation;

/**
 * Gives each request its name, the caller's own when it is one: it is in the answer, whatever that is, in what the hub logs
 * meanwhile, and in the runs that the request asks for. First of all filters, so that a refused login has one too.
 */
final class Correlations extends OncePerRequestFilter {

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String correlation = Correlation.given(request.getHeader(Correlation.HEADER));
        response.setHeader(Correlation.HEADER, correlation);
        MDC.put(Correlation.KEY, correlation);
        try {
            chain.doFilter(request, response);
        } finally {
            MDC.remove(Correlation.KEY);
        }
    }
}
