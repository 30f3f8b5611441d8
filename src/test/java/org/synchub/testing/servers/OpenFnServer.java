package org.synchub.testing.servers;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A webhook that takes {@code {"entities": [form submissions]}} with an API key and answers before anything is done with
 * them. Refuses a batch as a whole, without saying which submission it minds, and bodies that are too large.
 */
public final class OpenFnServer extends JsonServer {

    public static final String KEY = "openfn-key";

    private static final List<String> REQUIRED = List.of("guid", "entityGuid", "type", "data", "timestamp", "userId");

    private final List<JsonNode> submissions = new ArrayList<>();
    private int most = 1_000;

    @Override
    protected Told answer(Asked asked) {
        if (!asked.header("x-api-key").equals(KEY)) {
            return Told.of(401, object().put("error", "Unauthorized"));
        }
        if (!asked.line().equals("POST /i/datacollect")) {
            return Told.of(404, object().put("error", "webhook_not_found"));
        }
        JsonNode entities = asked.body().path("entities");
        if (entities.size() > most) {
            return Told.of(413, object().put("error", "request_entity_too_large"));
        }
        for (JsonNode submission : entities) {
            boolean whole = REQUIRED.stream().allMatch(submission::hasNonNull)
                    && !submission.path("data").isEmpty();
            if (!whole || submission.path("data").path("first_name").asText().equals("refuse me")) {
                return Told.of(422, object().put("error", "invalid form submission"));
            }
        }
        entities.forEach(submissions::add);
        return Told.of(200, "OK");
    }

    /** Everything that was taken, in order. */
    public synchronized List<JsonNode> submissions() {
        return List.copyOf(submissions);
    }

    /** How many submissions it takes at once from now on. */
    public synchronized void atMost(int number) {
        most = number;
    }
}
