package org.synchub.admin.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;
import org.synchub.admin.problem.ProblemType;
import org.synchub.admin.problem.Problems;

/**
 * Lets a client ask so many times a minute at this hub: all at once after a pause, evenly when they go on. One login counts as
 * one client, wherever it comes from; who has none counts by address. Stands between the login and what it allows, so that
 * what is refused counts too.
 */
final class RequestRates extends OncePerRequestFilter {

    private static final int MOST_CLIENTS = 10_000;

    private final int perMinute;
    private final InstantSource clock;
    private final Problems problems;
    private final Map<String, Left> clients = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Left> eldest) {
            return size() > MOST_CLIENTS;
        }
    };

    RequestRates(int perMinute, InstantSource clock, Problems problems) {
        if (perMinute < 1) {
            throw new IllegalArgumentException(
                    "synchub.security.requests-per-minute is " + perMinute + "; it has to be 1 at least");
        }
        this.perMinute = perMinute;
        this.clock = clock;
        this.problems = problems;
    }

    /** How many requests a client had left at a time. */
    private record Left(double requests, Instant at) {}

    /** Takes one request of a client's; how long it has to wait when it has none left, else zero. */
    synchronized Duration take(String client) {
        Instant now = clock.instant();
        double perSecond = perMinute / 60.0;
        Left before = clients.getOrDefault(client, new Left(perMinute, now));
        double passed = Math.max(0, Duration.between(before.at(), now).toMillis() / 1000.0);
        double left = Math.min(perMinute, before.requests() + passed * perSecond);
        if (left < 1) {
            clients.put(client, new Left(left, now));
            return Duration.ofMillis((long) Math.ceil((1 - left) / perSecond * 1000));
        }
        clients.put(client, new Left(left - 1, now));
        return Duration.ZERO;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getRequestURI().startsWith("/api/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Principal who = request.getUserPrincipal();
        Duration wait = take(who == null ? "at " + request.getRemoteAddr() : "as " + who.getName());
        if (wait.isZero()) {
            chain.doFilter(request, response);
            return;
        }
        long seconds = Math.max(1, (wait.toMillis() + 999) / 1000);
        response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(seconds));
        problems.send(
                request,
                response,
                ProblemType.TOO_MANY_REQUESTS.with(
                        "You have asked more than " + perMinute + " times a minute. Ask again in " + seconds + " s"));
    }
}
