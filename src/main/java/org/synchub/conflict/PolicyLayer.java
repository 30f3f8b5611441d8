package org.synchub.conflict;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one place of the configuration (a target, a record kind) sets; null and empty where it sets nothing. */
record PolicyLayer(
        Setting record,
        Map<Path, Setting> fields,
        @Nullable Rule deleteConflict,
        Map<State.Departure, Policy.OnDelete> onExternalDelete) {

    static PolicyLayer of(Setting record, Map<Path, Setting> fields) {
        return new PolicyLayer(record, fields, null, Map.of());
    }

    /**
     * What one place sets about a rule.
     *
     * @param place where, for messages
     */
    record Setting(
            String place,
            @Nullable Strategy strategy,
            Rule.@Nullable Bean bean,
            @Nullable Rule then,
            @Nullable Boolean approval,
            @Nullable Side authority) {

        static Setting none(String place) {
            return new Setting(place, null, null, null, null, null);
        }

        /** The rule that results when this is set on top of a wider rule, whose missing parts it inherits. */
        Rule over(Rule wider, List<PolicyException.Problem> problems) {
            boolean needed = approval == null ? wider.approval() : approval;
            Strategy chosen = strategy == null ? wider.strategy() : strategy;
            Rule.Bean chosenBean = strategy == null ? wider.bean() : bean;
            if (then != null && !Rule.hasNext(chosen)) {
                problems.add(new PolicyException.Problem(
                        place + ".then",
                        "\"" + then.word() + "\" would never be asked, because \"" + chosen.word()
                                + "\" always decides; \"then\" belongs to merge and bean:NAME"));
                return wider.withApproval(needed);
            }
            return new Rule(chosen, chosenBean, Rule.hasNext(chosen) ? next(chosen, wider) : null, needed);
        }

        private Rule next(Strategy chosen, Rule wider) {
            if (then != null) {
                return then;
            }
            if (strategy == null || (chosen == Strategy.MERGE && wider.strategy() == Strategy.MERGE)) {
                return wider.then() == null ? Rule.of(Strategy.MANUAL) : wider.then();
            }
            // A merge falls to the next wider rule; an own rule that abstains falls to people.
            return chosen == Strategy.MERGE ? wider.withApproval(false) : Rule.of(Strategy.MANUAL);
        }

        /** A strategy set for a field ends an authority that was set for something wider. */
        @Nullable
        Side authorityOver(@Nullable Side wider) {
            return authority != null ? authority : strategy != null || then != null ? null : wider;
        }
    }
}
