package org.synchub.conflict;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The three-way merge of two records that both exist. A place changed on one side only takes that side's value; what both
 * changed to different values is contested and goes to the arbiter.
 *
 * <p>The unit in which a side can win is a field of the record, an item of a keyed list, or an element of a set. Where the
 * rule is {@code merge}, or a rule or a refusal is set for a place further inside, the unit's own fields are merged.
 */
final class RecordMerge {

    private final Situation situation;
    private final Policy policy;
    private final Arbiter arbiter;
    private final Sameness sameness;
    private final boolean firstLink;
    private final List<FieldDecision> decisions = new ArrayList<>();
    private final Set<Path> contested = new LinkedHashSet<>();
    private @Nullable ObjectNode merged;
    private boolean refusalMet;

    private RecordMerge(Situation situation, Policy policy, Arbiter arbiter) {
        this.situation = situation;
        this.policy = policy;
        this.arbiter = arbiter;
        this.sameness = situation.shape().sameness();
        this.firstLink = situation.base() == null;
    }

    /** Merges a situation in which both records are present. */
    static RecordMerge of(Situation situation, Policy policy, Arbiter arbiter) {
        ObjectNode internal = situation.internal().record();
        ObjectNode external = situation.external().record();
        if (internal == null || external == null) {
            throw new IllegalArgumentException("only two records that exist can be merged");
        }
        RecordMerge merge = new RecordMerge(situation, policy, arbiter);
        merge.merged = merge.fields(Path.RECORD, situation.shape().root(), situation.baseRecord(), internal, external);
        return merge;
    }

    ObjectNode merged() {
        if (merged == null) {
            throw new IllegalStateException("the merge has not run");
        }
        return merged;
    }

    List<FieldDecision> decisions() {
        return decisions;
    }

    /** The places that went to the arbiter. */
    Set<Path> contested() {
        return contested;
    }

    /** Whether the situation's refused value lies in a place where the sides differ, and so was decided there. */
    boolean refusalMet() {
        return refusalMet;
    }

    private ObjectNode fields(
            Path path, Shape.Node at, @Nullable JsonNode base, ObjectNode internal, ObjectNode external) {
        Set<String> names = new LinkedHashSet<>();
        internal.fieldNames().forEachRemaining(names::add);
        external.fieldNames().forEachRemaining(names::add);
        if (base != null) {
            base.fieldNames().forEachRemaining(names::add);
        }
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        for (String name : names) {
            JsonNode value = place(
                    path.field(name),
                    at.field(name),
                    base == null ? null : base.get(name),
                    internal.get(name),
                    external.get(name));
            if (value != null) {
                result.set(name, value);
            }
        }
        return result;
    }

    /** The merged value of one place, as a copy; null for absent. */
    private @Nullable JsonNode place(
            Path path,
            Shape.Node at,
            @Nullable JsonNode base,
            @Nullable JsonNode internal,
            @Nullable JsonNode external) {
        if (sameness.same(internal, external, at)) {
            if (!firstLink && !sameness.same(base, internal, at)) {
                note(path, at, base, internal, external, agreed(internal));
            }
            return Rows.copy(internal);
        }
        Inside inside = inside(at, base, internal, external);
        boolean ruledInside = policy.reachesInto(path) || refusalLiesInside(path);
        if (ruledInside && (inside == Inside.FIELDS || inside == Inside.ITEMS)) {
            return descend(inside, path, at, base, internal, external);
        }
        Policy.FieldPolicy field = policy.at(path);
        Side refused = refusedAt(path);
        Side authority = field.authority();
        if (authority != null && authority != refused) {
            return byAuthority(authority, field.rule(), path, at, base, internal, external);
        }
        Side only = firstLink ? onlyFilled(internal, external) : onlyChanged(at, base, internal, external);
        if (only != null && only != refused && authority == null) {
            JsonNode value = only == Side.INTERNAL ? internal : external;
            note(path, at, base, internal, external, only(only, value));
            return Rows.copy(value);
        }
        if (refused == null && authority == null) {
            if (firstLink && !Sameness.isFilled(internal) && !Sameness.isFilled(external)) {
                return Rows.copy(emptier(internal, external));
            }
            if (inside == Inside.FIELDS ? field.rule().strategy() == Strategy.MERGE : inside != Inside.ONE_VALUE) {
                return descend(inside, path, at, base, internal, external);
            }
        }
        Rule rule = authority == null ? field.rule() : Rule.of(Strategy.MANUAL);
        return arbitrate(path, at, rule, rule.word(), refused, base, internal, external);
    }

    private @Nullable JsonNode byAuthority(
            Side authority,
            Rule rule,
            Path path,
            Shape.Node at,
            @Nullable JsonNode base,
            @Nullable JsonNode internal,
            @Nullable JsonNode external) {
        String name = "authority: " + authority.word();
        if (authority == Side.INTERNAL && rule.approval() && Rows.touched(situation, at, base, external)) {
            Rule approved = Rule.of(Strategy.INTERNAL_WINS).withApproval(true);
            return arbitrate(path, at, approved, name, null, base, internal, external);
        }
        JsonNode value = authority == Side.INTERNAL ? internal : external;
        String reason = "the " + authority.word() + " side's value always stands";
        note(path, at, base, internal, external, settled(value, name, reason));
        return Rows.copy(value);
    }

    private @Nullable JsonNode arbitrate(
            Path path,
            Shape.Node at,
            Rule rule,
            String name,
            @Nullable Side refused,
            @Nullable JsonNode base,
            @Nullable JsonNode internal,
            @Nullable JsonNode external) {
        contested.add(path);
        Arbiter.Award award = arbiter.decide(situation.contest(path, base, internal, external), at, rule, refused);
        if (award.rule().equals(rule.word())) {
            award = award.named(name);
        }
        JsonNode result = award.state() == FieldDecision.State.OPEN ? base : award.result();
        requireOwnKey(path, result, award);
        note(path, at, base, internal, external, award);
        return Rows.copy(result);
    }

    /** A rule's own value for a list item must not turn it into another item, which the list may hold already. */
    private void requireOwnKey(Path path, @Nullable JsonNode result, Arbiter.Award award) {
        Path.Segment last = path.segments().get(path.segments().size() - 1);
        if (result != null && last instanceof Path.Item item && !item.equals(sameness.item(result, item.fields()))) {
            throw new IllegalStateException(award.rule() + " gave " + path + " a value without the item's own "
                    + String.join(" and ", item.fields()));
        }
    }

    // ---- places that can be looked into ----

    private enum Inside {
        ONE_VALUE,
        FIELDS,
        ITEMS,
        ELEMENTS
    }

    private Inside inside(
            Shape.Node at, @Nullable JsonNode base, @Nullable JsonNode internal, @Nullable JsonNode external) {
        if (internal == null || external == null) {
            return Inside.ONE_VALUE;
        }
        if (Sameness.isNested(internal) && Sameness.isNested(external)) {
            return Inside.FIELDS;
        }
        if (!internal.isArray() || !external.isArray()) {
            return Inside.ONE_VALUE;
        }
        if (at.isSet()) {
            return Inside.ELEMENTS;
        }
        boolean itemsKnown = sameness.items(internal, at) != null
                && sameness.items(external, at) != null
                && (base == null || !base.isArray() || sameness.items(base, at) != null);
        return itemsKnown ? Inside.ITEMS : Inside.ONE_VALUE;
    }

    private JsonNode descend(
            Inside inside,
            Path path,
            Shape.Node at,
            @Nullable JsonNode base,
            @Nullable JsonNode internal,
            @Nullable JsonNode external) {
        if (internal instanceof ObjectNode here && external instanceof ObjectNode there) {
            return fields(path, at, Sameness.isNested(base) ? base : null, here, there);
        }
        if (internal == null || external == null) {
            throw new IllegalStateException("nothing to look into at " + path);
        }
        return inside == Inside.ELEMENTS
                ? elements(path, base, internal, external)
                : items(path, at, base, internal, external);
    }

    private ArrayNode items(Path path, Shape.Node at, @Nullable JsonNode base, JsonNode internal, JsonNode external) {
        Map<Path.Item, ObjectNode> before = itemsOf(base, at);
        Map<Path.Item, ObjectNode> here = itemsOf(internal, at);
        Map<Path.Item, ObjectNode> there = itemsOf(external, at);
        ArrayNode result = JsonNodeFactory.instance.arrayNode();
        for (Path.Item key : union(here, there, before)) {
            JsonNode item = place(path.item(key), at, before.get(key), here.get(key), there.get(key));
            if (item != null) {
                result.add(item);
            }
        }
        return result;
    }

    private Map<Path.Item, ObjectNode> itemsOf(@Nullable JsonNode list, Shape.Node at) {
        Map<Path.Item, ObjectNode> items = list == null ? null : sameness.items(list, at);
        return items == null ? Map.of() : items;
    }

    /** An element of a set is there or not, so both sides can never change it to different values. */
    private ArrayNode elements(Path path, @Nullable JsonNode base, JsonNode internal, JsonNode external) {
        Map<String, JsonNode> before = base != null && base.isArray() ? sameness.elements(base) : Map.of();
        Map<String, JsonNode> here = sameness.elements(internal);
        Map<String, JsonNode> there = sameness.elements(external);
        ArrayNode result = JsonNodeFactory.instance.arrayNode();
        for (String text : union(here, there, before)) {
            JsonNode was = before.get(text);
            JsonNode ours = here.get(text);
            JsonNode theirs = there.get(text);
            JsonNode kept = ours;
            if ((ours == null) == (theirs == null)) {
                if (!firstLink && (ours == null) != (was == null)) {
                    note(path.element(text), Shape.Node.NONE, was, ours, theirs, agreed(ours));
                }
            } else {
                boolean internalOnly = firstLink ? ours != null : (ours == null) != (was == null);
                kept = internalOnly ? ours : theirs;
                note(
                        path.element(text),
                        Shape.Node.NONE,
                        was,
                        ours,
                        theirs,
                        only(internalOnly ? Side.INTERNAL : Side.EXTERNAL, kept));
            }
            if (kept != null) {
                result.add(kept.deepCopy());
            }
        }
        return result;
    }

    private static <K, V> Set<K> union(Map<K, V> here, Map<K, V> there, Map<K, V> before) {
        Set<K> keys = new LinkedHashSet<>(here.keySet());
        keys.addAll(there.keySet());
        keys.addAll(before.keySet());
        return keys;
    }

    // ---- who changed what ----

    private @Nullable Side onlyChanged(
            Shape.Node at, @Nullable JsonNode base, @Nullable JsonNode internal, @Nullable JsonNode external) {
        boolean here = !sameness.same(base, internal, at);
        boolean there = !sameness.same(base, external, at);
        return here == there ? null : here ? Side.INTERNAL : Side.EXTERNAL;
    }

    private static @Nullable Side onlyFilled(@Nullable JsonNode internal, @Nullable JsonNode external) {
        boolean here = Sameness.isFilled(internal);
        boolean there = Sameness.isFilled(external);
        return here == there ? null : here ? Side.INTERNAL : Side.EXTERNAL;
    }

    /** Of two values that say nothing, null before anything else, and otherwise the one that is there. */
    private @Nullable JsonNode emptier(@Nullable JsonNode internal, @Nullable JsonNode external) {
        if (internal == null || external == null) {
            return internal == null ? external : internal;
        }
        if (internal.isNull() || external.isNull()) {
            return NullNode.instance;
        }
        String here = sameness.canonical(internal, Shape.Node.NONE);
        return here.compareTo(sameness.canonical(external, Shape.Node.NONE)) <= 0 ? internal : external;
    }

    // ---- a value refused because it must be unique ----

    private boolean refusalLiesInside(Path path) {
        Situation.Constraint constraint = situation.constraint();
        return constraint != null
                && !constraint.field().isRecord()
                && path.covers(constraint.field())
                && !path.equals(constraint.field());
    }

    private @Nullable Side refusedAt(Path path) {
        Situation.Constraint constraint = situation.constraint();
        if (constraint == null
                || constraint.field().isRecord()
                || !(constraint.field().covers(path) || path.covers(constraint.field()))) {
            return null;
        }
        refusalMet = true;
        return constraint.refusedBy().other();
    }

    // ---- rows ----

    private void note(
            Path path,
            Shape.Node at,
            @Nullable JsonNode base,
            @Nullable JsonNode internal,
            @Nullable JsonNode external,
            Arbiter.Award award) {
        decisions.add(Rows.row(situation, path, at, base, internal, external, award));
    }

    private static Arbiter.Award agreed(@Nullable JsonNode value) {
        return settled(value, "agreement", "both sides changed it alike");
    }

    private Arbiter.Award only(Side side, @Nullable JsonNode value) {
        return firstLink
                ? settled(value, "only-filled", "only the " + side.word() + " side has a value")
                : settled(value, "one-sided", "only the " + side.word() + " side changed it");
    }

    private static Arbiter.Award settled(@Nullable JsonNode result, String rule, String reason) {
        return Arbiter.Award.settled(result, rule, reason);
    }
}
