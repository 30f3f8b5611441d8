package org.synchub.target.httpjson.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Settings;
import org.synchub.mapping.Suggest;

/**
 * One line of the table that says what answers mean. The first rule that fits decides.
 *
 * @param operations the operations it is for; empty for all
 * @param statuses the HTTP statuses it is for; empty for all
 * @param where what must hold in the body
 * @param message where the target's own words stand; null for the usual place
 * @param code where the target's own class of error stands
 * @param field where the name of the field at fault stands
 * @param record where the target's record stands in such an answer
 * @param conflict where the target's own id of a conflict stands, for the request that resolves it
 */
public record Rule(
        Set<Operation> operations,
        List<Range> statuses,
        List<Condition> where,
        Verdict verdict,
        @Nullable Place message,
        @Nullable Place code,
        @Nullable Place field,
        @Nullable Place record,
        @Nullable Place conflict) {

    static final String[] KEYS = {"for", "status", "where", "outcome", "message", "code", "field", "record", "conflict"
    };

    /** A range of HTTP statuses, both ends included. */
    public record Range(int from, int to) {}

    static List<Rule> readAll(Settings settings, String key) {
        return settings.children(key).stream().map(Rule::read).toList();
    }

    private static Rule read(Settings rule) {
        rule.onlyKnown(KEYS);
        rule.text("outcome");
        Set<Operation> operations = EnumSet.noneOf(Operation.class);
        for (String word : rule.list("for")) {
            operations.add(operation(rule, word));
        }
        return new Rule(
                operations,
                statuses(rule),
                Condition.read(rule, "where"),
                rule.choice("outcome", Verdict.class, Verdict.REJECTED),
                Place.read(rule, "message"),
                Place.read(rule, "code"),
                Place.read(rule, "field"),
                Place.read(rule, "record"),
                Place.read(rule, "conflict"));
    }

    private static Operation operation(Settings rule, String word) {
        List<String> words = new ArrayList<>();
        for (Operation operation : Operation.values()) {
            if (operation.word().equals(word)) {
                return operation;
            }
            words.add(operation.word());
        }
        String nearest = Suggest.nearest(word, words);
        throw rule.failure(
                "for",
                Quote.of(rule, "for", word) + " is no request",
                nearest == null ? "known are " + String.join(", ", words) : "did you mean '" + nearest + "'?");
    }

    private static List<Range> statuses(Settings rule) {
        List<Range> ranges = new ArrayList<>();
        for (String text : rule.list("status")) {
            if (!text.matches("[1-5]\\d\\d(-[1-5]\\d\\d)?")) {
                throw rule.failure(
                        "status",
                        Quote.of(rule, "status", text) + " is no HTTP status",
                        "write 404, 400-499, or a list of these");
            }
            Range range = new Range(
                    Integer.parseInt(text.substring(0, 3)), Integer.parseInt(text.substring(text.length() - 3)));
            if (range.from() > range.to()) {
                throw rule.failure(
                        "status", Quote.of(rule, "status", text) + " runs backwards", "write the smaller status first");
            }
            ranges.add(range);
        }
        return List.copyOf(ranges);
    }

    /** Whether it decides about this answer. */
    public boolean fits(Operation operation, int status, JsonNode body) {
        return (operations.isEmpty() || operations.contains(operation))
                && (statuses.isEmpty()
                        || statuses.stream().anyMatch(range -> range.from() <= status && status <= range.to()))
                && Condition.all(where, body);
    }
}
