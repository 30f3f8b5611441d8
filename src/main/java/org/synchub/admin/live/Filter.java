package org.synchub.admin.live;

import java.util.List;
import java.util.Set;

/**
 * What a listener wants to be told.
 *
 * @param targets only these; all when empty
 * @param kinds only these; all when empty
 */
public record Filter(Set<String> targets, Set<String> kinds) {

    /** The kinds there are. */
    public static final List<String> KINDS = List.of("progress", "run", "target", "conflict", "alert");

    public Filter {
        targets = Set.copyOf(targets);
        kinds = Set.copyOf(kinds);
        for (String kind : kinds) {
            if (!KINDS.contains(kind)) {
                throw new IllegalArgumentException("kind is '" + kind + "'; it is one of " + String.join(", ", KINDS));
            }
        }
    }

    boolean wants(LiveEvent event) {
        return (targets.isEmpty() || (event.target() != null && targets.contains(event.target())))
                && (kinds.isEmpty() || kinds.contains(event.kind()));
    }
}
