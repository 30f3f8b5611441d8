package org.synchub.conflict;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Values that a person gives for places of a record: checked against what the sides hold, then put into the merge. */
final class GivenFields {

    private static final String RULE = "operator: merged";

    private final Situation situation;
    private final Resolution proposal;
    private final ObjectNode base;
    private final ObjectNode internal;
    private final ObjectNode external;
    private final List<ChoiceException.Problem> problems = new ArrayList<>();

    GivenFields(Situation situation, Resolution proposal) {
        this.situation = situation;
        this.proposal = proposal;
        this.base = orEmpty(situation.baseRecord());
        this.internal = orEmpty(situation.internal().record());
        this.external = orEmpty(situation.external().record());
    }

    private static ObjectNode orEmpty(@Nullable ObjectNode record) {
        return record == null ? JsonNodeFactory.instance.objectNode() : record;
    }

    Resolution apply(Map<String, @Nullable JsonNode> fields) {
        if (!situation.internal().present() && !situation.external().present()) {
            throw new ChoiceException(Path.RECORD, "neither side holds the record any more, so it takes no fields");
        }
        Map<Path, @Nullable JsonNode> given = check(fields);
        requireComplete(given.keySet());
        failIfAny();
        ObjectNode merged = start().deepCopy();
        Editor editor = new Editor(merged, situation.shape());
        given.forEach((path, value) -> {
            if (value == null) {
                editor.remove(path);
            } else {
                editor.set(path, value.deepCopy());
            }
        });
        refuseTakenValue(editor);
        failIfAny();
        return new Resolution(proposal.kind(), Merge.verdict(situation, merged), merged, rows(given), Set.of());
    }

    /** What the given values are put into: the policy's merge, or the record of the side that still holds it. */
    private ObjectNode start() {
        if (situation.bothPresent()) {
            return orEmpty(proposal.merged());
        }
        return situation.internal().present() ? internal : external;
    }

    // ---- checks ----

    /** The values by path, outer places before inner ones. */
    private Map<Path, @Nullable JsonNode> check(Map<String, @Nullable JsonNode> fields) {
        Set<String> known = new TreeSet<>();
        List.of(base, internal, external).forEach(record -> collectNames("", record, known));
        Map<Path, @Nullable JsonNode> given = new TreeMap<>(
                Comparator.<Path>comparingInt(path -> path.segments().size()).thenComparing(Path::text));
        fields.forEach((text, value) -> {
            Path path;
            try {
                path = Path.parse(text);
            } catch (IllegalArgumentException noPath) {
                problem(Path.RECORD, "a field of the choice is " + noPath.getMessage());
                return;
            }
            if (path.isRecord()) {
                problem(path, "give single fields, or choose internal or external for the whole record");
            } else if (!known.contains(names(path))) {
                problem(path, "unknown: neither side nor the base has it" + Names.didYouMean(names(path), known));
            } else if (fitsShape(path, value)) {
                given.put(path, value == null || value.isMissingNode() ? null : value);
            }
        });
        return given;
    }

    private boolean fitsShape(Path path, @Nullable JsonNode value) {
        Shape.Node at = situation.shape().root();
        Path.Segment previous = null;
        for (Path.Segment segment : path.segments()) {
            if (segment instanceof Path.Field field) {
                if (previous instanceof Path.Item item && item.fields().contains(field.name())) {
                    return problem(path, "the key of a list item cannot be changed; give the whole list instead");
                }
                at = at.field(field.name());
            } else if (segment instanceof Path.Item item && !item.fields().equals(at.key())) {
                return problem(
                        path,
                        !at.isKeyed()
                                ? "this is no list of items with a key; give the whole value"
                                : "items of this list are told apart by " + words(at.key()) + ", not "
                                        + words(item.fields()));
            } else if (segment instanceof Path.Element && !at.isSet()) {
                return problem(path, "this is no set; give the whole value");
            }
            previous = segment;
        }
        return value == null || valueFits(path, previous, value, at);
    }

    private boolean valueFits(Path path, Path.@Nullable Segment last, JsonNode value, Shape.Node at) {
        Sameness sameness = situation.shape().sameness();
        if (last instanceof Path.Item item) {
            return sameness.normal(item).equals(sameness.item(value, item.fields()))
                    || problem(path, "an item must be an object with the same " + words(item.fields()));
        }
        if (last instanceof Path.Element element) {
            return sameness.normalCanonical(element.value()).equals(sameness.canonical(value, Shape.Node.NONE))
                    || problem(path, "an element of a set is its value; remove this one and add another");
        }
        if (at.isKeyed() && value.isArray() && sameness.items(value, at) == null) {
            return problem(path, "every item of this list must be an object with its own " + words(at.key()));
        }
        return true;
    }

    private void requireComplete(Set<Path> given) {
        if (given.isEmpty() && problems.isEmpty()) {
            problem(Path.RECORD, "merged needs at least one field");
        }
        for (Path open : proposal.unresolved()) {
            boolean covered = open.isRecord() || given.stream().anyMatch(path -> path.covers(open));
            if (!covered) {
                problem(open, "missing: it waits for a decision, so give its value");
            }
        }
    }

    private void refuseTakenValue(Editor editor) {
        Situation.Constraint constraint = situation.constraint();
        if (constraint == null || constraint.field().isRecord()) {
            return;
        }
        Side refused = constraint.refusedBy().other();
        ObjectNode holder = refused == Side.INTERNAL ? internal : external;
        JsonNode taken = new Editor(holder, situation.shape()).get(constraint.field());
        JsonNode chosen = editor.get(constraint.field());
        if (taken != null && situation.shape().sameness().same(taken, chosen, Shape.Node.NONE)) {
            problem(
                    constraint.field(),
                    "the " + constraint.refusedBy().word()
                            + " side refuses this value, because another record holds it");
        }
    }

    // ---- rows ----

    private List<FieldDecision> rows(Map<Path, @Nullable JsonNode> given) {
        List<FieldDecision> rows = new ArrayList<>();
        for (FieldDecision decision : proposal.decisions()) {
            boolean replaced = given.keySet().stream().anyMatch(path -> path.covers(decision.path()));
            if (!replaced && decision.state() == FieldDecision.State.SETTLED) {
                rows.add(decision);
            } else if (decision.path().isRecord()) {
                rows.add(decision.as(
                        FieldDecision.State.SETTLED, RULE, "a person kept the record with values of their own"));
            }
        }
        given.forEach((path, value) -> rows.add(Rows.row(
                situation,
                path,
                nodeAt(path),
                new Editor(base, situation.shape()).get(path),
                new Editor(internal, situation.shape()).get(path),
                new Editor(external, situation.shape()).get(path),
                Arbiter.Award.settled(value, RULE, "a person gave the value"))));
        return rows;
    }

    private Shape.Node nodeAt(Path path) {
        Shape.Node at = situation.shape().root();
        for (Path.Segment segment : path.segments()) {
            at = segment instanceof Path.Field field ? at.field(field.name()) : at;
        }
        return path.segments().get(path.segments().size() - 1) instanceof Path.Element ? Shape.Node.NONE : at;
    }

    private static String words(List<String> fields) {
        return String.join(" and ", fields);
    }

    private static String names(Path path) {
        StringBuilder names = new StringBuilder();
        for (Path.Segment segment : path.segments()) {
            if (segment instanceof Path.Field field) {
                names.append(names.isEmpty() ? "" : ".").append(field.name());
            }
        }
        return names.toString();
    }

    private static void collectNames(String prefix, JsonNode value, Set<String> names) {
        if (value.isArray()) {
            value.forEach(element -> collectNames(prefix, element, names));
        } else if (value.isObject()) {
            for (Map.Entry<String, JsonNode> entry : value.properties()) {
                String name = prefix.isEmpty() ? entry.getKey() : prefix + "." + entry.getKey();
                names.add(name);
                collectNames(name, entry.getValue(), names);
            }
        }
    }

    private boolean problem(Path path, String message) {
        problems.add(new ChoiceException.Problem(path.toString(), message));
        return false;
    }

    private void failIfAny() {
        if (!problems.isEmpty()) {
            throw new ChoiceException(problems);
        }
    }
}
