package org.synchub.admin.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.synchub.admin.live.LiveEvents;
import org.synchub.admin.problem.ProblemType;
import org.synchub.admin.security.LoginRefused;
import org.synchub.admin.security.LoginSlowed;
import org.synchub.sync.NoSuchThing;
import org.synchub.sync.NotNow;
import org.synchub.sync.UnknownTarget;
import org.synchub.target.TargetTrouble;

/** Every failure of an endpoint as a problem of RFC 9457 with a stable type, never with a stack trace. */
@RestControllerAdvice
class ApiProblems extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ApiProblems.class);

    @ExceptionHandler({UnknownTarget.class, NoSuchThing.class})
    ProblemDetail unknown(RuntimeException e) {
        return ProblemType.NOT_FOUND.with(String.valueOf(e.getMessage()));
    }

    @ExceptionHandler(NotNow.class)
    ProblemDetail notNow(NotNow e) {
        return ProblemType.CONFLICT.with(String.valueOf(e.getMessage()));
    }

    @ExceptionHandler(LoginRefused.class)
    ProblemDetail refused(LoginRefused e, HttpServletResponse response) {
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        return ProblemType.LOGIN_NEEDED.with(String.valueOf(e.getMessage()));
    }

    @ExceptionHandler(LoginSlowed.class)
    ProblemDetail slowed(LoginSlowed e, HttpServletResponse response) {
        response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(e.seconds()));
        return ProblemType.TOO_MANY_FAILED_LOGINS.with(String.valueOf(e.getMessage()));
    }

    @ExceptionHandler(LiveEvents.Full.class)
    ProblemDetail full(LiveEvents.Full e, HttpServletResponse response) {
        response.setHeader(HttpHeaders.RETRY_AFTER, "60");
        return ProblemType.TOO_MANY_REQUESTS.with(String.valueOf(e.getMessage()));
    }

    /** A value that the services refuse: they say which and what is allowed. */
    @ExceptionHandler(IllegalArgumentException.class)
    ProblemDetail invalid(IllegalArgumentException e) {
        return ProblemType.INVALID.with(String.valueOf(e.getMessage()));
    }

    @ExceptionHandler(TargetTrouble.class)
    ProblemDetail trouble(TargetTrouble e) {
        return ProblemType.TARGET_TROUBLE.with(String.valueOf(e.getMessage()));
    }

    /** Such as a text with U+0000, which PostgreSQL does not hold. */
    @ExceptionHandler(DataIntegrityViolationException.class)
    ProblemDetail unfit(DataIntegrityViolationException e) {
        return ProblemType.INVALID.with("A value is none that the hub could hold or look for");
    }

    @ExceptionHandler(DataAccessException.class)
    ProblemDetail database(DataAccessException e, HttpServletRequest request) {
        log.error("{} {}: the database failed: {}", request.getMethod(), request.getRequestURI(), cause(e));
        return ProblemType.UNAVAILABLE.with("The database does not answer as it should; the hub's log says more");
    }

    @ExceptionHandler(Exception.class)
    ProblemDetail unexpected(Exception e, HttpServletRequest request) {
        log.error("{} {} failed", request.getMethod(), request.getRequestURI(), e);
        return ProblemType.INTERNAL.with("The hub failed while it worked on this; its log says more");
    }

    /** What the reader of the body found, without the piece of it that Jackson quotes. */
    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof BodyLimit.TooLong) {
                return handleExceptionInternal(
                        e, BodyLimit.problem(), headers, ProblemType.TOO_LARGE.status(), request);
            }
        }
        return handleExceptionInternal(
                e,
                ProblemType.MALFORMED.with("The body is not the JSON that this endpoint reads"),
                headers,
                status,
                request);
    }

    /** Gives what Spring MVC refuses the hub's types. */
    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception e, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        ProblemType type = ProblemType.of(status.value());
        ProblemDetail problem = body instanceof ProblemDetail told && told.getDetail() != null
                ? type.with(told.getDetail())
                : type.with(String.valueOf(status));
        problem.setStatus(status.value());
        if (request instanceof ServletWebRequest web) {
            problem.setInstance(URI.create(web.getRequest().getRequestURI()));
        }
        return super.handleExceptionInternal(e, problem, headers, status, request);
    }

    private static String cause(DataAccessException e) {
        return e.getMostSpecificCause().getClass().getSimpleName();
    }
}
