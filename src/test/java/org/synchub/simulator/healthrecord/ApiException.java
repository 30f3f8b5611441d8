package org.synchub.simulator.healthrecord;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.synchub.simulator.http.Json;

/** An error as the server answers it. Whatever the database or its validation throws is a 500 with its raw message. */
final class ApiException extends RuntimeException {

    private final int status;
    private final String code;
    private final transient JsonNode message;

    private ApiException(int status, String code, JsonNode message) {
        super(message.isTextual() ? message.asText() : message.toString());
        this.status = status;
        this.code = code;
        this.message = message;
    }

    private static ApiException of(int status, String code, String message) {
        return new ApiException(status, code, Json.MAPPER.valueToTree(message));
    }

    static ApiException badRequest(String message) {
        return of(400, "SRV_7001", message);
    }

    static ApiException badRequest(List<String> messages) {
        return new ApiException(400, "SRV_7001", Json.MAPPER.valueToTree(messages));
    }

    static ApiException unauthorized(String code, String message) {
        return of(401, code, message);
    }

    static ApiException forbidden() {
        return of(403, "INSUFFICIENT_PERMISSIONS", "Insufficient permissions");
    }

    static ApiException notFound(String message) {
        return of(404, "RES_5001", message);
    }

    static ApiException tooMany() {
        return of(429, "RATE_8001", "ThrottlerException: Too Many Requests");
    }

    static ApiException internal(String message) {
        return of(500, "SRV_7001", message);
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    /** A text, or a list of texts. */
    JsonNode message() {
        return message;
    }
}
