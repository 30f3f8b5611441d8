package org.synchub.simulator.openspp;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One comparison {@code (field, operator, value)}. Nothing stored is like false; negations also match what is empty, as
 * Odoo's SQL does.
 */
final class Leaf implements Domain {

    static final Set<String> OPERATORS = Set.of(
            "=",
            "!=",
            "<>",
            "<",
            "<=",
            ">",
            ">=",
            "in",
            "not in",
            "like",
            "not like",
            "ilike",
            "not ilike",
            "=like",
            "=ilike",
            "=?");

    private enum Kind {
        /** The value is one of a set; {@link #negated} turns it round. */
        MEMBER,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL,
        PATTERN
    }

    private final Model model;
    private final Field field;
    private final Kind kind;
    private final boolean negated;
    /** For MEMBER: what is looked for, and whether empty is among it. */
    private final Set<Object> members;

    private final boolean orEmpty;
    private final boolean trueIsMember;
    private final boolean falseIsMember;
    private final @Nullable Comparable<Object> bound;
    private final @Nullable Pattern pattern;

    private Leaf(
            Model model,
            Field field,
            Kind kind,
            boolean negated,
            Set<Object> members,
            boolean orEmpty,
            @Nullable Comparable<Object> bound,
            @Nullable Pattern pattern) {
        this.model = model;
        this.field = field;
        this.kind = kind;
        this.negated = negated;
        this.members = members;
        this.orEmpty = orEmpty;
        this.trueIsMember = members.contains(true);
        // Not set is false, and false may also have been given as 0.
        this.falseIsMember = orEmpty || members.contains(false);
        this.bound = bound;
        this.pattern = pattern;
    }

    static Domain of(Model model, Field field, String operator, @Nullable Object value) {
        return switch (operator) {
            case "=?" ->
                value == null || Boolean.FALSE.equals(value) ? new Domain.All(true) : of(model, field, "=", value);
            case "=", "in" -> member(model, field, false, value);
            case "!=", "<>", "not in" -> member(model, field, true, value);
            case "<", "<=", ">", ">=" -> comparison(model, field, operator, value);
            default -> pattern(model, field, operator, value);
        };
    }

    private static Domain member(Model model, Field field, boolean negated, @Nullable Object value) {
        List<?> given = value instanceof List<?> list ? list : Collections.singletonList(value);
        if (field.relation.isEmpty() || given.stream().noneMatch(String.class::isInstance)) {
            Set<Object> members = new HashSet<>();
            boolean orEmpty = false;
            for (Object one : given) {
                if (one == null || Boolean.FALSE.equals(one)) {
                    orEmpty = true;
                } else {
                    members.add(comparable(field, one, false));
                }
            }
            return new Leaf(model, field, Kind.MEMBER, negated, members, orEmpty, null, null);
        }
        // A relation compared with text means the name of the record behind it.
        return pattern(model, field, negated ? "not =name" : "=name", String.valueOf(given.get(0)));
    }

    private static Domain comparison(Model model, Field field, String operator, @Nullable Object value) {
        if (value == null || Boolean.FALSE.equals(value)) {
            return new Domain.All(false);
        }
        Kind kind = switch (operator) {
            case "<" -> Kind.LESS;
            case "<=" -> Kind.LESS_OR_EQUAL;
            case ">" -> Kind.GREATER;
            default -> Kind.GREATER_OR_EQUAL;
        };
        boolean endOfDay = kind == Kind.GREATER || kind == Kind.LESS_OR_EQUAL;
        Comparable<Object> bound = comparable(field, value, endOfDay);
        return new Leaf(model, field, kind, false, Set.of(), false, bound, null);
    }

    private static Domain pattern(Model model, Field field, String operator, @Nullable Object value) {
        boolean negated = operator.startsWith("not ");
        String base = negated ? operator.substring(4) : operator;
        boolean whole = base.startsWith("=");
        boolean ignoreCase = base.endsWith("ilike");
        StringBuilder regex = new StringBuilder();
        String text = value == null ? "" : String.valueOf(value);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean wildcards = !base.equals("=name");
            if (wildcards && c == '%') {
                regex.append(".*");
            } else if (wildcards && c == '_') {
                regex.append('.');
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        String bounded = whole ? "^" + regex + "$" : regex.toString();
        int flags = Pattern.DOTALL | (ignoreCase ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0);
        return new Leaf(model, field, Kind.PATTERN, negated, Set.of(), false, null, Pattern.compile(bounded, flags));
    }

    /** The value as the column holds it; a bare date compared with a time is one of its two ends. */
    @SuppressWarnings("unchecked")
    private static Comparable<Object> comparable(Field field, Object value, boolean endOfDay) {
        Object converted = switch (field.type) {
            case BOOLEAN -> Values.truth(value);
            case INTEGER, MANY2ONE, ONE2MANY, MANY2MANY -> {
                if (value instanceof Number number) {
                    yield number.intValue();
                }
                throw new OdooError(
                        "psycopg2.errors.InvalidTextRepresentation",
                        "invalid input syntax for type integer: \"" + value + "\"\n");
            }
            case FLOAT -> value instanceof Number number ? (Object) number.doubleValue() : value;
            case DATETIME -> {
                String text = String.valueOf(value);
                long micros = Times.parseTimestamp(text);
                boolean bareDate = text.length() == 10;
                yield bareDate && endOfDay ? micros + 86_399L * Times.MICROS : micros;
            }
            case DATE -> {
                String text = String.valueOf(value);
                yield text.length() > 10 ? text.substring(0, 10) : text;
            }
            default -> String.valueOf(value);
        };
        return (Comparable<Object>) converted;
    }

    @Override
    public boolean matches(Store store, Row row) {
        Object value = field.slot >= 0 ? row.values[field.slot] : Values.of(store, model, row, field);
        return switch (kind) {
            case MEMBER -> negated != isMember(value);
            case PATTERN -> negated != fits(store, value);
            default -> value != null && bound != null && compares(value, bound);
        };
    }

    private boolean isMember(@Nullable Object value) {
        if (field.type == Field.Type.BOOLEAN) {
            return Boolean.TRUE.equals(value) ? trueIsMember : falseIsMember;
        }
        if (value instanceof int[] ids) {
            if (ids.length == 0) {
                return orEmpty;
            }
            for (int id : ids) {
                if (members.contains(id)) {
                    return true;
                }
            }
            return false;
        }
        return value == null ? orEmpty : members.contains(value);
    }

    private boolean fits(Store store, @Nullable Object value) {
        if (value == null || pattern == null) {
            return false;
        }
        if (!field.relation.isEmpty()) {
            Table target = store.table(field.relation);
            int[] ids = value instanceof int[] many ? many : new int[] {(Integer) value};
            for (int id : ids) {
                Row found = target.get(id);
                if (found != null
                        && pattern.matcher(Values.displayName(store, target.model, found))
                                .find()) {
                    return true;
                }
            }
            return false;
        }
        String text = field.type == Field.Type.DATETIME ? Times.show((Long) value) : String.valueOf(value);
        return pattern.matcher(text).find();
    }

    private boolean compares(Object value, Comparable<Object> limit) {
        if (value instanceof int[]) {
            return false;
        }
        // compareTo is asked of the bound, so its sign is turned round.
        int order = -limit.compareTo(value);
        return switch (kind) {
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            default -> order >= 0;
        };
    }

    @Override
    public int @Nullable [] candidates(Store store, Table table) {
        if (kind != Kind.MEMBER || negated || orEmpty) {
            return null;
        }
        boolean byId = field.source == Field.Source.ID;
        if (!byId && !table.hasIndex(field)) {
            return null;
        }
        Ids found = new Ids();
        for (Object member : members) {
            if (byId) {
                found.add((Integer) member);
            } else {
                found.addAll(table.lookup(field, member));
            }
        }
        return found.distinct();
    }

    @Override
    public Range range(Field.Source wanted) {
        if (field.source != wanted || negated) {
            return Range.ALL;
        }
        if (kind == Kind.MEMBER && members.size() == 1 && !orEmpty) {
            long exact = ((Number) members.iterator().next()).longValue();
            return new Range(exact, exact);
        }
        if (!(bound instanceof Number number)) {
            return Range.ALL;
        }
        long limit = number.longValue();
        return switch (kind) {
            case LESS -> new Range(Long.MIN_VALUE, limit - 1);
            case LESS_OR_EQUAL -> new Range(Long.MIN_VALUE, limit);
            case GREATER -> new Range(limit + 1, Long.MAX_VALUE);
            case GREATER_OR_EQUAL -> new Range(limit, Long.MAX_VALUE);
            default -> Range.ALL;
        };
    }

    @Override
    public String toString() {
        return "(" + field.name + " " + kind.name().toLowerCase(Locale.ROOT) + ")";
    }
}
