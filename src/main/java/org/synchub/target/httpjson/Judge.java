package org.synchub.target.httpjson;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.target.httpjson.spec.Answer;
import org.synchub.target.httpjson.spec.Operation;
import org.synchub.target.httpjson.spec.Place;
import org.synchub.target.httpjson.spec.RecordSpec;
import org.synchub.target.httpjson.spec.Request;
import org.synchub.target.httpjson.spec.Rule;
import org.synchub.target.httpjson.spec.Spec;
import org.synchub.target.httpjson.spec.Verdict;

/** Reads answers by the target's rules, and by what HTTP's statuses mean where these say nothing. Pure. */
final class Judge {

    private static final int LONGEST_MESSAGE = 500;

    /** Where servers usually say what is wrong. */
    private static final List<Place> MESSAGES = List.of(
            place("message"),
            place("error", "message"),
            place("error"),
            place("detail"),
            place("errors"),
            place("title"));

    private final Spec spec;

    Judge(Spec spec) {
        this.spec = spec;
    }

    private static Place place(String... steps) {
        return new Place(List.of(List.of(steps)));
    }

    /** The answer as a whole. */
    Judgement judge(Request request, Reply reply) {
        Rule rule =
                rule(List.of(request.outcomes(), spec.outcomes()), request.operation(), reply.status(), reply.body());
        Verdict verdict = rule == null ? usual(request.operation(), reply) : rule.verdict();
        String status = "HTTP " + reply.status();
        String message = rule == null && isSuccess(reply) && !reply.readable()
                ? status + " with a body that is no JSON"
                : message(rule, reply.body(), status);
        Answer answer = request.answer();
        boolean several = request.operation().isFeed()
                || request.operation() == Operation.FIND
                || request.operation() == Operation.SEARCH
                || request.operation() == Operation.RESUME;
        JsonNode record = rule != null && rule.record() != null
                ? rule.record().in(reply.body())
                : verdict == Verdict.ACCEPTED && !several
                        ? answer.record().in(reply.body())
                        : MissingNode.getInstance();
        return read(rule, verdict, "http." + reply.status(), message, record, reply.body(), answer, null);
    }

    /**
     * The results of a batch that was accepted as a whole.
     *
     * @param keys by which results find their items where they say so: for each item its key and its id
     * @return one judgement per item; an item that no result speaks of is unknown
     */
    List<Judgement> items(Request request, Reply reply, List<List<String>> keys) {
        Answer answer = request.answer();
        Place at = answer.items();
        JsonNode results = at == null ? MissingNode.getInstance() : at.in(reply.body());
        List<Judgement> judgements = new ArrayList<>();
        if (answer.emptyAccepts() && reply.body().isMissingNode()) {
            keys.forEach(key -> judgements.add(Judgement.of(Verdict.ACCEPTED, "", "")));
            return judgements;
        }
        Map<String, JsonNode> byKey = new HashMap<>();
        Place itemKey = answer.itemKey();
        if (itemKey != null) {
            results.forEach(result -> byKey.put(String.valueOf(itemKey.text(result)), result));
        }
        boolean numbered = !byKey.isEmpty() && !byKey.containsKey("null");
        for (int i = 0; i < keys.size(); i++) {
            JsonNode result = answer.match() == Answer.Match.INDEX
                    ? numbered ? byKey.getOrDefault(String.valueOf(i), MissingNode.getInstance()) : results.path(i)
                    : keys.get(i).stream()
                            .map(byKey::get)
                            .filter(found -> found != null)
                            .findFirst()
                            .orElse(MissingNode.getInstance());
            judgements.add(item(request, reply, result));
        }
        return judgements;
    }

    private Judgement item(Request request, Reply reply, JsonNode result) {
        if (result.isMissingNode()) {
            return Judgement.of(Verdict.UNKNOWN, "no-result", "The answer holds no result for this record");
        }
        Rule rule = rule(List.of(request.itemOutcomes()), request.operation(), reply.status(), result);
        Verdict verdict = rule == null ? Verdict.ACCEPTED : rule.verdict();
        JsonNode record = rule != null && rule.record() != null
                ? rule.record().in(result)
                : request.answer().record().in(result);
        String message = message(rule, result, "refused without a word");
        return read(rule, verdict, "item", message, record, result, request.answer(), result);
    }

    private Judgement read(
            @Nullable Rule rule,
            Verdict verdict,
            String code,
            String message,
            JsonNode record,
            JsonNode root,
            Answer answer,
            @Nullable JsonNode said) {
        RecordSpec form = spec.record();
        String id = answer.id() == null ? null : answer.id().text(root);
        JsonNode version = answer.version() != null
                ? answer.version().in(root)
                : form.version() == null
                        ? MissingNode.getInstance()
                        : form.version().in(record);
        String itsCode =
                rule == null || rule.code() == null ? null : rule.code().text(root);
        return new Judgement(
                verdict,
                itsCode == null ? code : itsCode,
                message,
                rule == null || rule.field() == null ? null : rule.field().text(root),
                record,
                id == null && record.isObject() ? form.id().text(record) : id,
                Json.isNothing(version) ? null : version.toString(),
                rule == null || rule.conflict() == null
                        ? MissingNode.getInstance()
                        : rule.conflict().in(root),
                said);
    }

    private static @Nullable Rule rule(List<List<Rule>> tables, Operation operation, int status, JsonNode body) {
        return tables.stream()
                .flatMap(List::stream)
                .filter(rule -> rule.fits(operation, status, body))
                .findFirst()
                .orElse(null);
    }

    private static String message(@Nullable Rule rule, JsonNode body, String otherwise) {
        List<Place> places = rule == null || rule.message() == null ? MESSAGES : List.of(rule.message());
        for (Place place : places) {
            JsonNode words = place.in(body);
            if (!Json.isNothing(words)) {
                String text = words.isValueNode() ? words.asText() : words.toString();
                return text.length() > LONGEST_MESSAGE ? text.substring(0, LONGEST_MESSAGE) + "…" : text;
            }
        }
        return otherwise;
    }

    private static boolean isSuccess(Reply reply) {
        return reply.status() >= 200 && reply.status() < 300;
    }

    /** What a status means where no rule says anything. */
    private static Verdict usual(Operation operation, Reply reply) {
        int status = reply.status();
        boolean write = operation.isWrite() || operation == Operation.RESUME;
        if (isSuccess(reply)) {
            return reply.readable() ? Verdict.ACCEPTED : write ? Verdict.UNKNOWN : Verdict.MISCONFIGURED;
        }
        return switch (status) {
            case 304 -> Verdict.UNCHANGED;
            case 401 -> Verdict.LOGIN;
            case 403, 405, 407 -> Verdict.MISCONFIGURED;
            case 404, 410 ->
                operation == Operation.CREATE || operation.isFeed() || operation == Operation.PROBE
                        ? Verdict.MISCONFIGURED
                        : Verdict.GONE;
            case 408, 425 -> Verdict.RETRY;
            case 409 -> operation == Operation.CREATE ? Verdict.EXISTS : Verdict.CONFLICT;
            case 412 -> Verdict.CONFLICT;
            case 429 -> Verdict.UNAVAILABLE;
            // The server's own code broke: whether the record is at fault, a later try shows.
            case 500 -> write ? Verdict.RETRY : Verdict.UNAVAILABLE;
            default -> status >= 500 ? Verdict.UNAVAILABLE : status >= 400 ? Verdict.REJECTED : Verdict.MISCONFIGURED;
        };
    }
}
