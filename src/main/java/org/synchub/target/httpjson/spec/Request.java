package org.synchub.target.httpjson.spec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Settings;

/**
 * One request that a system takes.
 *
 * @param query values by name; one without a value is left out
 * @param item what a batch holds of each record; null if a request is for one record
 * @param batch how many records a request holds at most
 * @param since for changes: where the next request begins; null otherwise
 * @param outcomes asked before the rules for all requests
 * @param itemOutcomes the rules for the single results of a batch
 * @param take what the next step needs, by the name of its placeholder: where it stands in the answer, or of a request
 *     that resumes, in each item
 * @param then the next step of the same write; null if this is the last
 * @param where for a request that resumes: what holds for an item that is not finished
 */
public record Request(
        Operation operation,
        String method,
        Text path,
        Map<String, Text> query,
        Map<String, Text> headers,
        @Nullable Template body,
        @Nullable Template item,
        int batch,
        Answer answer,
        Pages pages,
        @Nullable Since since,
        List<Rule> outcomes,
        List<Rule> itemOutcomes,
        Map<String, Place> take,
        @Nullable Request then,
        List<Condition> where) {

    static final String[] KEYS = {
        "method",
        "path",
        "query",
        "headers",
        "body",
        "item",
        "batch",
        "answer",
        "pages",
        "since",
        "outcomes",
        "itemOutcomes",
        "take",
        "then",
        "where"
    };

    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");
    private static final int LARGEST_BATCH = 1_000;

    static Request read(Settings request, Operation operation, Names common) {
        request.onlyKnown(KEYS);
        Names names = common.plus(operation.placeholders().toArray(String[]::new));
        Checks checks = new Checks();
        Template item = checks.read(() -> Template.read(request, "item", names));
        Template body = checks.read(() -> Template.read(request, "body", item == null ? names : names.plus("items")));
        String method = checks.read("GET", () -> method(request));
        Text path = checks.read(Text.literal(""), () -> path(request, names));
        Map<String, Text> query = checks.read(Map.of(), () -> texts(request, "query", names));
        Map<String, Text> headers = checks.read(Map.of(), () -> texts(request, "headers", names));
        int batch = checks.read(1, () -> batch(request, operation, item));
        Answer answer = checks.read(() -> Answer.read(request));
        Pages pages = checks.read(Pages.ONE, () -> pages(request, operation));
        Since since = checks.read(() -> since(request, operation));
        List<Rule> outcomes = checks.read(List.of(), () -> Rule.readAll(request, "outcomes"));
        List<Rule> itemOutcomes = checks.read(List.of(), () -> itemOutcomes(request));
        Map<String, Place> take = checks.read(Map.of(), () -> take(request));
        Request then = checks.read(() -> then(request, operation, common, take));
        List<Condition> where = checks.read(List.of(), () -> where(request, operation));
        checks.throwIfAny();
        if (answer == null) {
            throw new IllegalStateException("a missing part has a problem");
        }
        return new Request(
                operation,
                method,
                path,
                query,
                headers,
                body,
                item,
                batch,
                answer,
                pages,
                since,
                outcomes,
                itemOutcomes,
                take,
                then,
                where);
    }

    private static Map<String, Place> take(Settings request) {
        Settings given = request.child("take");
        Map<String, Place> take = new LinkedHashMap<>();
        for (String name : given.keys()) {
            take.put(name, Place.required(given, name));
        }
        if (!take.isEmpty() && !request.has("then")) {
            throw request.failure("take", "'take' is for the next step, but there is none", "write then: {method: …}");
        }
        return take;
    }

    private static @Nullable Request then(
            Settings request, Operation operation, Names common, Map<String, Place> take) {
        if (!request.has("then")) {
            if (operation == Operation.RESUME && !common.isStep()) {
                throw request.failure(
                        "method", "'resume' must say how a write is finished", "write take: and then: {method: …}");
            }
            return null;
        }
        if (operation != Operation.RESUME && (!operation.isWrite() || request.has("item"))) {
            throw request.failure("then", "'then' is for writes of one record, and for resume", "remove it");
        }
        return read(request.child("then"), operation, common.step(take.keySet()));
    }

    private static List<Condition> where(Settings request, Operation operation) {
        if (operation == Operation.RESUME) {
            if (!request.has("then") || request.child("answer").has("itemKey")) {
                return Condition.read(request, "where");
            }
            throw request.failure(
                    "answer", "'resume' must know which items are the record's", "write answer: {itemKey: …}");
        }
        if (request.has("where")) {
            throw request.failure("where", "'where' is for resume", "remove it, or put it into a rule of 'outcomes'");
        }
        return List.of();
    }

    private static String method(Settings request) {
        String method = request.text("method");
        if (!METHODS.contains(method)) {
            throw request.failure(
                    "method",
                    Quote.of(request, "method", method) + " is no method",
                    METHODS.contains(method.toUpperCase(Locale.ROOT))
                            ? "write " + method.toUpperCase(Locale.ROOT)
                            : "known are " + String.join(", ", new TreeSet<>(METHODS)));
        }
        return method;
    }

    private static Text path(Settings request, Names names) {
        String path = request.text("path");
        if (!path.startsWith("/") || path.contains("?") || path.contains("#")) {
            throw request.failure(
                    "path",
                    "'path' must begin with '/' and hold no '?' or '#'",
                    "it is put behind adapter.url; parameters belong below 'query'");
        }
        return Text.parse(request, request.node("path"), path, names);
    }

    private static Map<String, Text> texts(Settings request, String key, Names names) {
        Settings given = request.child(key);
        Map<String, Text> texts = new LinkedHashMap<>();
        for (String name : given.keys()) {
            texts.put(name, Text.parse(given, given.node(name), given.json(name).asText(), names));
        }
        return texts;
    }

    private static int batch(Settings request, Operation operation, @Nullable Template item) {
        if (item == null && request.has("batch")) {
            throw request.failure(
                    "batch",
                    "'batch' needs 'item': what the request holds of each record",
                    "write item: \"{record}\" and body: \"{items}\"");
        }
        if (item != null && !operation.isWrite()) {
            throw request.failure("item", "'item' is for create, update and delete", "remove it");
        }
        if (item != null && !request.has("body")) {
            throw request.failure("item", "'item' needs a 'body' that holds the items", "write body: \"{items}\"");
        }
        return item == null ? 1 : request.integer("batch", 100, 1, LARGEST_BATCH);
    }

    private static List<Rule> itemOutcomes(Settings request) {
        List<Rule> rules = Rule.readAll(request, "itemOutcomes");
        if (!rules.isEmpty() && !request.child("answer").has("items")) {
            throw request.failure(
                    "itemOutcomes",
                    "'itemOutcomes' judges the results of a batch, but 'answer' does not say where they are",
                    "write answer: {items: results}");
        }
        return rules;
    }

    private static Pages pages(Settings request, Operation operation) {
        if (request.has("pages") && !operation.isFeed()) {
            throw request.failure("pages", "'pages' is for list and changes", "remove it");
        }
        return Pages.read(request);
    }

    private static @Nullable Since since(Settings request, Operation operation) {
        if (operation == Operation.CHANGES) {
            request.json("since");
            return Since.read(request);
        }
        if (request.has("since")) {
            throw request.failure("since", "'since' is for changes", "remove it");
        }
        return null;
    }

    /** Whether one request serves records of all kinds: nothing in it depends on the kind. */
    public boolean isForAllKinds() {
        Set<String> names = placeholders();
        return names.stream().noneMatch(name -> name.startsWith("kind."));
    }

    /** Whether it cannot be filled in before the target's record was read: it sends that back, or its ETag. */
    public boolean needsReading() {
        Set<String> names = placeholders();
        return names.contains("merged") || names.contains("etag");
    }

    /** The names of all placeholders in it. */
    public Set<String> placeholders() {
        Set<String> names = new TreeSet<>(path.placeholders());
        query.values().forEach(text -> names.addAll(text.placeholders()));
        headers.values().forEach(text -> names.addAll(text.placeholders()));
        if (then != null) {
            names.addAll(then.placeholders());
        }
        if (body != null) {
            body.placeholders(names);
        }
        if (item != null) {
            item.placeholders(names);
        }
        return names;
    }
}
