package org.synchub.mapping;

import java.util.List;

/**
 * Lets another package check the keys of a mapping file that it owns ({@code conflict}, {@code authority},
 * {@code onExternalDelete}) while the file is loaded, so that its complaints are reported together with all others.
 */
@FunctionalInterface
public interface PolicyCheck {

    /** Where a policy stands: it may be set for the target, for a kind, for a field. */
    enum Level {
        TARGET,
        KIND,
        FIELD
    }

    /** Takes every policy as it is. */
    PolicyCheck NONE = (key, level, where, value, file) -> List.of();

    /**
     * Says what is wrong with one policy.
     *
     * @param key the policy's key
     * @param where the target's, kind's or field's name; a field with its kind: {@code individual.birthdate}
     * @param value what is written there
     * @param file to name in problems
     * @return the problems; empty if there are none
     */
    List<Problem> check(String key, Level level, String where, Node value, String file);
}
