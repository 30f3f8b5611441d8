package org.synchub.admin.problem;

import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;

/**
 * The problems that the HTTP API answers with. Their {@code type} stays the same from version to version: programs may
 * branch on it, while titles and details are for people.
 */
public enum ProblemType {
    MALFORMED(HttpStatus.BAD_REQUEST, "The request cannot be read"),
    LOGIN_NEEDED(HttpStatus.UNAUTHORIZED, "A valid token is needed"),
    FORBIDDEN(HttpStatus.FORBIDDEN, "Your role does not allow this"),
    NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such thing"),
    METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "This method is not for this address"),
    NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "The hub cannot answer in this form"),
    CONFLICT(HttpStatus.CONFLICT, "The state of the thing does not allow this"),
    TOO_LARGE(HttpStatus.PAYLOAD_TOO_LARGE, "The request is too large"),
    UNSUPPORTED(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "The hub does not read this form"),
    INVALID(HttpStatus.UNPROCESSABLE_ENTITY, "A value cannot be taken"),
    TOO_MANY_FAILED_LOGINS(HttpStatus.TOO_MANY_REQUESTS, "Too many failed logins"),
    TOO_MANY_REQUESTS(HttpStatus.TOO_MANY_REQUESTS, "Too many requests"),
    INTERNAL(HttpStatus.INTERNAL_SERVER_ERROR, "The hub failed"),
    TARGET_TROUBLE(HttpStatus.BAD_GATEWAY, "The target cannot be asked"),
    UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "The hub cannot do this now");

    private final HttpStatus status;
    private final String title;

    ProblemType(HttpStatus status, String title) {
        this.status = status;
        this.title = title;
    }

    public HttpStatus status() {
        return status;
    }

    /** Such as {@code urn:synchub:problem:not-found}. */
    public URI uri() {
        return URI.create(
                "urn:synchub:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    /** A problem of this type. */
    public ProblemDetail with(String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setType(uri());
        problem.setTitle(title);
        return problem;
    }

    /** The type that stands for a status when nothing more is known; {@link #MALFORMED} or {@link #INTERNAL} for others. */
    public static ProblemType of(int status) {
        return Arrays.stream(values())
                .filter(type -> type.status.value() == status)
                .findFirst()
                .orElse(status < 500 ? MALFORMED : INTERNAL);
    }
}
