package org.synchub.conflict;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.jspecify.annotations.Nullable;

@Domain(Records.class)
@Domain(DomainContext.Global.class)
class MergePropertyTest {

    private static final int TRIES = 2000;
    private static final String SEED = "20261120";

    /** Policies that treat both sides alike. */
    @Provide
    Arbitrary<Policy> symmetric() {
        return Arbitraries.of(
                Policy.careful(),
                Policies.read("p", Policies.map("strategy", "merge", "then", "lww"), Map.of()),
                Policies.read("p", "lww", Map.of()),
                Policies.read("p", "manual", Map.of()));
    }

    /** Policies that look into fields and items before anybody wins. */
    @Provide
    Arbitrary<Policy> merging() {
        return Arbitraries.of("manual", "lww", "internal", "external")
                .map(then -> Policies.read("p", Policies.map("strategy", "merge", "then", then), Map.of()));
    }

    @Property(tries = TRIES, seed = SEED)
    void it_does_not_matter_which_side_is_which(@ForAll Records.History history, @ForAll("symmetric") Policy policy) {
        Resolution one = Merge.resolve(history.situation(), policy);
        Resolution two = Merge.resolve(history.swapped().situation(), policy);

        assertThat(history.shape().same(one.merged(), two.merged()))
                .as("%s%n%s", one.merged(), two.merged())
                .isTrue();
        assertThat(two.verdict()).isEqualTo(mirrored(one.verdict()));
        assertThat(two.kind()).isEqualTo(one.kind());
        assertThat(two.unresolved()).containsExactlyInAnyOrderElementsOf(one.unresolved());
    }

    @Property(tries = TRIES, seed = SEED)
    void what_has_been_agreed_stays_agreed(@ForAll Records.History history, @ForAll Policy policy) {
        Resolution first = Merge.resolve(history.situation(), policy);
        Assume.that(first.verdict() != Verdict.MANUAL);
        ObjectNode merged = present(first.merged());

        Resolution settled = Merge.resolve(history.situation(merged, merged, merged.deepCopy()), policy);
        Resolution withOldBase = Merge.resolve(history.situation(history.base(), merged, merged.deepCopy()), policy);

        assertThat(settled.verdict()).isEqualTo(Verdict.AGREED);
        assertThat(settled.decisions()).isEmpty();
        assertThat(withOldBase.verdict()).isEqualTo(Verdict.AGREED);
        assertThat(history.shape().same(withOldBase.merged(), merged)).isTrue();
    }

    @Property(tries = TRIES, seed = SEED)
    void a_run_that_wrote_only_one_side_comes_to_the_same_result_when_repeated(
            @ForAll Records.History history, @ForAll Policy policy) {
        Resolution first = Merge.resolve(history.situation(), policy);
        Assume.that(first.verdict() != Verdict.MANUAL);
        ObjectNode merged = present(first.merged());

        Resolution internalWritten =
                Merge.resolve(history.situation(history.base(), merged, history.external()), policy);
        Resolution externalWritten =
                Merge.resolve(history.situation(history.base(), history.internal(), merged), policy);

        assertThat(history.shape().same(internalWritten.merged(), merged))
                .as("%s%n%s", internalWritten.merged(), merged)
                .isTrue();
        assertThat(history.shape().same(externalWritten.merged(), merged))
                .as("%s%n%s", externalWritten.merged(), merged)
                .isTrue();
    }

    @Property(tries = TRIES, seed = SEED)
    void a_change_on_one_side_only_is_never_lost(@ForAll Records.History history, @ForAll("merging") Policy policy) {
        ObjectNode base = history.base();
        Assume.that(base != null);
        ObjectNode merged = present(Merge.resolve(history.situation(), policy).merged());
        Delta internal = Diff.between(base, history.internal(), history.shape());
        Delta external = Diff.between(base, history.external(), history.shape());

        assertKept(internal, external, merged, history.shape());
        assertKept(external, internal, merged, history.shape());
    }

    @Property(tries = TRIES, seed = SEED)
    void a_field_that_one_side_did_not_touch_is_the_other_sides_under_every_policy(
            @ForAll Records.History history, @ForAll Policy policy) {
        ObjectNode base = history.base();
        Assume.that(base != null);
        Resolution resolution = Merge.resolve(history.situation(), policy);
        ObjectNode merged = present(resolution.merged());
        Delta internal = Diff.between(base, history.internal(), history.shape());
        Delta external = Diff.between(base, history.external(), history.shape());

        for (String field : internal.changedFields()) {
            if (!external.changedFields().contains(field)) {
                assertSameField(history, merged, history.internal(), field);
            }
        }
        for (String field : external.changedFields()) {
            if (!internal.changedFields().contains(field)) {
                assertSameField(history, merged, history.external(), field);
            }
        }
    }

    @Property(tries = TRIES, seed = SEED)
    void an_unchanged_side_never_wins_over_a_changed_one(@ForAll Records.History history, @ForAll Policy policy) {
        Assume.that(history.base() != null);
        for (FieldDecision decision : Merge.resolve(history.situation(), policy).decisions()) {
            for (Side side : Side.values()) {
                boolean unchanged = sameValue(history, decision, decision.base(), value(decision, side));
                if (unchanged) {
                    assertThat(sameValue(history, decision, decision.result(), value(decision, side.other())))
                            .as("%s", decision.path().text())
                            .isTrue();
                    assertThat(decision.rule()).isEqualTo("one-sided");
                    assertThat(decision.overruled()).isEmpty();
                }
            }
        }
    }

    @Property(tries = TRIES, seed = SEED)
    void every_value_that_is_not_in_the_result_is_in_a_decision(
            @ForAll Records.History history, @ForAll Policy policy) {
        ObjectNode base = history.base();
        Resolution resolution = Merge.resolve(history.situation(), policy);
        Delta lost = Diff.between(history.internal(), present(resolution.merged()), history.shape());

        for (Change change : lost.changes()) {
            boolean ownChange = base == null || !untouched(history, change, base);
            if (ownChange && Sameness.isFilled(change.from())) {
                assertThat(resolution.decisions())
                        .as("%s of %s", change.path().text(), resolution.decisions())
                        .anyMatch(decision -> decision.path().covers(change.path())
                                || change.path().covers(decision.path()));
            }
        }
    }

    @Property(tries = TRIES, seed = SEED)
    void a_verdict_says_truly_which_side_holds_the_result(@ForAll Records.History history, @ForAll Policy policy) {
        Resolution resolution = Merge.resolve(history.situation(), policy);
        boolean internal = history.shape().same(history.internal(), resolution.merged());
        boolean external = history.shape().same(history.external(), resolution.merged());

        switch (resolution.verdict()) {
            case AGREED -> assertThat(List.of(internal, external)).containsOnly(true);
            case TAKE_INTERNAL -> assertThat(List.of(internal, external)).containsExactly(true, false);
            case TAKE_EXTERNAL -> assertThat(List.of(internal, external)).containsExactly(false, true);
            case MERGED -> assertThat(List.of(internal, external)).containsOnly(false);
            case MANUAL -> assertThat(resolution.unresolved()).isNotEmpty();
            case DELETE, KEEP -> throw new AssertionError("both sides hold the record");
        }
        assertThat(resolution.kind() == ConflictKind.NONE)
                .as("a record without conflict waits for nobody")
                .matches(none -> !none || resolution.verdict() != Verdict.MANUAL);
    }

    @Property(tries = TRIES, seed = SEED)
    void a_person_who_chooses_a_side_settles_every_conflict(
            @ForAll Records.History history, @ForAll Policy policy, @ForAll boolean internal) {
        Situation situation = history.situation();
        Choice choice = internal ? Choice.internal() : Choice.external();

        Resolution chosen = Resolve.apply(situation, policy, choice);

        assertThat(chosen.unresolved()).isEmpty();
        assertThat(chosen.decisions())
                .filteredOn(decision -> decision.rule().startsWith("operator"))
                .allSatisfy(decision ->
                        assertThat(decision.result()).isEqualTo(internal ? decision.internal() : decision.external()));
    }

    @Property(tries = TRIES, seed = SEED, maxDiscardRatio = 20)
    void a_person_who_gives_every_open_value_settles_every_conflict(@ForAll Records.History history) {
        Policy policy = Policy.careful();
        Situation situation = history.situation();
        Resolution proposal = Merge.resolve(situation, policy);
        Assume.that(proposal.verdict() == Verdict.MANUAL);
        Map<String, @Nullable JsonNode> given = new LinkedHashMap<>();
        for (FieldDecision decision : proposal.decisions()) {
            if (decision.state() != FieldDecision.State.SETTLED) {
                given.put(decision.path().text(), decision.external());
            }
        }
        Resolution resolution;
        try {
            resolution = Resolve.apply(situation, policy, Choice.merged(given));
        } catch (ChoiceException refused) {
            // The external list itself holds one key twice, and nobody may write such a list.
            assertThat(refused).hasMessageContaining("with its own type");
            return;
        }
        assertThat(resolution.unresolved()).isEmpty();
        for (Path path : proposal.unresolved()) {
            assertThat(same(
                            history.shape(),
                            path,
                            new Editor(present(resolution.merged()), history.shape()).get(path),
                            given.get(path.text())))
                    .as(path.text())
                    .isTrue();
        }
    }

    private static void assertKept(Delta own, Delta other, ObjectNode merged, Shape shape) {
        for (Change change : own.changes()) {
            boolean touched = other.changes().stream()
                    .anyMatch(theirs ->
                            theirs.path().covers(change.path()) || change.path().covers(theirs.path()));
            if (!touched) {
                JsonNode kept = new Editor(merged, shape).get(change.path());
                assertThat(same(shape, change.path(), kept, change.to()))
                        .as("%s: %s", change.path().text(), kept)
                        .isTrue();
            }
        }
    }

    private static void assertSameField(Records.History history, ObjectNode merged, ObjectNode side, String field) {
        assertThat(same(history.shape(), Path.RECORD.field(field), merged.get(field), side.get(field)))
                .as(field)
                .isTrue();
    }

    private static boolean untouched(Records.History history, Change change, ObjectNode base) {
        return Diff.between(base, history.internal(), history.shape()).changes().stream()
                .noneMatch(
                        own -> own.path().covers(change.path()) || change.path().covers(own.path()));
    }

    private static boolean sameValue(
            Records.History history, FieldDecision decision, @Nullable JsonNode a, @Nullable JsonNode b) {
        return same(history.shape(), decision.path(), a, b);
    }

    private static boolean same(Shape shape, Path path, @Nullable JsonNode a, @Nullable JsonNode b) {
        Shape.Node at = shape.root();
        for (Path.Segment segment : path.segments()) {
            if (segment instanceof Path.Element) {
                return (a == null) == (b == null);
            }
            at = segment instanceof Path.Field field ? at.field(field.name()) : at;
        }
        return shape.sameness().same(a, b, at);
    }

    private static @Nullable JsonNode value(FieldDecision decision, Side side) {
        return side == Side.INTERNAL ? decision.internal() : decision.external();
    }

    private static ObjectNode present(@Nullable ObjectNode record) {
        assertThat(record).isNotNull();
        return Objects.requireNonNull(record);
    }

    private static Verdict mirrored(Verdict verdict) {
        return switch (verdict) {
            case TAKE_INTERNAL -> Verdict.TAKE_EXTERNAL;
            case TAKE_EXTERNAL -> Verdict.TAKE_INTERNAL;
            default -> verdict;
        };
    }
}
