package org.synchub.target.httpjson.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Mapping;

/**
 * A whole {@code http-json} target as its mapping file declares it. {@code docs/targets/http-json.md} describes every
 * key.
 *
 * @param where the mapping file, as messages name it
 * @param writers how many requests that write may be under way at once
 * @param longestWrite how long a request that was given up may still be applied
 * @param constants values for templates by name
 * @param headers that go with every request
 * @param requests by what they are for
 * @param outcomes the rules for all requests
 * @param kinds what each record kind of the mapping says of itself, by its name
 * @param hints where the system tells of changes; null if nobody listens
 */
public record Spec(
        String where,
        int writers,
        Duration longestWrite,
        Map<String, JsonNode> constants,
        Map<String, Text> headers,
        Auth auth,
        Key key,
        RecordSpec record,
        WriteSpec write,
        Map<Operation, Request> requests,
        List<Rule> outcomes,
        Map<String, KindSpec> kinds,
        @Nullable HintSpec hints) {

    /** The value of {@code adapter.type}. */
    public static final String TYPE = "http-json";

    /**
     * A record kind.
     *
     * @param values for templates, by name
     * @param where what holds for a record of this kind and for no other; empty if the address tells them apart
     */
    public record KindSpec(Map<String, JsonNode> values, List<Condition> where) {}

    /**
     * Reads and checks the adapter's section of a mapping file.
     *
     * @throws org.synchub.mapping.MappingException with everything that is wrong
     */
    public static Spec of(Mapping mapping) {
        return new SpecReader(mapping).read();
    }

    /** Whether the hub can find out what changed at the target. */
    public boolean tellsChanges() {
        return request(Operation.CHANGES) != null || request(Operation.LIST) != null;
    }

    public @Nullable Request request(Operation operation) {
        return requests.get(operation);
    }

    /** The request for an operation that the reader has made sure of. */
    public Request need(Operation operation) {
        Request request = requests.get(operation);
        if (request == null) {
            throw new IllegalStateException("request '" + operation.word() + "' is not there");
        }
        return request;
    }

    /** What a kind says of itself; the reader has made sure that it is there. */
    public KindSpec kind(String name) {
        KindSpec kind = kinds.get(name);
        if (kind == null) {
            throw new IllegalArgumentException("the adapter does not know kind '" + name + "'");
        }
        return kind;
    }
}
