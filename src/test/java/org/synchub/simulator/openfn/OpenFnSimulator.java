package org.synchub.simulator.openfn;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.synchub.simulator.http.Answer;
import org.synchub.simulator.http.Faults;
import org.synchub.simulator.http.Json;
import org.synchub.simulator.http.Request;
import org.synchub.simulator.http.RequestLog;
import org.synchub.simulator.http.SimulatorServer;

/**
 * A webhook that takes {@code {"entities": [form submissions]}} with an API key and answers before anything is done with
 * them. Refuses a batch as a whole, without saying which submission it minds, and bodies that are too large.
 */
public final class OpenFnSimulator implements AutoCloseable {

    public static final String KEY = "openfn-key";

    private static final List<String> REQUIRED = List.of("guid", "entityGuid", "type", "data", "timestamp", "userId");

    private final List<JsonNode> submissions = new ArrayList<>();
    private final SimulatorServer server = new SimulatorServer("openfn", new Webhook(), Clock.systemUTC(), true);
    private int most = 1_000;

    private final class Webhook implements SimulatorServer.App {

        @Override
        public Answer answer(Request request) {
            synchronized (OpenFnSimulator.this) {
                return OpenFnSimulator.this.answer(request);
            }
        }

        /** It takes everything as new. */
        @Override
        public String key(Request request) {
            return "";
        }
    }

    public String url() {
        return server.url();
    }

    public Faults faults() {
        return server.faults();
    }

    public RequestLog requests() {
        return server.requests();
    }

    private Answer answer(Request request) {
        if (!request.header("X-Api-Key").equals(KEY)) {
            return Answer.json(401, Json.object("error", "Unauthorized"));
        }
        if (!Request.to("POST", "/i/datacollect").test(request)) {
            return Answer.json(404, Json.object("error", "webhook_not_found"));
        }
        JsonNode entities = request.body().path("entities");
        if (entities.size() > most) {
            return Answer.json(413, Json.object("error", "request_entity_too_large"));
        }
        for (JsonNode submission : entities) {
            boolean whole = REQUIRED.stream().allMatch(submission::hasNonNull)
                    && !submission.path("data").isEmpty();
            if (!whole || submission.path("data").path("first_name").asText().equals("refuse me")) {
                return Answer.json(422, Json.object("error", "invalid form submission"));
            }
        }
        entities.forEach(submissions::add);
        return new Answer(200, "text/html", "OK", Map.of());
    }

    /** Everything that was taken, in order. */
    public synchronized List<JsonNode> submissions() {
        return List.copyOf(submissions);
    }

    /** How many submissions it takes at once from now on. */
    public synchronized void atMost(int number) {
        most = number;
    }

    @Override
    public void close() {
        server.close();
    }
}
