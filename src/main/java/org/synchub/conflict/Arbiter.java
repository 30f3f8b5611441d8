package org.synchub.conflict;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** Decides contested places: by policy, or by what an operator said. */
interface Arbiter {

    /**
     * Decides one contested place.
     *
     * @param contest the place
     * @param at what is declared about the place
     * @param rule the policy's rule there
     * @param refused the side whose value cannot stand because it must be unique and is taken; null when none
     */
    Award decide(FieldRule.Contest contest, Shape.Node at, Rule rule, @Nullable Side refused);

    /** Whether settings that need no arbiter, such as {@code onExternalDelete}, come before this one. */
    boolean followsSettings();

    /**
     * A decision about a contested place.
     *
     * @param result the value, null for absent; meaningless when open
     */
    record Award(@Nullable JsonNode result, String rule, String reason, FieldDecision.State state) {

        static Award settled(@Nullable JsonNode result, String rule, String reason) {
            return new Award(result, rule, reason, FieldDecision.State.SETTLED);
        }

        Award named(String name) {
            return new Award(result, name, reason, state);
        }

        static Award open(String rule, String reason) {
            return new Award(null, rule, reason, FieldDecision.State.OPEN);
        }
    }
}
