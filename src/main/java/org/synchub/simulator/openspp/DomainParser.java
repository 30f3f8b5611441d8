package org.synchub.simulator.openspp;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads Odoo's prefix notation: {@code ['|', ['a', '=', 1], '&', ...]}, with an implied and between terms. */
final class DomainParser {

    private final Store store;
    private final Model model;
    private final List<?> terms;
    private int at;
    private boolean namesActive;

    private DomainParser(Store store, Model model, List<?> terms) {
        this.store = store;
        this.model = model;
        this.terms = terms;
    }

    /** With {@code activeTest}, archived records are left out unless the domain itself speaks of {@code active}. */
    static Domain parse(Store store, Model model, @Nullable Object given, boolean activeTest) {
        List<?> terms = given instanceof List<?> list ? list : List.of();
        if (given != null && !(given instanceof List) && !Boolean.FALSE.equals(given)) {
            throw OdooError.value(
                    "Domains to normalize must have a 'domain' form: a list or tuple of domain components");
        }
        DomainParser parser = new DomainParser(store, model, terms);
        List<Domain> parts = new ArrayList<>();
        while (parser.at < terms.size()) {
            parts.add(parser.term());
        }
        Field active = model.active;
        if (activeTest && active != null && !parser.namesActive) {
            parts.add(Leaf.of(model, active, "=", true));
        }
        return parts.isEmpty() ? new Domain.All(true) : parts.size() == 1 ? parts.get(0) : new Domain.And(parts);
    }

    private Domain term() {
        if (at >= terms.size()) {
            throw OdooError.value("The domain is not well-formed: an operator misses its operands");
        }
        Object term = terms.get(at++);
        if (term instanceof String operator) {
            return switch (operator) {
                case "!" -> new Domain.Not(term());
                case "&" -> new Domain.And(List.of(term(), term()));
                case "|" -> new Domain.Or(List.of(term(), term()));
                default -> throw OdooError.value("Invalid leaf " + operator);
            };
        }
        if (term instanceof List<?> leaf && leaf.size() == 3) {
            return leaf(leaf);
        }
        throw OdooError.value("Invalid leaf " + term);
    }

    private Domain leaf(List<?> leaf) {
        String operator = String.valueOf(leaf.get(1));
        if (leaf.get(0) instanceof Integer constant) {
            return new Domain.All(constant.equals(leaf.get(2)) == operator.equals("="));
        }
        if (!(leaf.get(0) instanceof String path) || !Leaf.OPERATORS.contains(operator)) {
            throw OdooError.value("Invalid leaf " + leaf);
        }
        if (path.equals("active")) {
            namesActive = true;
        }
        return along(model, path, operator, leaf.get(2));
    }

    private Domain along(Model from, String path, String operator, @Nullable Object value) {
        int dot = path.indexOf('.');
        String name = dot < 0 ? path : path.substring(0, dot);
        Field field = from.fields.get(name);
        if (field == null) {
            throw OdooError.value("Invalid field " + from.name + "." + name + " in leaf ('" + path + "', '" + operator
                    + "', " + (value instanceof String ? "'" + value + "'" : value) + ")");
        }
        if (dot < 0) {
            return Leaf.of(from, field, operator, value);
        }
        if (field.relation.isEmpty()) {
            throw OdooError.value("Invalid field " + from.name + "." + path + " in leaf ('" + path + "')");
        }
        Model behind = store.table(field.relation).model;
        return new Domain.Path(field, along(behind, path.substring(dot + 1), operator, value));
    }
}
