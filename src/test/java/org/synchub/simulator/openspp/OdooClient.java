package org.synchub.simulator.openspp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Calls a simulator over HTTP as a client of Odoo would. */
final class OdooClient {

    static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final OpenSppSimulator simulator;
    private final int uid;
    private final String password;

    OdooClient(OpenSppSimulator simulator) {
        this(simulator, 7, "hub");
    }

    OdooClient(OpenSppSimulator simulator, int uid, String password) {
        this.simulator = simulator;
        this.uid = uid;
        this.password = password;
    }

    /** The whole answer of {@code execute_kw}. */
    JsonNode call(String model, String method, Map<String, ?> keywords, Object... args) {
        HttpResponse<String> response =
                post(envelope(List.of(simulator.database(), uid, password, model, method, List.of(args), keywords)));
        try {
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode result(String model, String method, Map<String, ?> keywords, Object... args) {
        JsonNode answer = call(model, method, keywords, args);
        if (answer.has("error")) {
            throw new AssertionError("Expected a result but got " + answer.get("error"));
        }
        return answer.path("result");
    }

    int create(String model, Map<String, ?> values) {
        return result(model, "create", Map.of(), values).intValue();
    }

    boolean write(String model, int id, Map<String, ?> values) {
        return result(model, "write", Map.of(), List.of(id), values).booleanValue();
    }

    JsonNode read(String model, int id, String... fields) {
        return result(model, "read", Map.of("fields", List.of(fields)), List.of(id))
                .path(0);
    }

    List<Integer> search(String model, Map<String, ?> keywords, Object... domain) {
        JsonNode ids = result(model, "search", keywords, List.of(domain));
        return JSON.convertValue(ids, JSON.getTypeFactory().constructCollectionType(List.class, Integer.class));
    }

    /** The class and message of the error a call must end with, parted by ": ". */
    String error(String model, String method, Object... args) {
        JsonNode data = call(model, method, Map.of(), args).path("error").path("data");
        return data.path("name").asText() + ": " + data.path("message").asText();
    }

    static String envelope(List<?> args) {
        ObjectNode body = JSON.createObjectNode().put("jsonrpc", "2.0").put("method", "call");
        body.putObject("params")
                .put("service", "object")
                .put("method", "execute_kw")
                .set("args", JSON.valueToTree(args));
        return body.put("id", 1).toString();
    }

    HttpResponse<String> post(String body) {
        return send("POST", "/jsonrpc", "application/json", body);
    }

    HttpResponse<String> send(String method, String path, String contentType, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(simulator.url() + path))
                .timeout(Duration.ofSeconds(60))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!contentType.isEmpty()) {
            request.header("Content-Type", contentType);
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while waiting for the simulator", e);
        }
    }
}
