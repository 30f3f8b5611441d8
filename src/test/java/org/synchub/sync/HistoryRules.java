package org.synchub.sync;

import java.util.List;
import java.util.function.BinaryOperator;

/** The rules of conflict that a history's targets get: any that there are. */
final class HistoryRules {

    private static final List<String> STRATEGIES = List.of(
            "last-write-wins",
            "external-wins",
            "internal-wins",
            "{strategy: merge, then: last-write-wins}",
            "{strategy: merge, then: manual}",
            "{strategy: merge, then: internal-wins, approval: admin}");
    private static final List<String> DELETE_CONFLICTS =
            List.of("manual", "internal-wins", "external-wins", "last-write-wins");
    private static final List<String> DELETES = List.of("ask", "delete-entity");

    private final HistoryWorld world;

    private HistoryRules(HistoryWorld world) {
        this.world = world;
    }

    /** Of a target and its shipped mapping this makes a mapping with rules by chance. */
    static BinaryOperator<String> of(HistoryWorld world) {
        return new HistoryRules(world)::apply;
    }

    private String apply(String target, String mapping) {
        String rules = "conflict: " + world.pick(STRATEGIES) + "\nonExternalDelete: " + world.pick(DELETES) + "\n";
        String deleteConflict = "    conflict: {deleteConflict: " + world.pick(DELETE_CONFLICTS) + "}\n";
        String owner = world.once(4) ? world.pick(List.of(", authority: internal", ", authority: external")) : "";
        if (owner.endsWith("internal")) {
            world.storeOwnsProfession.add(target);
        }
        world.tell("%s: %s, %s%s", target, rules.strip().replace("\n", ", "), deleteConflict.strip(), owner);
        return mapping.replace("kinds:\n", rules + "kinds:\n")
                .replace("    onDelete: archive", deleteConflict + "    onDelete: archive")
                .replace("{path: data.profession, blank: clear", "{path: data.profession, blank: clear" + owner)
                .replace("  share: 0.05", "  share: 1")
                .replace("    lane: data.parentGuid", "    lane: data.parentGuid\n    createFromOutside: true");
    }
}
