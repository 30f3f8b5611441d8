package org.synchub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Conditions that must all hold: the value at a path is one of a few. Values are compared as text. */
final class Match {

    record Condition(DocPath path, Set<String> values) {}

    private final List<Condition> conditions;

    Match(List<Condition> conditions) {
        this.conditions = List.copyOf(conditions);
    }

    boolean test(Scope scope) {
        for (Condition condition : conditions) {
            String text = Texts.of(condition.path().get(scope));
            if (text == null || !condition.values().contains(text)) {
                return false;
            }
        }
        return true;
    }

    /** The same decision from texts that somebody else has taken from the paths. */
    boolean test(Function<String, @Nullable String> valueAtPath) {
        for (Condition condition : conditions) {
            String text = valueAtPath.apply(condition.path().text());
            if (text == null || !condition.values().contains(text)) {
                return false;
            }
        }
        return true;
    }

    List<Condition> conditions() {
        return conditions;
    }

    List<DocPath> paths() {
        return conditions.stream().map(Condition::path).toList();
    }

    Map<String, List<String>> asMap() {
        Map<String, List<String>> map = new LinkedHashMap<>();
        conditions.forEach(condition -> map.put(condition.path().text(), List.copyOf(condition.values())));
        return map;
    }

    /** True if whatever meets the other's conditions meets these too. */
    boolean covers(Match other) {
        return conditions.stream()
                .allMatch(mine -> other.conditions.stream()
                        .anyMatch(theirs ->
                                theirs.path().text().equals(mine.path().text())
                                        && mine.values().containsAll(theirs.values())));
    }

    JsonNode definition() {
        ObjectNode definition = JsonNodeFactory.instance.objectNode();
        for (Condition condition : conditions) {
            ArrayNode values = definition.putArray(condition.path().definition());
            new TreeSet<>(condition.values()).forEach(values::add);
        }
        return definition;
    }
}
