package org.synchub.conflict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Applies what a person decided about a conflict. Pure like {@link Merge}: writing the result is the caller's part. */
public final class Resolve {

    private Resolve() {}

    /**
     * The resolution by a person's choice. Places that are not contested are merged as the policy merges them, and a
     * field under an authority keeps it.
     *
     * @throws ChoiceException naming every field that is unknown, missing or cannot take the given value
     */
    public static Resolution apply(Situation situation, Policy policy, Choice choice) {
        if (choice instanceof Choice.Take take) {
            return Merge.resolve(situation, policy, new OperatorArbiter(take.side()));
        }
        Resolution proposal = Merge.resolve(situation, policy);
        if (choice instanceof Choice.Merged merged) {
            return new GivenFields(situation, proposal).apply(merged.fields());
        }
        return choice instanceof Choice.Approve ? approve(situation, proposal) : ignore(proposal);
    }

    /**
     * The same, if the record is still as it was when it was shown.
     *
     * @param shown the {@link Situation#fingerprint} that was shown with the conflict
     * @throws MovedOnException when either side or the base has changed since
     * @throws ChoiceException as above
     */
    public static Resolution apply(Situation situation, String shown, Policy policy, Choice choice) {
        if (!situation.fingerprint().equals(shown)) {
            throw new MovedOnException();
        }
        return apply(situation, policy, choice);
    }

    private static Resolution approve(Situation situation, Resolution proposal) {
        List<ChoiceException.Problem> problems = new ArrayList<>();
        List<FieldDecision> decisions = new ArrayList<>();
        boolean any = false;
        for (FieldDecision decision : proposal.decisions()) {
            switch (decision.state()) {
                case SETTLED -> decisions.add(decision);
                case OPEN ->
                    problems.add(new ChoiceException.Problem(
                            decision.path().toString(), "no rule proposes a value to approve; decide it yourself"));
                case PROPOSED -> {
                    any = true;
                    decisions.add(decision.as(
                            FieldDecision.State.SETTLED,
                            "approved: " + decision.rule(),
                            decision.reason() + "; approved"));
                }
            }
        }
        if (!any && problems.isEmpty()) {
            problems.add(new ChoiceException.Problem(Path.RECORD.toString(), "nothing waits for an approval"));
        }
        if (!problems.isEmpty()) {
            throw new ChoiceException(problems);
        }
        return new Resolution(
                proposal.kind(), Merge.verdict(situation, proposal.merged()), proposal.merged(), decisions, Set.of());
    }

    private static Resolution ignore(Resolution proposal) {
        List<FieldDecision> decisions = new ArrayList<>();
        for (FieldDecision decision : proposal.decisions()) {
            decisions.add(new FieldDecision(
                    decision.path(),
                    decision.base(),
                    decision.internal(),
                    decision.external(),
                    decision.base(),
                    "operator: ignore",
                    "each side is left as it is",
                    FieldDecision.State.SETTLED,
                    Set.of()));
        }
        return new Resolution(proposal.kind(), Verdict.KEEP, null, decisions, Set.of());
    }

    /** Decides every contested place for the side that a person chose. */
    private record OperatorArbiter(Side side) implements Arbiter {

        @Override
        public Award decide(FieldRule.Contest contest, Shape.Node at, Rule rule, @Nullable Side refused) {
            if (side == refused) {
                throw new ChoiceException(
                        contest.path(),
                        "the " + side.other().word() + " side refuses the " + side.word()
                                + " value, because another record holds it; choose "
                                + side.other().word()
                                + ", or merged with another value");
            }
            JsonNode value = contest.value(side);
            if (refused != null && value == null && contest.path().isRecord()) {
                throw new ChoiceException(
                        contest.path(),
                        "the " + side.word()
                                + " side holds no record to take; choose merged with another value, or ignore");
            }
            return Award.settled(value, "operator: " + side.word(), "a person chose the " + side.word() + " side");
        }

        @Override
        public boolean followsSettings() {
            return false;
        }
    }
}
