package org.synchub.simulator.collectpay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import org.synchub.simulator.http.Answer;
import org.synchub.simulator.http.Json;

/** What is wrong with the fields of a request: an answer 422. */
final class Errors {

    private final ObjectNode fields = Json.MAPPER.createObjectNode();

    Errors add(String field, String message) {
        fields.withArray(field).add(message);
        return this;
    }

    /** An empty object or array is missing as well. */
    Errors require(String field, JsonNode value) {
        return Json.isNothing(value) || (value.isContainerNode() && value.isEmpty())
                ? add(field, "The " + field.replace('_', ' ') + " field is required.")
                : this;
    }

    Errors requireOneOf(String field, JsonNode value, Collection<String> allowed) {
        require(field, value);
        return Json.isNothing(value) || allowed.contains(value.asText())
                ? this
                : add(field, "The selected " + field + " is invalid.");
    }

    boolean any() {
        return !fields.isEmpty();
    }

    Answer answer() {
        return Answer.json(422, Json.object("success", false, "errors", fields));
    }
}
