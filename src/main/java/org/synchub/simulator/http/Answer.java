package org.synchub.simulator.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a simulated system answers; {@code body} is empty where there is none. */
public record Answer(int status, String contentType, String body, Map<String, String> headers) {

    public static Answer json(int status, JsonNode body) {
        return new Answer(status, "application/json", body.toString(), Map.of());
    }

    public static Answer html(int status, String text) {
        return new Answer(status, "text/html; charset=utf-8", "<!DOCTYPE html><html>" + text + "</html>", Map.of());
    }

    public static Answer empty(int status) {
        return new Answer(status, "", "", Map.of());
    }

    public Answer with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Answer(status, contentType, body, more);
    }
}
