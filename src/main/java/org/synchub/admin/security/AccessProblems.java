package org.synchub.admin.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import org.springframework.http.HttpHeaders;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;
import org.synchub.admin.problem.ProblemType;
import org.synchub.admin.problem.Problems;
import org.synchub.ledger.Audit;
import org.synchub.ledger.AuditKeys;

/** Tells those who may not in why, as far as it is theirs to know. What somebody's role does not allow is audited. */
final class AccessProblems implements AuthenticationEntryPoint, AccessDeniedHandler {

    private final Problems problems;
    private final Refusals refusals;
    private final AuditKeys keys;

    AccessProblems(Problems problems, Refusals refusals, AuditKeys keys) {
        this.problems = problems;
        this.refusals = refusals;
        this.keys = keys;
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        if (failure instanceof Logins.TooManyFailures slowed) {
            long seconds = slowed.remaining().toSeconds() + 1;
            response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(seconds));
            problems.send(
                    request,
                    response,
                    ProblemType.TOO_MANY_FAILED_LOGINS.with(
                            "Logins from your address have failed too often. Try again in " + seconds + " s"));
        } else if (failure instanceof Logins.Unavailable) {
            problems.send(
                    request,
                    response,
                    ProblemType.UNAVAILABLE.with(
                            "Logins cannot be checked now: the database or the issuer of your token"
                                    + " does not answer. Try again later"));
        } else {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
            problems.send(
                    request,
                    response,
                    ProblemType.LOGIN_NEEDED.with("Send 'Authorization: Bearer TOKEN' with a token that is valid;"
                            + " 'token create' makes one"));
        }
    }

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException denied)
            throws IOException {
        note(request);
        problems.send(
                request, response, ProblemType.FORBIDDEN.with("You are known, but your role does not allow this"));
    }

    /** By the endpoint and not the address: that can name a record. */
    private void note(HttpServletRequest request) {
        refusals.note(new Audit.Entry(
                request.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE) instanceof HandlerMethod asked
                        ? asked.getMethod().getName()
                        : "request",
                Asked.by(request),
                Audit.Via.HTTP,
                request.getRemoteAddr(),
                keys.target(Asked.target(request)),
                Audit.Outcome.REFUSED,
                request.getMethod() + " "
                        + Objects.requireNonNullElse(
                                request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE), "elsewhere")
                        + " " + ProblemType.FORBIDDEN.status().value()));
    }
}
