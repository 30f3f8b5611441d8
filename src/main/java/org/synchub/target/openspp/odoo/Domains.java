package org.synchub.target.openspp.odoo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Collection;
import java.util.List;

/** Odoo's search conditions: lists of triples, joined by operators that stand before what they join. */
public final class Domains {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private Domains() {}

    public static ArrayNode condition(String field, String operator, long value) {
        return JSON.arrayNode().add(field).add(operator).add(value);
    }

    public static ArrayNode condition(String field, String operator, String value) {
        return JSON.arrayNode().add(field).add(operator).add(value);
    }

    public static ArrayNode condition(String field, String operator, JsonNode value) {
        return JSON.arrayNode().add(field).add(operator).add(value);
    }

    public static ArrayNode idsIn(String field, Collection<Long> ids) {
        ArrayNode values = JSON.arrayNode(ids.size());
        ids.forEach(values::add);
        return JSON.arrayNode().add(field).add("in").add(values);
    }

    public static ArrayNode textsIn(String field, Collection<String> texts) {
        ArrayNode values = JSON.arrayNode(texts.size());
        texts.forEach(values::add);
        return JSON.arrayNode().add(field).add("in").add(values);
    }

    public static ArrayNode all(List<ArrayNode> conditions) {
        return join("&", conditions.stream().map(List::of).toList());
    }

    /** Any of the alternatives, each a list of conditions that all must hold. */
    public static ArrayNode any(List<List<ArrayNode>> alternatives) {
        List<ArrayNode> parts = alternatives.stream().map(Domains::all).toList();
        ArrayNode domain = JSON.arrayNode();
        for (int i = 1; i < parts.size(); i++) {
            domain.add("|");
        }
        parts.forEach(domain::addAll);
        return domain;
    }

    private static ArrayNode join(String operator, List<List<ArrayNode>> parts) {
        ArrayNode domain = JSON.arrayNode();
        for (int i = 1; i < parts.size(); i++) {
            domain.add(operator);
        }
        parts.forEach(part -> part.forEach(domain::add));
        return domain;
    }
}
