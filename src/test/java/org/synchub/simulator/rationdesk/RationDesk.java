package org.synchub.simulator.rationdesk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.synchub.simulator.http.Answer;
import org.synchub.simulator.http.Faults;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.Request;
import org.synchub.simulator.http.RequestLog;
import org.synchub.simulator.http.SimulatorServer;

/** Serves what the API description in docs/add-a-target.md says, and nothing that it does not say. */
public final class RationDesk implements AutoCloseable {

    public static final String USER = "hub";
    public static final String PASSWORD = "ration-card";

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final int PAGE = 50;
    private static final Map<String, String> ONE_OF = Map.of("families", "family", "persons", "person");
    private static final Set<String> SEXES = Set.of("F", "M", "X");

    private final SimulatorServer server = new SimulatorServer("ration-desk", new Desk(), Clock.systemUTC(), true);
    private final Map<String, Map<Integer, ObjectNode>> registers =
            Map.of("families", new TreeMap<>(), "persons", new TreeMap<>());
    private LocalDateTime now = LocalDateTime.parse("2026-11-20T10:00:00");
    private int sessions;
    private int numbers;

    private final class Desk implements SimulatorServer.App {

        @Override
        public Answer answer(Request request) {
            synchronized (RationDesk.this) {
                return RationDesk.this.answer(request);
            }
        }

        @Override
        public String key(Request request) {
            return request.method().equals("POST") && !request.path().equals("/v2/session")
                    ? request.body().path("ref").asText()
                    : "";
        }
    }

    public String url() {
        return server.url() + "/v2";
    }

    public Faults faults() {
        return server.faults();
    }

    public RequestLog requests() {
        return server.requests();
    }

    private Answer answer(Request request) {
        List<String> steps = request.steps();
        if (request.path().equals("/v2/session") && request.method().equals("POST")) {
            boolean known = request.body().equals(Json.object("user", USER, "password", PASSWORD));
            return known
                    ? Answer.json(200, Json.object("session", Json.object("key", "s" + ++sessions, "validFor", 1800)))
                    : problem(401, "login", null, "Unknown user or password");
        }
        if (sessions == 0 || !request.header("X-Session").equals("s" + sessions)) {
            return problem(401, "session", null, "No session, or one that has ended");
        }
        Map<Integer, ObjectNode> register = steps.size() < 2 ? null : registers.get(steps.get(1));
        if (register == null) {
            return problem(404, "address", null, "No such address");
        }
        String one = String.valueOf(ONE_OF.get(steps.get(1)));
        if (steps.size() == 2) {
            return request.method().equals("POST")
                    ? create(register, one, request.body())
                    : list(register, steps.get(1), request);
        }
        ObjectNode record = register.get(Integer.parseInt(steps.get(2)));
        if (record == null) {
            return problem(404, "number", null, "No such number");
        }
        return switch (request.method()) {
            case "PATCH" -> change(record, one, request.body());
            case "DELETE" -> {
                touch(record.put("state", "closed"));
                yield Answer.empty(204);
            }
            default -> Answer.json(200, Json.object(one, told(record)));
        };
    }

    private Answer create(Map<Integer, ObjectNode> register, String one, JsonNode body) {
        if (register.values().stream().anyMatch(known -> known.path("ref").equals(body.path("ref")))) {
            return problem(422, "duplicate", "ref", "This ref is taken");
        }
        Answer refused = refusal(one, body);
        if (refused != null) {
            return refused;
        }
        ObjectNode record = body.deepCopy();
        int number = ++numbers;
        register.put(number, record);
        touch(record.put("no", number).put("rev", 0).put("state", "open"));
        return Answer.json(201, Json.object(one, told(record)));
    }

    private Answer change(ObjectNode record, String one, JsonNode body) {
        if (!record.path("rev").equals(body.path("rev"))) {
            return Answer.json(
                    409,
                    Json.object("problem", Json.object("kind", "overtaken", "text", "Another rev"), one, told(record)));
        }
        Answer refused = refusal(one, body);
        if (refused != null) {
            return refused;
        }
        body.properties().stream()
                .filter(field -> !field.getKey().equals("rev"))
                .forEach(field -> record.set(field.getKey(), field.getValue()));
        touch(record);
        return Answer.json(200, Json.object(one, told(record)));
    }

    private Answer refusal(String one, JsonNode body) {
        if (one.equals("person")
                && body.has("sex")
                && !SEXES.contains(body.path("sex").asText())) {
            return problem(422, "invalid", "sex", "sex is F, M or X");
        }
        if (one.equals("person")
                && body.has("family")
                && !(body.path("family").isInt()
                        && registers
                                .get("families")
                                .containsKey(body.path("family").intValue()))) {
            return problem(422, "invalid", "family", "family is the number of a family");
        }
        return body.has("allowance") && !body.path("allowance").isTextual()
                ? problem(422, "invalid", "allowance", "allowance is a text")
                : null;
    }

    private void touch(ObjectNode record) {
        now = now.plusSeconds(1);
        record.put("rev", record.path("rev").asInt() + 1).put("changed", TIME.format(now));
    }

    private Answer list(Map<Integer, ObjectNode> register, String many, Request request) {
        if (!request.parameter("ref").isEmpty()) {
            List<ObjectNode> found = register.values().stream()
                    .filter(record -> record.path("ref").asText().equals(request.parameter("ref")))
                    .map(RationDesk::told)
                    .toList();
            return Answer.json(200, Json.object(many, Json.array(found)));
        }
        String since = request.parameter("since");
        List<ObjectNode> all = new ArrayList<>();
        register.values().stream()
                .filter(record -> record.path("changed").asText().compareTo(since) >= 0)
                .map(RationDesk::told)
                .forEach(all::add);
        int pages = Math.max(1, (all.size() + PAGE - 1) / PAGE);
        int page = request.parameter("page", 1);
        List<ObjectNode> some = all.subList(Math.min(all.size(), (page - 1) * PAGE), Math.min(all.size(), page * PAGE));
        return Answer.json(200, Json.object(many, Json.array(some), "pages", pages, "now", TIME.format(now)));
    }

    /** Texts are told escaped for HTML, amounts with four digits. */
    private static ObjectNode told(ObjectNode record) {
        ObjectNode told = record.deepCopy();
        record.properties().forEach(field -> {
            if (field.getKey().equals("allowance")) {
                told.put("allowance", field.getValue().asText() + "00");
            } else if (field.getValue().isTextual()) {
                told.put(
                        field.getKey(),
                        field.getValue()
                                .asText()
                                .replace("&", "&amp;")
                                .replace("<", "&lt;")
                                .replace("'", "&#39;"));
            }
        });
        return told;
    }

    private static Answer problem(
            int status, String kind, @org.jspecify.annotations.Nullable String field, String text) {
        return Answer.json(status, Json.object("problem", Json.object("kind", kind, "field", field, "text", text)));
    }

    /** What is in a register, by the reference that the client gave. */
    public synchronized Map<String, ObjectNode> byRef(String many) {
        Map<String, ObjectNode> found = new TreeMap<>();
        Map<Integer, ObjectNode> register = registers.getOrDefault(many, Map.of());
        register.values().forEach(record -> found.put(record.path("ref").asText(), record.deepCopy()));
        return found;
    }

    /** A clerk writes a field. */
    public synchronized void edit(String many, String ref, String field, String value) {
        registers.getOrDefault(many, Map.of()).values().stream()
                .filter(record -> record.path("ref").asText().equals(ref))
                .forEach(record -> touch(record.put(field, value)));
    }

    @Override
    public void close() {
        server.close();
    }
}
