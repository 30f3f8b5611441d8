package org.synchub.conflict;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Brings the two sides of a record together by a policy. */
public final class Merge {

    private final Situation situation;
    private final Policy policy;
    private final Arbiter arbiter;
    private final List<FieldDecision> decisions = new ArrayList<>();

    private Merge(Situation situation, Policy policy, Arbiter arbiter) {
        this.situation = situation;
        this.policy = policy;
        this.arbiter = arbiter;
    }

    /**
     * Decides what both sides should hold. Pure: the same situation and policy give the same resolution.
     *
     * @throws IllegalStateException when a rule of the integrator's own fails or gives what cannot be used, naming the
     *     bean and the place
     */
    public static Resolution resolve(Situation situation, Policy policy) {
        return resolve(situation, policy, new PolicyArbiter(situation));
    }

    static Resolution resolve(Situation situation, Policy policy, Arbiter arbiter) {
        Merge merge = new Merge(situation, policy, arbiter);
        Detection detection = Detection.of(situation);
        return situation.bothPresent() ? merge.records(detection) : merge.existence(detection);
    }

    // ---- both sides hold the record ----

    private Resolution records(Detection detection) {
        RecordMerge merge = RecordMerge.of(situation, policy, arbiter);
        decisions.addAll(merge.decisions());
        ObjectNode merged = merge.merged();
        Situation.Constraint constraint = situation.constraint();
        if (constraint != null && !merge.refusalMet()) {
            // The refused value is not among the mapped fields that differ, so no choice of a field can heal it.
            Arbiter.Award award = arbitrate(
                    Path.RECORD,
                    Rule.of(Strategy.MANUAL),
                    constraint.refusedBy().other());
            if (award.state() == FieldDecision.State.SETTLED && award.result() instanceof ObjectNode whole) {
                merged = whole.deepCopy();
            }
        }
        ConflictKind kind = detection.kind();
        if (kind == ConflictKind.NONE && !merge.contested().isEmpty()) {
            kind = ConflictKind.UPDATE_UPDATE;
        }
        return finish(kind, merged);
    }

    // ---- one side, or neither, holds it ----

    private Resolution existence(Detection detection) {
        ConflictKind kind = detection.kind();
        ObjectNode living = situation.internal().present()
                ? situation.internal().record()
                : situation.external().record();
        if (living == null) {
            if (kind == ConflictKind.DELETE_DELETE) {
                note(Arbiter.Award.settled(null, "agreement", "both sides deleted it"));
            }
            return finish(kind, null);
        }
        Situation.Constraint constraint = situation.constraint();
        if (constraint != null) {
            return refused(constraint, living);
        }
        Side gone = situation.internal().present() ? Side.EXTERNAL : Side.INTERNAL;
        if (kind == ConflictKind.NONE) {
            return finish(kind, living.deepCopy());
        }
        return deleted(kind, gone);
    }

    private Resolution deleted(ConflictKind kind, Side gone) {
        State.Departure departure = situation.state(gone).departure();
        Policy.OnDelete onDelete = policy.onDelete(gone, departure == null ? State.Departure.VANISHED : departure);
        boolean contested = kind != ConflictKind.DELETION;
        if (arbiter.followsSettings() && (!contested || onDelete == Policy.OnDelete.IGNORE)) {
            String rule = gone == Side.EXTERNAL
                    ? "onExternalDelete: " + onDelete.word()
                    : onDelete == Policy.OnDelete.DELETE ? "one-sided" : "onDelete: " + onDelete.word();
            switch (onDelete) {
                case IGNORE -> {
                    note(Arbiter.Award.settled(situation.baseRecord(), rule, "each side is left as it is"));
                    return new Resolution(kind, Verdict.KEEP, null, decisions, Set.of());
                }
                case DELETE -> {
                    note(Arbiter.Award.settled(null, rule, "only the " + gone.word() + " side deleted it"));
                    return finish(kind, null);
                }
                case ASK -> {
                    note(Arbiter.Award.open(rule, "the " + gone.word() + " side deleted it; somebody has to decide"));
                    return finish(kind, baseCopy());
                }
            }
        }
        Rule rule = contested ? policy.deleteConflict() : Rule.of(Strategy.MANUAL);
        Arbiter.Award award = arbitrate(Path.RECORD, rule, null);
        return finish(
                kind, award.state() == FieldDecision.State.OPEN ? baseCopy() : (ObjectNode) Rows.copy(award.result()));
    }

    /** A record that one side refuses to take because a value of it is taken. */
    private Resolution refused(Situation.Constraint constraint, ObjectNode living) {
        Arbiter.Award award = arbitrate(
                constraint.field(),
                Rule.of(Strategy.MANUAL),
                constraint.refusedBy().other());
        ObjectNode record = living.deepCopy();
        if (award.state() == FieldDecision.State.SETTLED && !constraint.field().isRecord()) {
            Editor editor = new Editor(record, situation.shape());
            if (award.result() == null) {
                editor.remove(constraint.field());
            } else {
                editor.set(constraint.field(), award.result().deepCopy());
            }
        }
        return finish(ConflictKind.CONSTRAINT, record);
    }

    // ---- rows and verdicts ----

    private Arbiter.Award arbitrate(Path path, Rule rule, @Nullable Side refused) {
        FieldRule.Contest contest = situation.contest(
                path,
                value(situation.baseRecord(), path),
                value(situation.internal().record(), path),
                value(situation.external().record(), path));
        Arbiter.Award award = arbiter.decide(contest, situation.shape().root(), rule, refused);
        note(path, contest.base(), contest.internal(), contest.external(), award);
        return award;
    }

    private @Nullable JsonNode value(@Nullable ObjectNode record, Path path) {
        return record == null ? null : new Editor(record, situation.shape()).get(path);
    }

    private void note(Arbiter.Award award) {
        note(
                Path.RECORD,
                situation.baseRecord(),
                situation.internal().record(),
                situation.external().record(),
                award);
    }

    private void note(
            Path path,
            @Nullable JsonNode base,
            @Nullable JsonNode internal,
            @Nullable JsonNode external,
            Arbiter.Award award) {
        decisions.add(Rows.row(situation, path, situation.shape().root(), base, internal, external, award));
    }

    private Resolution finish(ConflictKind kind, @Nullable ObjectNode merged) {
        Set<Path> unresolved = new LinkedHashSet<>();
        for (FieldDecision decision : decisions) {
            if (decision.state() != FieldDecision.State.SETTLED) {
                unresolved.add(decision.path());
            }
        }
        Verdict verdict = unresolved.isEmpty() ? verdict(situation, merged) : Verdict.MANUAL;
        return new Resolution(kind, verdict, merged, decisions, unresolved);
    }

    /** What it takes to bring both sides to the record. */
    static Verdict verdict(Situation situation, @Nullable ObjectNode merged) {
        Shape shape = situation.shape();
        ObjectNode internal = situation.internal().record();
        ObjectNode external = situation.external().record();
        if (merged == null) {
            return internal == null && external == null ? Verdict.AGREED : Verdict.DELETE;
        }
        boolean internalHasIt = internal != null && shape.same(merged, internal);
        boolean externalHasIt = external != null && shape.same(merged, external);
        if (internalHasIt) {
            return externalHasIt ? Verdict.AGREED : Verdict.TAKE_INTERNAL;
        }
        return externalHasIt ? Verdict.TAKE_EXTERNAL : Verdict.MERGED;
    }

    private @Nullable ObjectNode baseCopy() {
        return (ObjectNode) Rows.copy(situation.baseRecord());
    }
}
