package org.synchub.simulator.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.Headers;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A request as it came in.
 *
 * @param number counts requests from 1
 * @param path the path, decoded, without the query
 * @param steps the parts of the path, decoded one by one
 * @param query the query's parameters, decoded; the last one where a name comes twice
 * @param text the body as it was sent, unzipped
 * @param body the body as JSON; a missing node where it is empty or no JSON
 */
public record Request(
        long number,
        String method,
        String path,
        List<String> steps,
        Map<String, String> query,
        Headers headers,
        String text,
        JsonNode body) {

    public static Predicate<Request> to(String method, String path) {
        return request -> request.method.equals(method) && request.path.equals(path);
    }

    /** Requests to this path and to whatever lies below it. */
    public static Predicate<Request> below(String method, String path) {
        return request ->
                request.method.equals(method) && (request.path.equals(path) || request.path.startsWith(path + "/"));
    }

    public static Predicate<Request> any() {
        return request -> true;
    }

    /** A header's first value, or empty. */
    public String header(String name) {
        String value = headers.getFirst(name);
        return value == null ? "" : value;
    }

    /** A parameter of the query, or empty. */
    public String parameter(String name) {
        return query.getOrDefault(name, "");
    }

    public int parameter(String name, int otherwise) {
        String value = parameter(name);
        return value.matches("\\d{1,9}") ? Integer.parseInt(value) : otherwise;
    }

    /** The bearer token, or empty. */
    public String bearer() {
        String value = header("Authorization");
        return value.startsWith("Bearer ") ? value.substring(7) : "";
    }

    public Request withBody(JsonNode newBody) {
        return new Request(number, method, path, steps, query, headers, text, newBody);
    }

    public boolean acceptsJson() {
        return header("Accept").contains("json");
    }

    @Override
    public String toString() {
        return "#" + number + " " + method + " " + path;
    }
}
